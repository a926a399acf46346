import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePhantomStudy } from "../../../src/phantom/study.js";
import { writePatientReport } from "../../../src/report/patient/patient-report.js";
import { claimItems } from "../../../src/report/study/claim-items.js";
import { writeStudyReport } from "../../../src/report/study/study-report.js";
import { browserPath, launch, openFile, overflow, pictures, printed } from "./browser.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "marrow-report-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Whatever a browser would fetch: addresses in src and href that are neither data nor a place in the report. */
const fetched = (html: string) =>
  [...html.matchAll(/\b(?:src|href|srcset|url)\s*[=(]\s*["']?([^"')\s>]+)/g)]
    .map(([, address]) => address)
    .filter((address) => !/^(data:|#|tables\/|figures\/)/.test(address));

describe("report of a synthetic study with simulated results", () => {
  let out: string;
  let html: string;
  let study: string;
  beforeAll(async () => {
    study = join(folder, "study");
    out = join(folder, "out");
    await writePhantomStudy(study, { kind: "sij-t1", subjects: 5, seed: 3, size: "small", results: true });
    const { page } = await writeStudyReport(study, out);
    html = await readFile(page, "utf8");
  }, 300_000);

  it("holds tables and figures and says that everything is synthetic and simulated", () => {
    for (const title of [
      "Patient inclusion",
      "Networks, cross-validation",
      "Networks, external test set",
      "Example segmentations",
      "Segmentation by the model and by readers",
      "Diagnosis by readers",
      "Agreement of lesion volumes",
      "ROC curves",
      "Where the classifier looked",
      "CLAIM checklist",
    ])
      expect(html).toContain(title);
    expect(html).toContain("Synthetic images");
    expect(html).toContain("Simulated results");
    expect(html).toContain("Research use only");
  });

  it("fetches nothing and runs nothing", () => {
    expect(fetched(html)).toEqual([]);
    expect(html).not.toMatch(/<script|@import|@font-face|javascript:/i);
  });

  it("says what is missing and which command makes it", () => {
    expect(html).toMatch(/Missing: Measures of the image[^]*marrow quantify/);
  });

  it("has a CSV file beside each table and SVG and PNG of each figure, without NaN", async () => {
    const named = [...html.matchAll(/href="((?:tables|figures)\/[^"]+)"/g)].map(([, path]) => path);
    expect(named.length).toBeGreaterThan(20);
    for (const path of named) expect(existsSync(join(out, path)), path).toBe(true);
    const tables = await readdir(join(out, "tables"));
    for (const name of tables)
      expect(await readFile(join(out, "tables", name), "utf8"), name).not.toMatch(/NaN|undefined/);
    expect(html.replace(/base64,[^"]+/g, "")).not.toMatch(/NaN|undefined/);
  });

  it("marks every figure and prints it at a journal's resolution", async () => {
    const names = (await readdir(join(out, "figures"))).filter((name) => name.endsWith(".svg"));
    for (const name of names) {
      expect(await readFile(join(out, "figures", name), "utf8"), name).toContain("Research use only");
      const png = await readFile(join(out, "figures", name.replace(".svg", ".png")));
      // 174 mm at 300 dpi.
      expect(png.readUInt32BE(16), name).toBeGreaterThanOrEqual(2055);
    }
  });

  it("lists all items of CLAIM, with what is open", async () => {
    expect(claimItems.map(([number]) => number)).toEqual(Array.from({ length: 44 }, (_, n) => n + 1));
    const csv = await readFile(join(out, "tables", "claim.csv"), "utf8");
    expect(csv).toMatch(/^35,.*,filled,/m);
    expect(csv).toMatch(/^34,.*,open,/m);
  });

  it("writes a page about one patient that names nobody", async () => {
    const page = await writePatientReport(study, "sub-001", join(out, "patients"));
    const text = await readFile(page, "utf8");
    expect(fetched(text)).toEqual([]);
    expect(text).toMatch(/What this page cannot see/);
    expect(text).toMatch(/a probability of \d+ %/);
    expect(text).toMatch(/There is no earlier examination/);
    expect(text.replace(/base64,[^"]+/g, "")).not.toMatch(/NaN|undefined|\[object/);
  });

  describe.skipIf(browserPath() === undefined)("in a browser (skipped without Chromium)", () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(browserPath() ?? "");
    });
    afterAll(() => browser?.close());

    it("shows every section and picture, asks for nothing, complains of nothing", async () => {
      const { page, requests, complaints } = await openFile(browser, join(out, "index.html"));
      const headings = await page.locator("main section > h2").allInnerTexts();
      expect(headings).toEqual(await page.locator("nav a").allInnerTexts());
      expect(headings).toHaveLength(9);
      for (const heading of headings)
        expect(await page.locator("h2", { hasText: heading }).isVisible()).toBe(true);
      const { count, broken } = await pictures(page);
      expect([count, broken]).toEqual([await page.locator("figure").count(), []]);
      expect(count).toBeGreaterThanOrEqual(8);
      expect(await overflow(page)).toBe(0);
      expect([requests, complaints]).toEqual([[], []]);
      const { sheets, bytes } = await printed(page);
      expect(sheets).toBeGreaterThan(3);
      expect(bytes).toBeGreaterThan(100_000);
    });

    it("prints the page about one patient on one sheet", async () => {
      const file = await writePatientReport(study, "sub-001", join(out, "patients"), {
        bones: "truth-bones",
      });
      const { page, requests, complaints } = await openFile(browser, file);
      const { count, broken } = await pictures(page);
      expect([count, broken]).toEqual([4, []]);
      expect(await page.getByText("What this page cannot see").isVisible()).toBe(true);
      expect([requests, complaints]).toEqual([[], []]);
      expect((await printed(page)).sheets).toBe(1);
    });
  });

  it("refuses a patient that the study does not have", async () => {
    await expect(writePatientReport(study, "sub-999", out)).rejects.toMatchObject({
      code: "REPORT_NO_PATIENT",
    });
  });
});

describe("report of a study with next to nothing", () => {
  it("of one patient without runs, readers and classifier says what is missing", async () => {
    const [study, out] = [join(folder, "one"), join(folder, "one-out")];
    await writePhantomStudy(study, { kind: "hip-stir", subjects: 1, seed: 1, size: "small" });
    const { page, missing } = await writeStudyReport(study, out);
    expect(missing.map(({ command }) => command.split(" ")[1])).toEqual(
      expect.arrayContaining(["train", "quantify", "classify"]),
    );
    expect((await readFile(page, "utf8")).replace(/base64,[^"]+/g, "")).not.toMatch(/NaN|undefined/);
  }, 300_000);
});
