/** What a report says where there is next to nothing to compute: no NaN, no crash, and the policy below each table. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePatientReport } from "../../../src/report/patient/patient-report.js";
import type { Section } from "../../../src/report/study/blocks.js";
import { reportPage } from "../../../src/report/study/page.js";
import { readStudyData } from "../../../src/report/study/study-data.js";
import { buildSections } from "../../../src/report/study/study-report.js";
import { formatCell, renderTable, type Table } from "../../../src/report/table.js";
import { subjectOf, writeTinyStudy, type TinyStudy } from "./tiny-study.js";

/** Voxels that differ from patient to patient. */
const some = (n: number) => 6 + ((n * 5) % 9);
const isIll = (n: number) => n % 2 === 0;
const clinical = (n: number) => ({
  ...{ age: 20 + n, sex: n % 3 === 0 ? "f" : "m", crp: 1 + ((n * 7) % 11), basdai: 1 + (n % 6) },
  diagnosis: isIll(n) ? "axSpA" : "other",
});
const full: TinyStudy = {
  patients: 8,
  truth: some,
  runs: { first: (n) => some(n) + 1, second: (n) => some(n) + 2 + (n % 3) },
  readers: {
    "A-without": some,
    "A-with": (n) => some(n) + 1,
    "B-without": (n) => some(n) + 3,
    "B-with": some,
  },
  clinical,
  readings: (n, arm) => ({
    truth: Number(isIll(n)),
    decision: Number(n % 3 !== 0),
    seconds: arm === "with" ? 60 + n : 90 + n,
  }),
  probability: (n) => ({ truth: isIll(n) ? 1 : 0, probability: 0.2 + ((n * 3) % 7) / 10 }),
};

const cases: Readonly<Record<string, TinyStudy>> = {
  "one patient": { ...full, patients: 1 },
  "two patients": { ...full, patients: 2 },
  "masks all empty": {
    ...full,
    truth: () => 0,
    runs: { first: () => 0, second: () => 0 },
    readers: { "A-without": () => 0, "A-with": () => 0, "B-without": () => 0, "B-with": () => 0 },
  },
  "predictions empty, reference not": { ...full, runs: { first: () => 0, second: () => 0 } },
  "everything alike": {
    ...full,
    truth: () => 9,
    runs: { first: () => 9, second: () => 9 },
    readers: { "A-without": () => 9, "A-with": () => 9, "B-without": () => 9, "B-with": () => 9 },
    clinical: () => ({ age: 30, sex: "f", crp: 2, basdai: 3, diagnosis: "axSpA" }),
    readings: () => ({ truth: 1, decision: 1, seconds: 60 }),
    probability: () => ({ truth: 1, probability: 0.5 }),
  },
  "perfect separation": {
    ...full,
    runs: { first: some, second: some },
    clinical: (n) => ({ ...clinical(n), age: isIll(n) ? 20 : 60, crp: isIll(n) ? 90 : 1 }),
    readings: (n) => ({ truth: Number(isIll(n)), decision: Number(isIll(n)), seconds: 60 + n }),
    probability: (n) => ({ truth: isIll(n) ? 1 : 0, probability: isIll(n) ? 1 : 0 }),
  },
  "values missing": {
    ...full,
    clinical: (n) => ({
      ...clinical(n),
      age: n % 2 ? "n/a" : 30 + n,
      crp: "n/a",
      basdai: n === 0 ? 3 : "n/a",
    }),
    readings: (n, arm) => ({
      truth: n < 3 ? "n/a" : 1,
      decision: arm === "with" ? "n/a" : 1,
      seconds: n < 6 ? "n/a" : 60,
    }),
    probability: (n) => ({ truth: n < 7 ? null : 1, probability: 0.4 }),
  },
};

const wrong = /NaN|Infinity|undefined|\[object|>null<|(^|,)null(,|$)/m;

/** Cells other than text that say "–". */
const dashes = ({ rows }: Table) =>
  rows.flat().filter((cell) => typeof cell !== "string" && formatCell(cell).startsWith("–"));

describe.each(Object.entries(cases))("report of a study with %s", (name, made) => {
  const folder = mkdtempSync(join(tmpdir(), "marrow-degenerate-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let sections: Section[];
  let tables: Table[];
  beforeAll(async () => {
    await writeTinyStudy(folder, made);
    sections = await buildSections(await readStudyData(folder));
    tables = sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === "table" ? [block.table] : [])),
    );
  });

  it("has its tables, without NaN in CSV or HTML", () => {
    expect(tables.length).toBeGreaterThan(8);
    for (const table of tables) {
      expect(renderTable(table, "csv"), table.title).not.toMatch(wrong);
      expect(renderTable(table, "html"), table.title).not.toMatch(wrong);
    }
    const page = reportPage({ title: name, lead: [], sections, made: "" });
    expect(page.replace(/base64,[^"]+/g, "")).not.toMatch(wrong);
  });

  it("has figures without NaN", () => {
    const figures = sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === "figure" ? [block.figure] : [])),
    );
    for (const { svg, name: title } of figures)
      expect(svg.replace(/base64,[^"]+/g, ""), title).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("says below each table with a dash what the dash means", () => {
    for (const table of tables.filter((one) => dashes(one).length > 0))
      expect(renderTable(table, "markdown"), table.title).toMatch(/^.*–: |not estimable/m);
  });

  it("gives every interval its n", () => {
    for (const table of tables) {
      const hasInterval = table.rows.flat().some((cell) => typeof cell === "object" && "low" in cell);
      if (hasInterval)
        expect(
          table.columns.some(({ title }) => /^n\b/.test(title)),
          table.title,
        ).toBe(true);
    }
  });

  it("has a page of its first patient without NaN", async () => {
    const page = readFileSync(await writePatientReport(folder, subjectOf(0), join(folder, "out")), "utf8");
    expect(page.replace(/base64,[^"]+/g, "")).not.toMatch(wrong);
    expect(page).toContain("What this page cannot see");
  });
});
