import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import {
  largestSlice,
  pictureRow,
  predictionColour,
  slicePicture,
  truthColour,
} from "../../src/report/picture.js";
import type { Affine, Mask, Vec3, Volume } from "../../src/volume/volume.js";

/** LPS+ axes with 4 mm slices along k. */
const lps: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1];
const size: Vec3 = [8, 6, 3];

function volume(value: (i: number, j: number, k: number) => number, affine = lps): Volume {
  const data = Float32Array.from({ length: 144 }, (_, n) =>
    value(n % 8, Math.floor(n / 8) % 6, Math.floor(n / 48)),
  );
  return { data, size, affine };
}
const mask = (value: (i: number, j: number, k: number) => number, affine = lps): Mask => ({
  ...volume(value, affine),
  data: Uint8Array.from(volume(value).data),
});
const square = (i: number, j: number, k: number) => +(k === 1 && i >= 2 && i <= 4 && j >= 1 && j <= 3);

/** Colours of the picture, 10 pixels to a voxel, as a function of the pixel. */
function pixelsOf(png: Uint8Array) {
  const { data, width, height } = decode(png);
  return {
    width,
    height,
    at: (x: number, y: number) => Array.from(data.subarray(3 * (x + y * width), 3 * (x + y * width) + 3)),
  };
}
const options = { pixels: 80, window: [0, 100] as const };

describe("slicePicture", () => {
  it("shows grey between the window's ends, with the voxels' proportions", () => {
    const { width, height, at } = pixelsOf(
      slicePicture(
        volume((i) => i),
        {},
        0,
        options,
      ),
    );
    expect([width, height]).toEqual([80, 60]);
    expect(at(0, 30)).toEqual([0, 0, 0]);
    expect(at(79, 30)).toEqual([255, 255, 255]);
    expect(at(35, 30)[0]).toBeCloseTo((255 * 3.05) / 7, 0);
  });

  it("clips what lies outside the window", () => {
    const outlier = volume((i, j, k) => (i === 0 && j === 0 && k === 0 ? 1000 : i));
    const { at } = pixelsOf(slicePicture(outlier, {}, 0, { pixels: 80, window: [1, 95] }));
    expect(at(2, 2)).toEqual([255, 255, 255]);
  });

  it("draws the reference just outside its border and the prediction just inside", () => {
    const truth = mask(square);
    const { at } = pixelsOf(
      slicePicture(
        volume(() => 0),
        { truth, prediction: truth },
        1,
        options,
      ),
    );
    expect(at(19, 25)).toEqual([...truthColour]);
    expect(at(20, 25)).toEqual([...predictionColour]);
    expect(at(49, 25)).toEqual([...predictionColour]);
    expect(at(50, 25)).toEqual([...truthColour]);
    expect(at(35, 25)).toEqual([0, 0, 0]);
    expect(at(10, 25)).toEqual([0, 0, 0]);
  });

  it.each([
    ["as stored", lps, [5, 5]],
    ["i running to the right", [-1, 0, 0, 7, ...lps.slice(4)], [75, 5]],
    ["coronal, k to the back, j to the head", [1, 0, 0, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 0, 0, 1], [5, 55]],
    ["sagittal, i to the back, j to the head", [0, 0, 4, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1], [5, 55]],
  ] as const)("turns the patient's right to the left and head or front up: %s", (_, affine, [x, y]) => {
    const image = volume((i, j) => (i === 0 && j === 0 ? 100 : 0), [...affine]);
    const { at } = pixelsOf(slicePicture(image, {}, 0, options));
    const corners = [5, 75].flatMap((cx) => [5, 55].map((cy) => [cx, cy]));
    expect(corners.filter(([cx, cy]) => at(cx, cy)[0] > 200)).toEqual([[x, y]]);
  });

  it("zooms to the masks with a margin", () => {
    const truth = mask(square);
    const png = slicePicture(
      volume(() => 0),
      { truth },
      1,
      { pixels: 100, zoomTo: { truth }, marginMm: 1 },
    );
    const { width, height, at } = pixelsOf(png);
    expect([width, height]).toEqual([100, 100]);
    expect(at(19, 50)).toEqual([...truthColour]);
  });

  it("refuses a mask from elsewhere and a slice that is not there", () => {
    const truth = mask(square, [...lps].with(3, 9));
    expect(() =>
      slicePicture(
        volume(() => 0),
        { truth },
        1,
      ),
    ).toThrow("GRID_MISMATCH");
    expect(() =>
      slicePicture(
        volume(() => 0),
        {},
        3,
      ),
    ).toThrow(RangeError);
  });
});

describe("pictureRow", () => {
  const image = volume((_i, _j, k) => k);
  const empty = mask(() => 0);
  const small = mask((i, j, k) => +(k === 2 && i === 0) * +(j === 0));

  it("shows the slice with the largest reference, plain, with it and with both", () => {
    const row = pictureRow(image, { truth: mask(square), prediction: small }, options);
    expect(row.map(({ caption }) => caption)).toEqual([
      "slice 2",
      "reference (blue)",
      "prediction (orange) and reference",
    ]);
  });

  it("falls back on the prediction and on the middle slice", () => {
    expect(largestSlice(image, { truth: empty, prediction: small })).toBe(2);
    expect(largestSlice(image, { truth: empty })).toBe(1);
    expect(pictureRow(image, {}, options)).toHaveLength(1);
  });
});
