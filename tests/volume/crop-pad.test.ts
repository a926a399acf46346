import { describe, expect, it } from "vitest";
import { crop, cropOrPad, pad, type PadMode } from "../../src/volume/crop-pad.js";
import { transformPoint } from "../../src/volume/geometry.js";
import type { Vec3, Volume } from "../../src/volume/volume.js";
import { largestDifference, loadFixture } from "./load-fixture.js";

type Padding = { row: number[]; before: number; after: number } & Record<PadMode, number[]>;
const { padding } = loadFixture<{ padding: Padding }>("scipy-references");
const affine = [0, -0.6, 0, 5, 0.5, 0, 0, 6, 0, 0, 4, 7, 0, 0, 0, 1];
const modes = ["zero", "reflect", "edge"] as const;

const numbered = (size: Vec3): Volume<Uint16Array<ArrayBuffer>> => ({
  data: Uint16Array.from({ length: size[0] * size[1] * size[2] }, (_, n) => n + 1),
  size,
  affine,
});

/** Values that are not 0 stand where they stood. */
function expectInPlace(after: Volume<Uint16Array<ArrayBuffer>>, before: Volume<Uint16Array<ArrayBuffer>>) {
  const index = (n: number, [ni, nj]: Vec3): Vec3 => [
    n % ni,
    Math.floor(n / ni) % nj,
    Math.floor(n / (ni * nj)),
  ];
  let seen = 0;
  after.data.forEach((value, n) => {
    if (value === 0) return;
    seen++;
    const was = transformPoint(before.affine, index(value - 1, before.size));
    expect(largestDifference([...transformPoint(after.affine, index(n, after.size))], [...was])).toBeLessThan(
      1e-9,
    );
  });
  expect(seen).toBeGreaterThan(0);
}

describe("pad", () => {
  it.each(modes)("%s is numpy's, also wider than the image", (mode) => {
    const { row, before, after } = padding;
    for (const axis of [0, 1, 2]) {
      const along = (n: number, other: number) =>
        [0, 1, 2].map((a) => (a === axis ? n : other)) as unknown as Vec3;
      const volume = { data: Uint8Array.from(row), size: along(row.length, 1), affine };
      const padded = pad(volume, along(before, 0), along(after, 0), mode);
      expect([...padded.data]).toEqual(padding[mode]);
      expect(padded.size).toEqual(along(row.length + before + after, 1));
    }
  });

  it("repeats a single voxel when it reflects", () => {
    const volume = { data: Uint8Array.of(4), size: [1, 1, 1] as const, affine };
    expect([...pad(volume, [2, 0, 0], [1, 0, 0], "reflect").data]).toEqual([4, 4, 4, 4]);
  });

  it("keeps places and refuses negative borders", () => {
    const volume = numbered([4, 3, 2]);
    expectInPlace(pad(volume, [1, 2, 3], [4, 0, 1], "zero"), volume);
    expect(() => pad(volume, [-1, 0, 0], [0, 0, 0], "zero")).toThrow("BAD_ARGUMENT");
  });
});

describe("crop", () => {
  it("cuts out a box and keeps places", () => {
    const volume = numbered([4, 3, 2]);
    const part = crop(volume, [1, 1, 0], [2, 2, 2]);
    expect([...part.data]).toEqual([6, 7, 10, 11, 18, 19, 22, 23]);
    expectInPlace(part, volume);
  });

  it("refuses a box that is not inside", () => {
    for (const from of [
      [-1, 0, 0],
      [3, 0, 0],
    ] as const)
      expect(() => crop(numbered([4, 3, 2]), from, [2, 1, 1])).toThrow("BAD_ARGUMENT");
  });
});

describe("cropOrPad", () => {
  it("cuts one axis and pads another about the middle", () => {
    const volume = numbered([4, 2, 1]);
    const { data, size } = cropOrPad(volume, [2, 4, 1], { mode: "zero" });
    expect(size).toEqual([2, 4, 1]);
    expect([...data]).toEqual([0, 0, 2, 3, 6, 7, 0, 0]);
  });

  it("goes there and back without a shift, whatever is odd", () => {
    for (const size of [
      [5, 4, 3],
      [4, 5, 6],
    ] as const)
      for (const wider of [
        [8, 8, 8],
        [9, 9, 9],
      ] as const) {
        const volume = numbered(size);
        const there = cropOrPad(volume, wider, { mode: "zero" });
        expectInPlace(there, volume);
        const back = cropOrPad(there, size, { mode: "zero" });
        expect(back.data).toEqual(volume.data);
        expect(largestDifference(back.affine, affine)).toBeLessThan(1e-9);
      }
  });

  it("puts the centre at floor(size / 2)", () => {
    const volume = numbered([9, 1, 1]);
    const { data } = cropOrPad(volume, [3, 1, 1], { mode: "edge", centre: [8, 0, 0] });
    expect([...data]).toEqual([8, 9, 9]);
    expectInPlace(cropOrPad(volume, [4, 1, 1], { mode: "zero", centre: [1, 0, 0] }), volume);
  });
});
