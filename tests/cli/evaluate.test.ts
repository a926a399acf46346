import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { agreementCommand } from "../../src/cli/commands/agreement.js";
import { evaluateCommand } from "../../src/cli/commands/evaluate.js";
import { writeConfig } from "../../src/study/config.js";
import { imageStem, maskStem, places } from "../../src/study/names.js";
import { writeNifti } from "../../src/volume/nifti.js";
import type { Mask } from "../../src/volume/volume.js";

const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1];
const mask = (...data: number[]): Mask => ({ data: Uint8Array.from(data), size: [2, 2, 1], affine });

async function save(path: string, volume: Mask): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeNifti(path, volume);
}

let dir: string;
const output: string[] = [];
const printed = () => output.join("\n");

/** A study of three cases, a run that predicted two of them in two folds, and the same masks as plain folders. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "marrow-cli-"));
  const labels = [{ value: 1, name: "lesion" }];
  await writeConfig(join(dir, "study"), { task: "test", reader: "reader1", channels: ["T1w"], labels });
  for (const [n, subject] of ["1", "2", "3"].entries()) {
    await save(join(dir, "study", `${imageStem({ subject }, "T1w")}.nii.gz`), mask(1, 2, 3, 4));
    await save(join(dir, "study", `${maskStem({ subject }, "reader1")}.nii.gz`), mask(1, 1, 0, 0));
    await save(join(dir, "readers", "A", `${subject}_A.nii.gz`), mask(1, 1, 0, 0));
    await save(join(dir, "readers", "B", `${subject}_B.nii.gz`), mask(1, 1, n, 0));
    if (n === 2) continue;
    const predictions = join(
      dir,
      "study",
      "derivatives",
      "marrow",
      "runs",
      "first",
      `fold-${n}`,
      "predictions",
    );
    await save(join(predictions, `sub-${subject}.nii.gz`), mask(1, n, 0, 0));
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

beforeEach(() => {
  output.length = 0;
  for (const stream of ["log", "error"] as const)
    vi.spyOn(console, stream).mockImplementation((line: string) => void output.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const run = (command: typeof evaluateCommand, ...args: string[]) =>
  command().exitOverride().parseAsync(args, { from: "user" });

describe("marrow evaluate", () => {
  it("evaluates a run of a study fold by fold", async () => {
    await run(evaluateCommand, "--study", join(dir, "study"), "--run", "first");
    const out = join(dir, "study", "derivatives", "marrow", "runs", "first", "evaluation");
    const rows = (await readFile(join(out, "cases.csv"), "utf8")).split("\n");
    expect(rows[1]).toMatch(/^sub-1,0,lesion,0\.6666666666666666,/);
    expect(rows[2]).toMatch(/^sub-2,1,lesion,1,/);
    expect(printed()).toContain("Mean ± SD of each fold");
    expect(printed()).toContain("2 cases evaluated, 0 left out. Research use only.");
    expect(process.exitCode).toBeUndefined();
  });

  it("compares several runs with the best, and goes on where one has nothing", async () => {
    const study = join(dir, "study");
    for (const [n, subject] of ["1", "2"].entries()) {
      const predictions = join(study, places.runs, "second", `fold-${n}`, "predictions");
      await save(join(predictions, `sub-${subject}.nii.gz`), mask(1, 0, 0, 0));
    }
    await run(evaluateCommand, "--study", study, "--run", "second,none,first");
    const rows = await readFile(join(study, places.comparisons, "networks", "networks.csv"), "utf8");
    const [, second, first] = rows.split("\n").map((row) => row.split(","));
    expect(first[0]).toBe("first (best)");
    expect(Number(first[2])).toBeCloseTo(5 / 6, 12);
    // Dice 2/3 and 2/3 against 2/3 and 1: t = -1 with one degree of freedom, p = 1/2.
    expect(Number(second[13])).toBeCloseTo(-1 / 6, 12);
    expect(Number(second[16])).toBeCloseTo(0.5, 12);
    expect(printed()).toContain("EVALUATE_NOTHING");
    expect(printed()).toContain("first (best)");
    expect(process.exitCode).toBe(1);
  });

  it("refuses a folder of masks with several runs", async () => {
    const refused = run(evaluateCommand, "--run", "first,second", "--prediction", dir);
    await expect(refused).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  });

  it("names the case that is missing, evaluates the rest and exits with 1", async () => {
    const predictions = join(dir, "study", "derivatives", "marrow", "runs", "first", "fold-0", "predictions");
    const out = join(dir, "out");
    await run(
      evaluateCommand,
      "--prediction",
      predictions,
      "--reference",
      join(dir, "readers", "A"),
      "--out",
      out,
    );
    expect(printed()).toMatch(/EVALUATE_UNPAIRED[^]*a prediction for 2/);
    expect(printed()).toContain("1 cases evaluated, 2 left out");
    expect(process.exitCode).toBe(1);
  });

  it.each([
    ["neither folder nor study", []],
    ["a study without a run", ["--study", "STUDY"]],
    ["labels that are none", ["--prediction", "x", "--reference", "y", "--labels", "bone"]],
    ["a run that predicted nothing", ["--study", "STUDY", "--run", "nothing"]],
  ])("refuses %s", async (_, args) => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const study = args.map((arg) => (arg === "STUDY" ? join(dir, "study") : arg));
    await expect(run(evaluateCommand, ...study)).rejects.toThrow(/BAD_ARGUMENT|EVALUATE_NOTHING|Labels are/);
  });
});

describe("marrow agreement", () => {
  it("compares readers and goes on after a bad file", async () => {
    await writeFile(join(dir, "readers", "A", "2_A.nii.gz"), "no image");
    const out = join(dir, "agreement");
    await run(
      agreementCommand,
      join(dir, "readers", "A"),
      join(dir, "readers", "B"),
      "--labels",
      "1",
      "--out",
      out,
    );
    const rows = (await readFile(join(out, "agreement.csv"), "utf8")).trim().split("\n").slice(1);
    expect(rows).toEqual(["1,1,A,B,1,1,2,2", "3,1,A,B,1,1,2,2"]);
    expect(printed()).toMatch(/\n2: /);
    expect(process.exitCode).toBe(1);
  });
});
