import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { renderSubject } from "../../../src/phantom/subject.js";
import { writePhantomStudy } from "../../../src/phantom/study.js";
import { cropStudy, type CropOptions } from "../../../src/study/crops/crop-study.js";
import { findFemoralHeads, type Head } from "../../../src/study/crops/femoral-heads.js";
import { readManifest } from "../../../src/study/crops/manifest.js";
import { pasteCrops } from "../../../src/study/crops/paste-crops.js";
import { makeSplits } from "../../../src/study/splits.js";
import { openStudy } from "../../../src/study/study.js";
import { parseTsv } from "../../../src/study/tsv.js";
import { reorient, transformPoint } from "../../../src/volume/geometry.js";
import { readMask, readNifti, writeNifti } from "../../../src/volume/nifti.js";
import type { Mask, Vec3 } from "../../../src/volume/volume.js";
import { codeOf, folder } from "../make-study.js";

/** Mean place of the femoral head (value 1 of the bones) on each side, LPS+ mm. */
function headsOf(bones: Mask): Record<"left" | "right", Vec3> {
  const [ni, nj] = bones.size;
  const points = [...bones.data.keys()]
    .filter((n) => bones.data[n] === 1)
    .map((n) => transformPoint(bones.affine, [n % ni, Math.floor(n / ni) % nj, Math.floor(n / (ni * nj))]));
  const lefts = points.map(([left]) => left);
  const middle = (Math.min(...lefts) + Math.max(...lefts)) / 2;
  const mean = (list: Vec3[]) =>
    [0, 1, 2].map(
      (axis) => list.reduce((sum, point) => sum + point[axis], 0) / list.length,
    ) as unknown as Vec3;
  return {
    left: mean(points.filter(([left]) => left > middle)),
    right: mean(points.filter(([left]) => left <= middle)),
  };
}

const distance = (a: Vec3, b: Vec3) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

describe("findFemoralHeads", () => {
  const { image, bones } = renderSubject("hip-stir", { seed: 5, subject: 1, size: "small" });
  const truth = headsOf(bones);

  it.each(["as rendered", "RSA", "LIP", "AIR"])("finds both heads of a phantom, stored %s", (orientation) => {
    const stored = orientation === "as rendered" ? image : reorient(image, orientation);
    const heads = findFemoralHeads(stored);
    expect(heads.map(({ side }) => side)).toEqual(["left", "right"]);
    for (const { side, centre } of heads) expect(distance(centre, truth[side]), side).toBeLessThan(8);
  });

  it("finds them in the negative, as heads are on another sequence", () => {
    const negative = { ...image, data: image.data.map((value) => 1500 - value) };
    const [found, expected] = [negative, image].map(findFemoralHeads) as [Head[], Head[]];
    found.forEach(({ centre }, n) => expect(distance(centre, expected[n].centre)).toBeLessThan(1e-3));
  });

  it("finds none where there is nothing to see", () => {
    expect(findFemoralHeads({ ...image, data: new Float32Array(image.data.length) })).toEqual([]);
  });
});

describe("a study of crops", () => {
  let [dir, out] = ["", ""];
  const options: CropOptions = { width: 40, height: 36, mirror: "right" };
  const crop = async (over: Partial<CropOptions> = {}) =>
    cropStudy(await openStudy(dir), out, { ...options, ...over });
  const tableOf = async () => parseTsv(await readFile(join(dir, "crops.tsv"), "utf8"), "crops.tsv");

  beforeAll(async () => {
    dir = join(await folder(), "hips");
    out = join(await folder(), "crops");
    await writePhantomStudy(dir, { kind: "hip-stir", subjects: 2, seed: 5, size: "small" });
    await crop();
  });

  it("is a study whose patients keep both hips on one side of every split", async () => {
    const study = await openStudy(out);
    expect(study.cases.map(({ id }) => id)).toEqual([
      "sub-001_ses-left",
      "sub-001_ses-right",
      "sub-002_ses-left",
      "sub-002_ses-right",
    ]);
    expect(study.cases.every(({ mask }) => mask !== undefined)).toBe(true);
    const { folds } = makeSplits(study.cases, { folds: 2, seed: 1 });
    for (const { train } of folds) expect(new Set(train.map((id) => id.slice(0, 7))).size).toBe(1);
  });

  it("shows the head in the middle of each crop, right ones as left ones", async () => {
    for (const { id, side, box } of await readManifest(out)) {
      expect(box.mirrored).toBe(side === "right");
      const session = id.slice(8);
      const stem = join("sub-001", session, "anat", `sub-001_${session}`);
      if (!id.startsWith("sub-001")) continue;
      const image = await readNifti(join(out, `${stem}_STIR.nii.gz`));
      const mask = await readMask(join(out, "derivatives", "annotations", "truth", `${stem}_mask.nii.gz`));
      expect([image.size, image.affine]).toEqual([mask.size, mask.affine]);
      // The pelvis is on the medial side: of a left hip (and a mirrored right one) at the patient's right.
      const upright = reorient(mask, "LIP");
      const [ni, nj] = upright.size;
      const columns = [...upright.data.keys()].filter((n) => upright.data[n] === 1).map((n) => n % ni);
      const middle = columns.reduce((sum, i) => sum + i, 0) / columns.length;
      expect([ni, nj]).toEqual([40, 36]);
      expect(Math.abs(middle - 20)).toBeLessThan(4);
    }
  });

  it("gives masks back on the original grid exactly, mirrored or not", async () => {
    const masks = await folder();
    const crops = await openStudy(out);
    for (const { id, mask } of crops.cases)
      await writeNifti(join(masks, `${id}.nii.gz`), await readMask(mask ?? ""));
    const pasted = await folder();
    expect(await pasteCrops(out, masks, pasted)).toEqual({ written: ["sub-001", "sub-002"], missing: [] });
    for (const { id, mask } of (await openStudy(dir)).cases) {
      const [back, original] = [await readMask(join(pasted, `${id}.nii.gz`)), await readMask(mask ?? "")];
      expect([back.size, back.affine]).toEqual([original.size, original.affine]);
      const [wrong, kept] = [
        back.data.filter((value, n) => value !== 0 && value !== original.data[n]).length,
        back.data.filter((value) => value !== 0).length,
      ];
      expect(wrong).toBe(0);
      expect(kept / original.data.filter((value) => value !== 0).length).toBeGreaterThan(0.95);
    }
  });

  it("reports a crop without a mask, and refuses one that lies elsewhere", async () => {
    const [masks, pasted] = [await folder(), await folder()];
    const [first] = (await openStudy(out)).cases;
    const mask = await readMask(first.mask ?? "");
    await writeNifti(join(masks, `${first.id}.nii.gz`), mask);
    const report = await pasteCrops(out, masks, pasted);
    expect(report.written).toEqual(["sub-001"]);
    expect(report.missing.length).toBe(3);
    const moved = mask.affine.map((value, n) => (n === 3 ? value + 5 : value));
    await writeNifti(join(masks, `${first.id}.nii.gz`), { ...mask, affine: moved });
    expect(await codeOf(pasteCrops(out, masks, pasted))).toBe("GRID_MISMATCH");
  });

  it("obeys what a person writes into crops.tsv, keeps it, and leaves out a hip without a place", async () => {
    const before = await tableOf();
    expect(before.rows.map((row) => row.source)).toEqual(Array.from({ length: 4 }, () => "automatic"));
    const rows = [
      "case\tside\tsource\ti\tj\tk\tleft\tposterior\tsuperior",
      "sub-001\tleft\tmanual\t30\t40\t6\tn/a\tn/a\tn/a",
      "sub-002\tright\tmanual\tn/a\tn/a\tn/a\tn/a\tn/a\tn/a",
    ];
    await writeFile(join(dir, "crops.tsv"), rows.join("\n"));
    const { crops, missing } = await crop();
    expect(missing).toEqual([]);
    expect(crops.map(({ id, source }) => [id, source])).toEqual([
      ["sub-001_ses-left", "manual"],
      ["sub-001_ses-right", "automatic"],
      ["sub-002_ses-left", "automatic"],
    ]);
    const { box, grid } = crops[0];
    const image = await readNifti((await openStudy(dir)).cases[0].images[0]);
    expect([grid.size, box.from[0] + 20, box.from[1] + 18]).toEqual([image.size, 30, 40]);
    expect((await openStudy(out)).cases.map(({ id }) => id)).not.toContain("sub-002_ses-right");
    const after = await tableOf();
    expect(after.rows.find((row) => row.case === "sub-001" && row.side === "left")).toEqual({
      ...{ case: "sub-001", side: "left", source: "manual", i: "30", j: "40", k: "6" },
    });
    expect(after.rows.length).toBe(4);
  });

  it.each([
    ["a side that is none", "sub-001\tmiddle\tmanual\t1\t2\t3\tn/a\tn/a\tn/a"],
    ["half a place", "sub-001\tleft\tmanual\t1\tn/a\t3\tn/a\tn/a\tn/a"],
    ["two places", "sub-001\tleft\tmanual\t30\t40\t6\t500\t0\t0"],
    ["no case of the study", "sub-009\tleft\tmanual\t1\t2\t3\tn/a\tn/a\tn/a"],
    ["another source", "sub-001\tleft\tguess\t1\t2\t3\tn/a\tn/a\tn/a"],
    ["the same hip twice", "sub-001\tleft\tmanual\t1\t2\t3\tn/a\tn/a\tn/a\nsub-001\tleft\tmanual\t1\t2\t3"],
  ])("refuses %s", async (_, row) => {
    const head = "case\tside\tsource\ti\tj\tk\tleft\tposterior\tsuperior";
    await writeFile(join(dir, "crops.tsv"), `${head}\n${row}\n`);
    expect(await codeOf(crop())).toBe("CROPS_INVALID");
  });

  it("writes into no folder that holds something else", async () => {
    const other = await folder();
    await writeFile(join(other, "notes.txt"), "mine");
    expect(await codeOf(cropStudy(await openStudy(dir), other, options))).toBe("BAD_ARGUMENT");
  });
});
