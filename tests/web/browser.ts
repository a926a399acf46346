/** The built page in a headless Chromium. */
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { build } from "vite";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const chromiumPath = places.find((path) => existsSync(path));

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
    args: ["--no-sandbox"],
  });

/** Builds the page into a folder of its own and answers the folder. */
export async function buildPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "marrow-web-"));
  const configFile = join(import.meta.dirname, "../../web/vite.config.ts");
  await build({ configFile, logLevel: "error", build: { outDir: folder } });
  return folder;
}

/** A tab that notes what must not happen. */
export interface Tab {
  readonly page: Page;
  /** Errors on the console, refusals of the content security policy among them. */
  readonly faults: string[];
  /** Addresses outside the server that the page asked for. */
  readonly strangers: string[];
}

export async function openTab(context: BrowserContext, url: string, path = ""): Promise<Tab> {
  const page = await context.newPage();
  const [faults, strangers]: [string[], string[]] = [[], []];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // The browser notes every answer that is not 2xx; those that are meant are looked at in the page.
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      faults.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) strangers.push(request.url());
  });
  await page.goto(url + path);
  return { page, faults, strangers };
}
