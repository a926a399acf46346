/** The page in a real headless Chromium: built once, served on the loopback interface, driven as a person would. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { servePage, type ServedPage } from "../../src/cli/static-page.js";

const executablePath = process.env["MARROW_BROWSER"] ?? "/usr/bin/chromium";
export const hasBrowser = existsSync(executablePath);

/** Software drivers: WebGPU on SwiftShader is slow, and is there. */
export const withWebGpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

export function launch(...args: string[]): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...args] });
}

/** Builds the page into this folder. */
export async function buildPage(outDir: string): Promise<void> {
  await build({ configFile: join("web-segment", "vite.config.ts"), build: { outDir } });
}

export interface OpenPage {
  readonly page: Page;
  /** Origins of all that the page asked for, but of its own memory (blob:, data:). */
  readonly origins: ReadonlySet<string>;
  /** Errors that reached the console. */
  readonly errors: readonly string[];
}

/** Milliseconds: the processor may be busy with something else. */
const patience = 280_000;

export async function openPage(browser: Browser, { url }: ServedPage): Promise<OpenPage> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const [origins, errors] = [new Set<string>(), [] as string[]];
  context.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url())) origins.add(`${new URL(request.url()).origin}/`);
  });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  return { page, origins, errors };
}

/** Segments what was chosen; the messages when it is done. */
export async function segment(page: Page, rung?: string): Promise<string> {
  if (rung !== undefined) await page.selectOption("#rung", rung);
  await page.click("#segment");
  await page.waitForFunction(
    () => /Done in|[A-Z]+_[A-Z]+:|Cancelled/.test(document.body.innerText),
    undefined,
    {
      timeout: patience,
    },
  );
  return page.innerText("#messages");
}

/** The mask as the person gets it. */
export async function savedMask(page: Page, folder: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

export { servePage };
