/** Prints a page to PDF with a browser of the Chromium family, if there is one. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { MarrowError } from "../../base/errors.js";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"];
const elsewhere = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** The browser named in MARROW_BROWSER, else the first found on the path. Throws REPORT_NO_BROWSER. */
export function findBrowser(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment["MARROW_BROWSER"];
  const folders = (environment["PATH"] ?? "").split(delimiter).filter(Boolean);
  const candidates = named
    ? [named]
    : [...names.flatMap((name) => folders.map((dir) => join(dir, name))), ...elsewhere];
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined)
    throw new MarrowError("REPORT_NO_BROWSER", { expected: named ?? names.join(", "), found: "none" });
  return found;
}

/** Writes `pdf` from the HTML file `page`. Throws REPORT_NO_BROWSER, also where the browser fails. */
export async function printPdf(page: string, pdf: string): Promise<void> {
  const browser = findBrowser();
  const profile = await mkdtemp(join(tmpdir(), "marrow-pdf-"));
  // Chromium refuses to sandbox for the superuser (containers); the page holds no script and may request nothing.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const options = [
    "--headless",
    "--disable-gpu",
    "--no-pdf-header-footer",
    `--user-data-dir=${profile}`,
    ...sandbox,
  ];
  const target = resolve(pdf);
  try {
    await promisify(execFile)(
      browser,
      [...options, `--print-to-pdf=${target}`, pathToFileURL(resolve(page)).href],
      {
        timeout: 120_000,
      },
    );
  } catch (error) {
    throw new MarrowError("REPORT_NO_BROWSER", { file: browser, found: "it failed to print", cause: error });
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}
