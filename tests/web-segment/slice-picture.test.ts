import { describe, expect, it } from "vitest";
import { labelVolumes } from "../../web-segment/label-volumes.js";
import { screenAxes } from "../../web-segment/screen-axes.js";
import { colourOf, slicePicture } from "../../web-segment/slice-picture.js";

// 3 × 2 × 2 voxels; i grows to the right side of the patient (R), j to the head: both are turned on the screen.
const size = [3, 2, 2] as const;
const affine = [-1, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 1];
const data = Float32Array.of(0, 1, 2, 3, 4, 5, 60, 70, 80, 90, 100, 110);
const mask = { data: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2), size, affine };

describe("slicePicture", () => {
  const view = { k: 1, black: 60, white: 110, opacity: 0.5 };
  const axes = screenAxes([-1, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 1]);

  it("turns the slice and spreads the window's grey values", () => {
    const { width, height, pixels } = slicePicture({ data, size, affine }, undefined, axes, view);
    expect([width, height]).toEqual([3, 2]);
    const greys = Array.from({ length: 6 }, (_, n) => pixels[4 * n]);
    expect(greys).toEqual([110, 100, 90, 80, 70, 60].map((v) => Math.round((255 * (v - 60)) / 50)));
    expect(pixels.every((value, n) => n % 4 !== 3 || value === 255)).toBe(true);
  });

  it("lays each label's colour over it", () => {
    const { pixels } = slicePicture({ data, size, affine }, mask, axes, { ...view, opacity: 1 });
    expect([...pixels.subarray(0, 3)]).toEqual([...colourOf(2)]);
    expect([...pixels.subarray(8, 11)]).toEqual([...colourOf(1)]);
    expect(colourOf(1)).not.toEqual(colourOf(2));
  });
});

describe("labelVolumes", () => {
  it("counts voxels and millilitres of each label, found or not", () => {
    const labels = [1, 2, 3].map((value) => ({ value, name: `label-${value}` }));
    const rows = labelVolumes({ ...mask, affine: [10, 0, 0, 0, 0, 5, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1] }, labels);
    expect(rows.map(({ voxels, ml }) => [voxels, ml])).toEqual([
      [1, 0.2],
      [1, 0.2],
      [0, 0],
    ]);
  });
});
