import { describe, expect, it } from "vitest";
import { changeMeasurements, compareLesions, smallestDetectableChange } from "../../src/quantify/change.js";
import { multiplyAffine, reorient } from "../../src/volume/geometry.js";
import type { Affine, Mask, Vec3 } from "../../src/volume/volume.js";

/** Boxes of ones, in voxels of 1 mm, on an oblique grid. */
const affine: Affine = [0.8, -0.6, 0, 30, 0.6, 0.8, 0, -20, 0, 0, 1, 5, 0, 0, 0, 1];
function boxes(size: Vec3, ...list: readonly (readonly [from: Vec3, to: Vec3])[]): Mask {
  const data = new Uint8Array(size[0] * size[1] * size[2]);
  for (let n = 0; n < data.length; n++) {
    const at = [n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / size[0] / size[1])];
    if (list.some(([from, to]) => at.every((x, axis) => x >= from[axis] && x <= to[axis]))) data[n] = 1;
  }
  return { data, size, affine };
}
const size = [20, 20, 6] as const;
const before = boxes(
  size,
  [[1, 1, 1], [4, 4, 2]], // 32 mm³, will grow
  [[8, 1, 1], [11, 4, 2]], // 32 mm³, resolves
  [[1, 10, 1], [4, 13, 2]], // 32 mm³, stays
  [[10, 10, 1], [13, 11, 1]], // 8 mm³, two that merge
  [[10, 14, 1], [13, 15, 1]], // 8 mm³
); // prettier-ignore
const after = boxes(
  size,
  [[1, 1, 1], [6, 4, 2]], // 48 mm³
  [[1, 10, 1], [4, 13, 2]],
  [[10, 10, 1], [13, 15, 1]], // 24 mm³
  [[16, 16, 4], [17, 17, 5]], // 8 mm³, new
); // prettier-ignore

const fates = (mask: Mask, sdc?: number) =>
  compareLesions(before, mask, 1, sdc)
    .lesions.map(
      ({ fate, volumeBefore, volumeAfter }) => `${fate} ${volumeBefore.toFixed(0)}→${volumeAfter.toFixed(0)}`,
    )
    .sort();

describe("change of lesions", () => {
  it("pairs by overlap: new, resolved, grown, merged, stable", () => {
    expect(fates(after)).toEqual(["grown 16→24", "grown 32→48", "new 0→8", "resolved 32→0", "stable 32→32"]);
    const { volumeBefore, volumeAfter } = compareLesions(before, after, 1);
    expect([volumeBefore, volumeAfter].map(Math.round)).toEqual([112, 112]);
  });

  it("calls stable what is within the smallest detectable change", () => {
    expect(fates(after, 10)).toEqual([
      "grown 32→48",
      "new 0→8",
      "resolved 32→0",
      "stable 16→24",
      "stable 32→32",
    ]);
  });

  it.each(["RAS", "SPL", "LAI"])("is the same on a grid stored as %s", (orientation) => {
    expect(fates(reorient(after, orientation))).toEqual(fates(after));
  });

  it("measures on each grid by itself: half the voxel, the same change", () => {
    const half = multiplyAffine(affine, [0.5, 0, 0, -0.25, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    const fine = { ...after, size: [40, 20, 6] as const, affine: half, data: new Uint8Array(40 * 20 * 6) };
    for (let n = 0; n < fine.data.length; n++)
      fine.data[n] = after.data[Math.floor((n % 40) / 2) + 20 * Math.floor(n / 40)];
    expect(fates(fine)).toEqual(fates(after));
  });

  it("says of a lesion outside the other field of view that it is", () => {
    const far: Affine = affine.map((x, n) => (n === 3 ? x + 500 : x));
    const moved = compareLesions(before, { ...after, affine: far }, 1);
    expect(moved.lesions.every(({ outsideOther }) => outsideOther)).toBe(true);
    const words = changeMeasurements("fat", moved).map(({ value }) => value);
    expect(words).toContain("new (outside the other field of view)");
  });

  it("of empty masks is nothing, and without a smallest detectable change that is null with its reason", () => {
    const none = boxes(size);
    const change = compareLesions(none, none, 1);
    expect(change).toMatchObject({ lesions: [], volumeBefore: 0, volumeAfter: 0 });
    const row = changeMeasurements("fat", change).find(
      ({ measure }) => measure === "smallest-detectable-change",
    );
    expect(row).toMatchObject({
      value: null,
      reason: expect.stringContaining("repeated readings") as string,
    });
  });
});

describe("smallestDetectableChange", () => {
  it("is 1.96 SD of the differences", () => {
    // Differences 2, −1, 3: mean 4/3, SD √(13/3) = 2.0817.
    expect(smallestDetectableChange([[10, 12], [20, 19], [30, 33]])).toBeCloseTo(1.96 * Math.sqrt(13 / 3), 12); // prettier-ignore
    expect(smallestDetectableChange([[10, 12]])).toBeUndefined();
  });
});
