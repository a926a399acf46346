import { describe, expect, it } from "vitest";
import {
  preprocessImages,
  preprocessMask,
  requireGrid,
  type PreprocessingPlan,
} from "../../src/study/preprocess.js";
import { orientationOf, transformPoint } from "../../src/volume/geometry.js";
import { spacingOf, type Affine, type Vec3, type Volume } from "../../src/volume/volume.js";

const plan: PreprocessingPlan = {
  channels: ["T1w"],
  orientation: "LPS",
  spacing: [1, 1, 3],
  normalisation: { method: "z-score", low: 0.5, high: 99.5 },
};

/** Oblique, flipped along i, slices along the patient's A–P axis first, anisotropic. */
const turn = 0.2;
const oblique: Affine = [
  -1.5 * Math.cos(turn), 0.8 * Math.sin(turn), 0, 30,
  1.5 * Math.sin(turn), 0.8 * Math.cos(turn), 0, -20,
  0, 0, 2, 5,
  0, 0, 0, 1,
]; // prettier-ignore

function volume(size: Vec3, affine: Affine, value: (point: Vec3, voxel: Vec3) => number): Volume {
  const data = Float32Array.from({ length: size[0] * size[1] * size[2] }, (_, n) => {
    const voxel: Vec3 = [n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / (size[0] * size[1]))];
    return value(transformPoint(affine, voxel), voxel);
  });
  return { data, size, affine };
}

const voxelsOf = ([ni, nj, nk]: Vec3) =>
  Array.from({ length: ni * nj * nk }, (_, n): Vec3 => [
    n % ni,
    Math.floor(n / ni) % nj,
    Math.floor(n / (ni * nj)),
  ]);

describe("preprocessImages", () => {
  it("keeps every voxel at its place in the patient: an oblique, flipped, anisotropic ramp stays that ramp", () => {
    const ramp = ([x, y, z]: Vec3) => 0.7 * x - 0.4 * y + 0.9 * z;
    const { channels, size, affine } = preprocessImages([volume([24, 30, 16], oblique, ramp)], plan);
    expect(orientationOf(affine)).toBe("LPS");
    spacingOf(affine).forEach((mm, axis) => expect(mm).toBeCloseTo(plan.spacing[axis], 6));
    const inner = voxelsOf(size)
      .map((voxel, n) => ({ voxel, value: channels[n], truth: ramp(transformPoint(affine, voxel)) }))
      .filter(({ voxel }) =>
        voxel.every((v, axis) => (v >= 5 && v < size[axis] - 5) || (axis === 2 && v > 2 && v < size[2] - 3)),
      );
    expect(inner.length).toBeGreaterThan(500);
    const [first] = inner;
    const last = inner[inner.length - 1];
    const gain = (last.value - first.value) / (last.truth - first.truth);
    for (const { value, truth } of inner)
      expect(value).toBeCloseTo(first.value + gain * (truth - first.truth), 2);
  });

  it("normalises to mean 0 and standard deviation 1, and does not resample within 1 %", () => {
    const affine = [1.005, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1];
    const image = volume([6, 5, 4], affine, (_, [i, j, k]) => i * i + 3 * j - k);
    const result = preprocessImages([image], plan);
    expect(result.size).toEqual([6, 5, 4]);
    expect(result.affine).toEqual(affine);
    const mean = image.data.reduce((sum, v) => sum + v, 0) / 120;
    const sd = Math.sqrt(image.data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 120);
    result.channels.forEach((value, n) => expect(value).toBeCloseTo((image.data[n] - mean) / sd, 5));
  });

  it("cuts off an empty border that all channels share, and the affine follows", () => {
    const affine = [1, 0, 0, 10, 0, 1, 0, 20, 0, 0, 3, 30, 0, 0, 0, 1];
    const body = ([i, j, k]: Vec3) => i >= 3 && i < 9 && j >= 2 && j < 8 && k >= 1 && k < 4;
    const first = volume([12, 11, 6], affine, (_, v) => (body(v) ? 1 + v[0] * v[1] : -4));
    const second = volume([12, 11, 6], affine, (_, v) => (v[0] === 9 && v[1] === 4 && v[2] === 2 ? 5 : 0));
    const result = preprocessImages([first, second], { ...plan, channels: ["a", "b"] });
    expect(result.size).toEqual([7, 6, 3]);
    expect(transformPoint(result.affine, [0, 0, 0])).toEqual([13, 22, 33]);
    const at = 6 + 7 * (2 + 6 * 1);
    expect(result.channels.subarray(126).indexOf(Math.max(...result.channels.subarray(126)))).toBe(at);
  });

  it("survives voxels that are no number, and constant images", () => {
    const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const holes = volume([8, 8, 8], affine, (_, [i, j]) => (i === 4 ? NaN : i + j));
    expect(preprocessImages([holes], plan).channels.every(Number.isFinite)).toBe(true);
    const flat = volume([4, 4, 4], affine, () => 7);
    expect(preprocessImages([flat], plan).channels.every((value) => value === 0)).toBe(true);
  });
});

describe("preprocessMask", () => {
  it("puts labels where the image has them, without new labels", () => {
    const inBall = ([x, y, z]: Vec3) => Math.hypot(x - 10, y + 10, z - 20) - 8;
    const image = volume([24, 30, 16], oblique, inBall);
    const labels = Uint8Array.from(image.data, (distance) => (distance < 0 ? 5 : 0));
    const grid = preprocessImages([image], plan);
    const mask = preprocessMask({ ...image, data: labels }, grid, plan);
    expect(mask.size).toEqual(grid.size);
    expect(new Set(mask.data)).toEqual(new Set([0, 5]));
    voxelsOf(mask.size).forEach((voxel, n) => {
      const distance = inBall(transformPoint(mask.affine, voxel));
      if (Math.abs(distance) > 1.5) expect(mask.data[n]).toBe(distance < 0 ? 5 : 0);
    });
  });
});

it("requireGrid names both files, sizes and origins", () => {
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  expect(() =>
    requireGrid({ size: [2, 2, 2], affine }, { size: [2, 2, 3], affine }, "b.nii", "a.nii"),
  ).toThrow(/GRID_MISMATCH[^]*b\.nii[^]*a\.nii, 2 × 2 × 3[^]*2 × 2 × 2/);
});
