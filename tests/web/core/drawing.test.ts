import { describe, expect, it } from "vitest";
import { transformPoint } from "../../../src/volume/geometry.js";
import type { Mask, Vec3 } from "../../../src/volume/volume.js";
import { sweptVoxels } from "../../../web/core/brush.js";
import { interpolatedVoxels } from "../../../web/core/interpolate-slices.js";
import { islandVoxels } from "../../../web/core/islands.js";
import { filledVoxels } from "../../../web/core/polygon.js";
import { grownVoxels } from "../../../web/core/region-grow.js";
import { flippedCoronal, obliqueCoronal } from "../volumes.js";

/** Axes that are not at right angles (gantry tilt). */
const sheared = {
  size: [20, 18, 9] as Vec3,
  affine: [1, 0.2, 0, -4, 0, 1.1, 1.5, 3, 0, 0, 4, 8, 0, 0, 0, 1],
};
const grids = { oblique: obliqueCoronal(), flipped: flippedCoronal(), sheared };

const voxelOf = (n: number, [ni, nj]: Vec3) =>
  [n % ni, Math.floor(n / ni) % nj, Math.floor(n / (ni * nj))] as const;

/** Distance in the patient from the nearest of many points between the ends: slow, and another way than the code's. */
function isWithin(p: Vec3, a: Vec3, b: Vec3, radius: number): boolean {
  const steps = 1000;
  if (
    Math.hypot(...p.map((x, axis) => x - a[axis])) >
    radius + Math.hypot(...a.map((x, axis) => x - b[axis]))
  )
    return false;
  return Array.from({ length: steps + 1 }, (_, n) => n / steps).some(
    (t) => Math.hypot(...p.map((x, axis) => x - a[axis] - t * (b[axis] - a[axis]))) <= radius,
  );
}

describe.each(Object.entries(grids))("sweptVoxels on a grid that is %s", (_, grid) => {
  const ends: [Vec3, Vec3] = [
    [6.3, 5.1, 4],
    [9.2, 8.7, 4],
  ];
  const [a, b] = ends.map((end) => transformPoint(grid.affine, end));
  const all = Array.from({ length: grid.size[0] * grid.size[1] * grid.size[2] }, (__, n) => n);
  const near = (n: number) => isWithin(transformPoint(grid.affine, voxelOf(n, grid.size)), a, b, 4.9);

  it("is the voxels near the line, as a ball", () => {
    const found = sweptVoxels(grid, { from: ends[0], to: ends[1], radiusMm: 4.9 });
    expect(found).toEqual(all.filter(near));
    expect(new Set(found.map((n) => voxelOf(n, grid.size)[2])).size).toBeGreaterThan(1);
  });

  it("is those of one slice where it is round", () => {
    const slice = { axis: 2, index: 4 } as const;
    const found = sweptVoxels(grid, { from: ends[0], to: ends[1], radiusMm: 4.9, slice });
    expect(found).toEqual(all.filter((n) => voxelOf(n, grid.size)[2] === 4 && near(n)));
  });
});

describe("sweptVoxels", () => {
  it("paints the voxel under a brush that is smaller than a voxel", () => {
    expect(sweptVoxels(sheared, { from: [3.3, 2.4, 1], to: [3.3, 2.4, 1], radiusMm: 0.01 })).toEqual([
      3 + 20 * (2 + 18),
    ]);
  });

  it("paints nothing beyond the grid", () => {
    expect(sweptVoxels(sheared, { from: [-9, 2, 1], to: [-9, 2, 1], radiusMm: 2 })).toEqual([]);
    const slice = { axis: 2, index: 9 } as const;
    expect(sweptVoxels(sheared, { from: [3, 2, 9], to: [3, 2, 9], radiusMm: 2, slice })).toEqual([]);
  });
});

describe("filledVoxels", () => {
  const size: Vec3 = [6, 5, 2];
  const plane = { across: 0, down: 1, through: 2 } as const;

  it("fills the centres inside, by hand", () => {
    const triangle = [
      [0.5, 0.5],
      [4.5, 0.5],
      [0.5, 4.5],
    ] as const;
    // Row 1 holds centres 1, 2, 3 (the edge crosses at 4); row 2: 1, 2, (3 on the edge); row 3: 1, (2 on the edge); row 4: (1).
    const expected = [1, 2, 3, 4]
      .map((i) => i + 6)
      .concat(
        [1, 2, 3].map((i) => i + 12),
        [1, 2].map((i) => i + 18),
        1 + 24,
      );
    expect(filledVoxels(size, plane, 1, triangle)).toEqual(expected.map((n) => n + 30));
  });

  it("stays within the slice and leaves holes where a contour crosses itself", () => {
    const beyond = [
      [-3, -3],
      [20, -3],
      [20, 20],
      [-3, 20],
    ] as const;
    expect(filledVoxels(size, plane, 0, beyond)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    const bow = [
      [-0.5, -0.5],
      [5.5, 4.5],
      [5.5, -0.5],
      [-0.5, 4.5],
    ] as const;
    const row = (q: number) =>
      filledVoxels(size, plane, 0, bow)
        .filter((n) => Math.floor(n / 6) === q)
        .map((n) => n % 6);
    expect([row(0), row(2), row(4)]).toEqual([
      [0, 5],
      [0, 1, 2, 3, 4, 5],
      [0, 5],
    ]);
  });

  it("encloses nothing with two points", () => {
    expect(
      filledVoxels(size, plane, 0, [
        [0, 0],
        [3, 3],
      ]),
    ).toEqual([]);
  });
});

describe("grownVoxels", () => {
  const size: Vec3 = [5, 1, 3];
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];
  // Two bright pieces in the first slice, joined only through the second one.
  const data = [9, 9, 0, 9, 9, 0, 9, 9, 9, 0, 0, 0, 0, 0, 9];
  const grow = (options: { maxMm?: number; axis?: 2 }) =>
    grownVoxels({ size, affine }, data, [0, 0, 0], { low: 5, high: 10, maxMm: 100, ...options });

  it("goes through all slices, or stays in one", () => {
    expect(grow({})).toEqual([0, 1, 3, 4, 6, 7, 8]);
    expect(grow({ axis: 2 })).toEqual([0, 1]);
  });

  it("does not go further than it may", () => expect(grow({ maxMm: 2.3 })).toEqual([0, 1, 6]));

  it("is empty where the seed itself does not belong", () => {
    expect(grownVoxels({ size, affine }, data, [2, 0, 0], { low: 5, high: 10, maxMm: 9 })).toEqual([]);
  });
});

describe("interpolatedVoxels", () => {
  const size: Vec3 = [11, 11, 7];
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1];
  const mask: Mask = { data: new Uint8Array(11 * 11 * 7), size, affine };
  const square = (half: number, slice: number) => {
    for (let j = 5 - half; j <= 5 + half; j++)
      for (let i = 5 - half; i <= 5 + half; i++) mask.data[i + 11 * (j + 11 * slice)] = 2;
  };
  square(1, 1);
  square(3, 3);
  square(3, 4);

  it("gives the outline halfway between two squares, and only between them", () => {
    const found = interpolatedVoxels(mask, 2, 2);
    expect(new Set(found.map((n) => Math.floor(n / 121)))).toEqual(new Set([2]));
    const row = found.filter((n) => Math.floor(n / 11) % 11 === 5).map((n) => n % 11);
    expect(row).toEqual([3, 4, 5, 6, 7]);
  });

  it("is empty for a label that is nowhere", () => expect(interpolatedVoxels(mask, 1, 2)).toEqual([]));
});

describe("islandVoxels", () => {
  it("counts in cubic millimetres, label by label", () => {
    const affine = [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 1];
    const data = Uint8Array.from([1, 0, 1, 1, 1, 0, 2, 2]);
    const mask: Mask = { data, size: [8, 1, 1], affine };
    expect(islandVoxels(mask, 1, 3.1)).toEqual([0]);
    expect(islandVoxels(mask, 1, 3)).toEqual([]);
    expect(islandVoxels(mask, 2, 6.1)).toEqual([6, 7]);
  });
});
