/** A report's page in a headless Chromium, and what it does there. */
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { findBrowser } from "../../../src/report/study/pdf.js";

/** The browser that `--pdf` would use; undefined where there is none. */
export function browserPath(): string | undefined {
  try {
    return findBrowser();
  } catch {
    return undefined;
  }
}

export const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ["--no-sandbox"] });

export interface Opened {
  readonly page: Page;
  /** Whatever was asked for but the page itself and what lies within it. */
  readonly requests: readonly string[];
  /** Errors and warnings in the console, blocked content included. */
  readonly complaints: readonly string[];
}

export async function openFile(browser: Browser, file: string): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  const url = pathToFileURL(file).href;
  const [requests, complaints] = [[] as string[], [] as string[]];
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) requests.push(request.url());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, requests, complaints };
}

/** Pictures that are there, and the descriptions of those that were not decoded. */
export const pictures = (page: Page) =>
  page.evaluate<{ count: number; broken: string[] }>(`(async () => {
    const images = [...document.images];
    await Promise.allSettled(images.map((image) => image.decode()));
    const broken = images.filter(({ complete, naturalWidth }) => !complete || naturalWidth === 0);
    return { count: images.length, broken: broken.map(({ alt }) => alt) };
  })()`);

/** How far the page's content is wider than its window, in pixels. */
export const overflow = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** The page as printed: number of sheets, and size in bytes. */
export async function printed(page: Page): Promise<{ sheets: number; bytes: number }> {
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const sheets = [...pdf.toString("latin1").matchAll(/\/Type\s*\/Page\b/g)].length;
  return { sheets, bytes: pdf.length };
}
