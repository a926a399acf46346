import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareMasks } from "../../src/report/compare/compare.js";
import { comparisonTables } from "../../src/report/compare/compare-tables.js";
import { writeComparison } from "../../src/report/compare/compare-files.js";
import { maskSource } from "../../src/report/compare/mask-source.js";
import { renderTable } from "../../src/report/table.js";
import { openStudy } from "../../src/study/study.js";
import { subjectOf, writeTinyStudy } from "./study/tiny-study.js";

/** Masks are the first k voxels, so that the Dice of k and m voxels is 2 min(k, m) / (k + m). */
const truth = [10, 20, 30, 40];
const runs = { near: (n: number) => truth[n], far: (n: number) => truth[n] / 2 };
const folder = mkdtempSync(join(tmpdir(), "marrow-compare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() =>
  writeTinyStudy(folder, {
    ...{ patients: 4, truth: (n) => truth[n], runs },
    readers: { A: (n) => truth[n] + 10, empty: () => 0 },
  }),
);

const compared = async (first: string, second: string) => {
  const study = await openStudy(folder);
  return compareMasks(study, await maskSource(study, first), await maskSource(study, second));
};

describe("compareMasks", () => {
  it("compares two runs with the reference, paired by patient", async () => {
    const { measures } = await compared("near", "far");
    const [dice, precision, recall] = measures;
    expect(measures.map(({ measure }) => measure)).toEqual(["dice", "precision", "recall"]);
    // 2 · (k/2) / (k + k/2) = 2/3 for every patient.
    expect([dice.first.mean, dice.second.mean]).toEqual([1, expect.closeTo(2 / 3, 12)]);
    expect([precision.first.mean, precision.second.mean]).toEqual([1, 1]);
    expect([recall.first.mean, recall.second.mean]).toEqual([1, 0.5]);
    // Four differences in one direction: 2 / 16; three tests, of which precision's has none.
    expect([dice.rank.p, precision.rank.p, dice.holm]).toEqual([0.125, null, 0.25]);
  });

  it("compares a reader and a run with each other: Dice and volumes", async () => {
    const { between, volumes, cases } = await compared("A", "near");
    const expected = truth.map((k) => (2 * k) / (2 * k + 10));
    expect(cases.map((one) => one.between)).toEqual(
      expected.map((value) => expect.closeTo(value, 12) as number),
    );
    expect(between[0].dice.mean).toBeCloseTo(expected.reduce((sum, value) => sum + value) / 4, 12);
    // 20 mm³ a voxel; the reader drew ten voxels more: 0.2 ml.
    expect(volumes[0].volumes.get(subjectOf(0))).toBeCloseTo(0.4, 12);
    expect(volumes[1].volumes.get(subjectOf(0))).toBeCloseTo(0.2, 12);
  });

  it("does not ask which is nearer to the reference where one is the reference", async () => {
    const found = await compared("truth", "far");
    expect(found.measures).toEqual([]);
    expect(comparisonTables(found).map(({ title }) => title)).toEqual([
      "truth and far with each other",
      "Agreement of lesion volumes",
    ]);
  });

  it("takes a folder as well, and writes its files without NaN where a source is empty", async () => {
    const path = join(folder, "derivatives", "annotations", "empty");
    const found = await compared("near", path);
    for (const table of comparisonTables(found))
      expect(renderTable(table, "csv") + renderTable(table, "html")).not.toMatch(/NaN|undefined|Infinity/);
    const files = await writeComparison(join(folder, "out"), found);
    expect(files.map((file) => file.replace(/.*\//, ""))).toEqual([
      "comparison.md",
      "comparison.json",
      "cases.csv",
      "near-and-empty-against-the-reference.csv",
      "near-and-empty-with-each-other.csv",
      "agreement-of-lesion-volumes.csv",
      "bland-altman.svg",
    ]);
    for (const file of files)
      expect(readFileSync(file, "utf8"), file).not.toMatch(/NaN|undefined(?!":)|Infinity/);
  });

  it.each([["nobody"], [join(tmpdir(), "no-such-folder")]])(
    "names what there is instead of %s",
    async (name) => {
      await expect(compared(name, "near")).rejects.toMatchObject({
        code: "BAD_ARGUMENT",
        message: expect.stringMatching(/far, near.*A, empty, truth/s) as string,
      });
    },
  );
});
