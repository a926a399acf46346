import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateFiles, type CaseFiles } from "../../src/report/evaluate-files.js";
import { writeEvaluation } from "../../src/report/evaluation-files.js";
import { writeNifti } from "../../src/volume/nifti.js";
import type { Mask } from "../../src/volume/volume.js";

const affine = [0.7, 0.1, 0, 5, -0.1, 0.7, 0.2, -3, 0, -0.2, 3.3, 2, 0, 0, 0, 1];
const mask = (...data: number[]): Mask => ({ data: Uint8Array.from(data), size: [2, 2, 2], affine });

let dir: string;
const file = (name: string) => join(dir, `${name}.nii.gz`);
const pair = (id: string, fold: number): CaseFiles => ({
  id,
  fold,
  prediction: file(`${id}_p`),
  reference: file(`${id}_r`),
});

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "marrow-evaluate-"));
  await writeNifti(file("good_p"), mask(1, 1, 0, 0, 0, 0, 0, 0));
  await writeNifti(file("good_r"), mask(1, 1, 1, 1, 0, 0, 0, 0));
  await writeNifti(file("missed_p"), mask(0, 0, 0, 0, 0, 0, 0, 0));
  await writeNifti(file("missed_r"), mask(0, 0, 0, 0, 0, 0, 2, 2));
  await writeNifti(file("elsewhere_p"), { ...mask(1, 1, 0, 0, 0, 0, 0, 0), affine: affine.with(3, 25) });
  await writeNifti(file("elsewhere_r"), mask(1, 1, 0, 0, 0, 0, 0, 0));
  await writeNifti(file("broken_r"), mask(1, 0, 0, 0, 0, 0, 0, 0));
  await writeFile(file("broken_p"), "no image");
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("evaluateFiles", () => {
  it("reports bad cases and goes on with the rest", async () => {
    const cases = [
      pair("broken", 0),
      pair("good", 0),
      pair("elsewhere", 1),
      pair("missed", 1),
      pair("absent", 1),
    ];
    const seen: string[] = [];
    const { evaluation, failures } = await evaluateFiles(cases, { onCase: (id) => seen.push(id) });
    expect(evaluation.cases.map(({ id }) => id)).toEqual(["good", "missed"]);
    expect(failures.map(({ id, code }) => [id, code])).toEqual([
      ["broken", expect.stringMatching(/^(NIFTI|IMAGE)_/)],
      ["elsewhere", "GRID_MISMATCH"],
      ["absent", "FILE_NOT_FOUND"],
    ]);
    expect(seen).toEqual(cases.map(({ id }) => id));
    expect(evaluation.labels.map(({ value }) => value)).toEqual([1, 2]);
    expect(evaluation.cases[0].labels[0].counts).toEqual({ tp: 2, fp: 0, fn: 2, tn: 4 });
  });

  it("refuses to evaluate nothing", async () => {
    await expect(evaluateFiles([])).rejects.toThrow("EVALUATE_NOTHING");
  });
});

describe("writeEvaluation", () => {
  it("writes JSON, CSV and Markdown that agree", async () => {
    const labels = [{ value: 1, name: "bone" }];
    const options = { labels, surface: true, slices: true };
    const { evaluation } = await evaluateFiles([pair("good", 0), pair("missed", 1)], options);
    const out = join(dir, "out");
    const failures = [{ id: "x", code: "GRID_MISMATCH", message: "bad" }];
    const files = await writeEvaluation(out, evaluation, failures, { seed: 7 });
    const text = async (name: string) => readFile(join(out, name), "utf8");

    expect(files).toHaveLength(5);
    const json = JSON.parse(await text("evaluation.json")) as Record<string, unknown>;
    expect(json).toMatchObject({ researchUseOnly: true, seed: 7, failures });
    expect(json.cases).toMatchObject([
      { id: "good", fold: 0, labels: [{ counts: { tp: 2, fp: 0, fn: 2, tn: 4 } }] },
      { id: "missed", labels: [{ metrics: { dice: null } }] },
    ]);
    expect((await text("cases.csv")).split("\n").slice(0, 2)).toEqual([
      "Case,Fold,Label,Dice,IoU,Precision,Recall,Volume similarity,HD95 (mm),ASSD (mm),Surface Dice,2-D Dice,TP,FP,FN,TN",
      expect.stringMatching(/^good,0,bone,0\.6666666666666666,0\.5,1,0\.5,.*,2,0,2,4$/),
    ]);
    expect(await text("slices.csv")).toContain("good,bone,1,0.6666666666666666,2,0,2");
    expect(await text("evaluation.md")).toMatch(
      /Research use only[^]*Mean ± SD of each fold[^]*Cases left out[^]*GRID_MISMATCH/,
    );
  });

  it("keeps an infinite distance in JSON and says so below the means", async () => {
    const labels = [{ value: 2, name: "oedema" }];
    const { evaluation } = await evaluateFiles([pair("missed", 0)], { labels, surface: true });
    const out = join(dir, "infinite");
    await writeEvaluation(out, evaluation, [], {});
    expect(await readFile(join(out, "evaluation.json"), "utf8")).toContain('"hausdorff95": "Infinity"');
    const notes = await readFile(join(out, "evaluation.md"), "utf8");
    expect(notes).toContain("HD95 (mm) of oedema: 1 infinite left out (label in one mask alone).");
  });
});
