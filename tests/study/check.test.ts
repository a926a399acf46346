import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkStudy } from "../../src/study/check.js";
import { exists, writeText } from "../../src/study/files.js";
import { describeFinding, kinds } from "../../src/study/findings.js";
import { openStudy } from "../../src/study/study.js";
import type { ImageOptions } from "./make-study.js";
import {
  config,
  imagePath,
  makeStudy,
  maskPath,
  size,
  straight,
  writeImage,
  writeMask,
} from "./make-study.js";

const open = (dir: string) => openStudy(dir, { ignorePlan: true, ignoreSplits: true, allowEmpty: true });
const check = async (dir: string) => checkStudy(await open(dir));

/** What is done to a good study, and the finding it must give for sub-2. */
interface Fault {
  code: keyof typeof kinds;
  spoil: (dir: string) => Promise<unknown>;
  found?: RegExp;
}
const image =
  (options: ImageOptions, seed = 9) =>
  (dir: string) =>
    writeImage(imagePath(dir, "2"), seed, options);
const mask =
  (values: number[], options: ImageOptions = {}) =>
  (dir: string) =>
    writeMask(maskPath(dir, "2"), values, options);
const text = (place: string, value: string) => (dir: string) => writeText(join(dir, place), value);

const faults: Fault[] = [
  { code: "GRID_SHAPE", spoil: mask([1, 2], { size: [6, 5, 7] }), found: /6 × 5 × 7/ },
  {
    code: "GRID_AFFINE",
    spoil: mask([1, 2], { affine: straight([1, 1, 1], [0, 3, 4]) }),
    found: /5\.000 mm/,
  },
  { code: "GRID_AFFINE", spoil: mask([1, 2], { affine: straight([-1, 1, 1]) }), found: /10\.000 mm/ },
  {
    code: "GRID_NEARLY",
    spoil: mask([1, 2], { affine: straight([1, 1, 1], [0.1, 0, 0]) }),
    found: /0\.100 mm/,
  },
  { code: "LABEL_UNKNOWN", spoil: mask([1, 2, 3, 3]), found: /3 in 2 voxels/ },
  { code: "MASK_EMPTY", spoil: mask([]) },
  {
    code: "NOT_FINITE",
    spoil: image({ value: (n) => (n < 3 ? NaN : n === 3 ? Infinity : n) }),
    found: /4 voxels/,
  },
  { code: "CONSTANT_IMAGE", spoil: image({ value: () => 7 }), found: /7 everywhere/ },
  { code: "SAME_IMAGE", spoil: image({}, 1), found: /sub-1_T1w/ },
  { code: "FILE_UNREADABLE", spoil: (dir) => writeText(imagePath(dir, "2"), "nothing"), found: /NIFTI/ },
  { code: "MASK_MISSING", spoil: (dir) => rm(maskPath(dir, "2")) },
  { code: "MASK_WITHOUT_IMAGE", spoil: (dir) => writeMask(maskPath(dir, "7"), [1]) },
  { code: "CASE_INCOMPLETE", spoil: (dir) => writeImage(imagePath(dir, "7", "STIR"), 7) },
  {
    code: "LABEL_NOWHERE",
    spoil: text("marrow.yaml", `${config}  - { value: 9, name: cyst }\n`),
    found: /9 \(cyst\)/,
  },
  { code: "NO_MASKS", spoil: text("marrow.yaml", config.replace("reader: reference", "reader: nobody")) },
  {
    code: "DUPLICATE_SUBJECT",
    spoil: text("participants.tsv", "participant_id\nsub-1\nsub-2\nsub-2\nsub-3\n"),
  },
  { code: "SUBJECT_NOT_LISTED", spoil: text("participants.tsv", "participant_id\nsub-1\nsub-3\n") },
  {
    code: "SUBJECT_WITHOUT_CASE",
    spoil: text("participants.tsv", "participant_id\nsub-1\nsub-2\nsub-3\nsub-9\n"),
  },
  {
    code: "SPLITS_WRONG",
    spoil: text("splits.json", '{"folds":[{"train":["sub-8"],"validation":[]}]}'),
    found: /sub-8/,
  },
  { code: "PLAN_WRONG", spoil: text("plan.yaml", "task: x\n"), found: /PLAN_INVALID/ },
];

describe("checkStudy", () => {
  it("finds nothing in a good study and saves the fingerprint", async () => {
    const dir = await makeStudy(["1", "2", "3"]);
    const { findings, checks, cases } = await check(dir);
    expect(findings).toEqual([]);
    expect(cases).toBe(3);
    expect(checks.every(({ count }) => count === 0)).toBe(true);
    expect(await exists(join(dir, "derivatives", "marrow", "fingerprint.json"))).toBe(true);
  });

  it.each(faults)("finds $code", async ({ code, spoil, found }) => {
    const dir = await makeStudy(["1", "2", "3"]);
    await spoil(dir);
    const { findings, checks } = await check(dir);
    const one = findings.find((finding) => finding.code === code);
    expect(one, findings.map(describeFinding).join("\n")).toMatchObject({ severity: kinds[code].severity });
    if (found) expect(`${one?.file} ${one?.found}`).toMatch(found);
    expect(one?.next).not.toBe("");
    expect(checks.find((line) => line.code === code)?.count).toBeGreaterThan(0);
  });

  it("finds thin stacks and slices in another plane", async () => {
    const thick = { size: [8, 8, 6] as const, affine: straight([1, 1, 5]) };
    const dir = await makeStudy(["1", "2", "3"], thick);
    await writeImage(imagePath(dir, "2"), 8, { size: [8, 8, 4], affine: straight([1, 1, 5]) });
    await writeImage(imagePath(dir, "3"), 9, { size: [8, 6, 8], affine: straight([1, 5, 1]) });
    const { findings } = await check(dir);
    expect(findings.find(({ code }) => code === "FEW_SLICES")).toMatchObject({ case: "sub-2", found: "4" });
    expect(findings.find(({ code }) => code === "SLICE_PLANE")).toMatchObject({
      case: "sub-3",
      expected: "axial",
    });
  });

  it("checks the channels of a case against each other", async () => {
    const dir = await makeStudy(["1"]);
    await writeText(join(dir, "marrow.yaml"), config.replace("[T1w]", "[T1w, STIR]"));
    await writeImage(imagePath(dir, "1", "STIR"), 4, { size: [6, 5, 9] });
    expect((await check(dir)).findings).toMatchObject([{ code: "GRID_SHAPE", expected: size.join(" × ") }]);
  });

  it("reports several faults of several cases in one run", async () => {
    const dir = await makeStudy(["1", "2", "3"]);
    await writeText(imagePath(dir, "1"), "nothing");
    await writeMask(maskPath(dir, "2"), [5]);
    await writeImage(imagePath(dir, "3"), 1, { value: () => NaN });
    const codes = (await check(dir)).findings.map(({ code, case: id }) => `${code} ${id}`);
    expect(codes).toEqual(
      expect.arrayContaining(["FILE_UNREADABLE sub-1", "LABEL_UNKNOWN sub-2", "NOT_FINITE sub-3"]),
    );
  });
});
