import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import type { Model } from "../../src/inference/model.js";
import { ontoGrid, requireEnsemble } from "../../src/inference/segment.js";
import { segmentFiles } from "../../src/inference/segment-files.js";
import type { Plan } from "../../src/study/types.js";
import { multiplyAffine, orientationOf, reorient, transformPoint } from "../../src/volume/geometry.js";
import { writeNifti } from "../../src/volume/nifti-write.js";
import { gridWithSpacing, resampleMask } from "../../src/volume/resample.js";
import { type Affine, type Mask, spacingOf, type Vec3 } from "../../src/volume/volume.js";
import { makePlan } from "../training/data/plan.js";

/** Axes turned about two directions, flipped as told, with these spacings in mm. */
function affineOf(signs: Vec3, spacing: Vec3, degrees: number): Affine {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const about = multiplyAffine(
    [c, -s, 0, 0, s, c, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    [1, 0, 0, 0, 0, c, -s, 0, 0, s, c, 0, 0, 0, 0, 1],
  );
  const [a, b, d] = signs.map((sign, axis) => sign * spacing[axis]);
  return multiplyAffine(about, [a, 0, 0, 0, 0, b, 0, 0, 0, 0, d, 0, 0, 0, 0, 1]).map((v, n) =>
    n === 3 ? 31 : n === 7 ? -12 : n === 11 ? 140 : v,
  );
}

/** Coronal slices: i to the right, j to the feet, k to the back, turned a little. */
const coronal: Affine = multiplyAffine(
  [1, 0, 0, 20, 0, 0, 1, 3, 0, 1, 0, -40, 0, 0, 0, 1],
  affineOf([-1, -1, 1], [1.5, 1.5, 4], 9),
);

const grids: [string, Affine][] = [
  ["LPS, straight", affineOf([1, 1, 1], [1.5, 1.5, 4], 0)],
  ["flipped along i", affineOf([-1, 1, 1], [1.5, 1.5, 4], 0)],
  ["flipped along all axes", affineOf([-1, -1, -1], [1.5, 1.5, 4], 0)],
  ["oblique", affineOf([1, 1, 1], [1.5, 1.5, 4], 17)],
  ["oblique and flipped along j and k", affineOf([1, -1, -1], [1.5, 1.5, 4], 17)],
  ["coronal, oblique", coronal],
];

const size: Vec3 = [24, 18, 9];
const indexOf = (n: number): Vec3 => [
  n % size[0],
  Math.floor(n / size[0]) % size[1],
  Math.floor(n / (size[0] * size[1])),
];

/** A wedge and a ball, neither symmetric nor in the middle. */
function maskOn(affine: Affine): Mask {
  const data = Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, n) => {
    const [i, j, k] = indexOf(n);
    if (Math.hypot(i - 16, j - 6, 2 * (k - 5)) < 4.5) return 2;
    return i + 2 * j < 22 && i > 3 && j > 1 && k > 0 && k < 4 ? 1 : 0;
  });
  return { data, size, affine };
}

function centre(mask: Mask, label: number): Vec3 {
  const sum = [0, 0, 0];
  let count = 0;
  mask.data.forEach((value, n) => {
    if (value !== label) return;
    const [ni, nj] = mask.size;
    const p = transformPoint(mask.affine, [n % ni, Math.floor(n / ni) % nj, Math.floor(n / (ni * nj))]);
    p.forEach((v, axis) => (sum[axis] += v));
    count++;
  });
  return sum.map((v) => v / count) as unknown as Vec3;
}

function dice(a: Mask, b: Mask, label: number): number {
  const count = (test: (n: number) => boolean) => Array.from(a.data.keys()).filter(test).length;
  const both = count((n) => a.data[n] === label && b.data[n] === label);
  return (2 * both) / (count((n) => a.data[n] === label) + count((n) => b.data[n] === label));
}

describe("ontoGrid", () => {
  it.each(grids)("turns a mask back voxel by voxel: %s", (_, affine) => {
    const mask = maskOn(affine);
    const network = reorient(mask, "LPS");
    const back = ontoGrid(network, mask);
    expect(back.size).toEqual(size);
    expect(back.affine).toEqual(affine);
    expect(back.data).toEqual(mask.data);
  });

  it.each(grids)("resamples one that lies on another spacing to its place: %s", (_, affine) => {
    const mask = maskOn(affine);
    const turned = reorient(mask, "LPS");
    const fine = spacingOf(turned.affine).map((mm) => mm * 0.6) as unknown as Vec3;
    const network = resampleMask(turned, gridWithSpacing(turned, fine));
    const back = ontoGrid(network, mask);
    expect([back.size, back.affine]).toEqual([size, affine]);
    for (const label of [1, 2]) {
      expect(dice(back, mask, label)).toBeGreaterThan(0.95);
      const [a, b] = [centre(back, label), centre(mask, label)];
      expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeLessThan(0.3);
    }
  });

  it("gives background where the network saw nothing", () => {
    const mask = maskOn(grids[3][1]);
    const part = { ...mask, size: [24, 18, 3] as const, data: mask.data.slice(0, 24 * 18 * 3) };
    const back = ontoGrid(part, mask);
    expect(back.data.subarray(0, part.data.length)).toEqual(part.data);
    expect(new Set(back.data.subarray(24 * 18 * 4))).toEqual(new Set([0]));
  });
});

/** Grey values whose order tells the class: z-scored they lie below −1/2, between, and above 1/2. */
function modelOf(plan: Plan): Model {
  const predict = async (window: Float32Array) => {
    const out = new Float32Array(3 * window.length);
    window.forEach((v, n) => (out[(v < 1 ? 0 : v < 2.5 ? 1 : 2) * window.length + n] = 1));
    return out;
  };
  return { plan, training: {}, predict, close: async () => {} };
}

describe("segmentFiles", () => {
  const folder = mkdtempSync(join(tmpdir(), "marrow-segment-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const base = makePlan({ patch: [12, 12, 4], spacing: [1.5, 1.5, 4] });
  const paths = new Map<string, string>();

  beforeAll(async () => {
    for (const [name, affine] of grids) {
      const random = new Random(2);
      const mask = maskOn(affine);
      // Background of mean 100, labels far above it; the border is not empty, so nothing is cropped.
      const data = Float32Array.from(mask.data, (label) => 100 + [0, 60, 120][label] + random.uniform(-3, 3));
      const path = join(folder, `${name.replace(/\W+/g, "-")}.nii.gz`);
      await writeNifti(path, { data, size, affine });
      paths.set(name, path);
    }
  });

  it.each(grids)("gives each label in its place on the image's own grid: %s", async (name, affine) => {
    const orientation = orientationOf(affine).replace("R", "L").replace("A", "P").replace("I", "S");
    const plan = { ...base, orientation };
    const { mask, probabilities } = await segmentFiles([paths.get(name) ?? ""], [modelOf(plan)], { plan });
    expect(mask.size).toEqual(size);
    mask.affine.forEach((v, n) => expect(v).toBeCloseTo(affine[n], 3));
    expect(mask.data).toEqual(maskOn(affine).data);
    expect(probabilities).toBeUndefined();
  });

  it("gives probabilities on the image's grid where asked for", async () => {
    const [name, affine] = grids[4];
    const { mask, probabilities } = await segmentFiles([paths.get(name) ?? ""], [modelOf(base)], {
      plan: base,
      probabilities: true,
    });
    expect([...(probabilities?.keys() ?? [])]).toEqual(["one", "two"]);
    expect(mask.data).toEqual(maskOn(affine).data);
    const [one, two] = [probabilities?.get("one"), probabilities?.get("two")];
    expect(one?.size).toEqual(size);
    mask.data.forEach((label, n) => {
      expect(one?.data[n]).toBeCloseTo(label === 1 ? 1 : 0, 4);
      expect(two?.data[n]).toBeCloseTo(label === 2 ? 1 : 0, 4);
    });
  });

  it("applies the plan's post-processing", async () => {
    const [path, truth] = [paths.get(grids[0][0]) ?? "", maskOn(grids[0][1])];
    const [one, two] = [1, 2].map((label) => truth.data.filter((v) => v === label).length);
    const minimumVolume = ((one + two) / 2) * 9;
    const plan = { ...base, postprocessing: { largestComponent: [], minimumVolume } };
    const { mask } = await segmentFiles([path], [modelOf(plan)], { plan });
    const kept = one > two ? 1 : 2;
    expect([...mask.data]).toEqual(Array.from(truth.data, (v) => (v === kept ? v : 0)));
  });

  it("wants one image per channel", async () => {
    await expect(segmentFiles([], [modelOf(base)], { plan: base })).rejects.toMatchObject({
      code: "BAD_ARGUMENT",
    });
  });
});

describe("requireEnsemble", () => {
  const plan = makePlan({});
  it("takes folds of one plan and refuses others", () => {
    const fold = { ...plan, epochs: 7 };
    expect(requireEnsemble([modelOf(plan), modelOf(fold)], ["a", "b"])).toBe(plan);
    const other = { ...plan, spacing: [1, 1, 2] as [number, number, number] };
    expect(() => requireEnsemble([modelOf(plan), modelOf(fold), modelOf(other)], ["a", "b", "c"])).toThrow(
      expect.objectContaining({
        code: "MODEL_MISMATCH",
        details: expect.objectContaining({ file: "c" }) as object,
      }),
    );
    expect(() => requireEnsemble([], [])).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }));
  });
});
