import { describe, expect, it } from "vitest";
import { transformPoint } from "../../../src/volume/geometry.js";
import type { Mask } from "../../../src/volume/volume.js";
import { paletteOf, pixelOf } from "../../../web/core/colour.js";
import { compareMasks, diceOfLabels } from "../../../web/core/compare.js";
import { dragWindow, presetWindow, sampleIntensities } from "../../../web/core/grey-window.js";
import { distanceMm, isInside, nearestSlice, pointInSlice, positionOf } from "../../../web/core/linked.js";
import { outlines } from "../../../web/core/outline.js";
import { planeThrough } from "../../../web/core/plane.js";
import { fromScreen, panBy, screenMap, toScreen, wholePlane, zoomAt } from "../../../web/core/screen-map.js";
import { greyPixels, sliceLabels, sliceLayout } from "../../../web/core/slice-pixels.js";
import { axialStir, obliqueCoronal } from "../volumes.js";

describe("screenMap", () => {
  const steps = { across: [-1.5, 0], down: [0.2, 1] } as const;
  const [count, pane] = [
    [40, 60],
    [300, 200],
  ] as const;

  it("puts the middle of the plane into the middle of the pane and inverts", () => {
    const map = screenMap(steps, count, pane, wholePlane);
    expect(toScreen(map, [19.5, 29.5])).toEqual([150, 100]);
    const [p, q] = fromScreen(map, toScreen(map, [3.25, 50.5]));
    expect(p).toBeCloseTo(3.25, 9);
    expect(q).toBeCloseTo(50.5, 9);
  });

  it("zooms about the pointer and pans by pixels", () => {
    const at = [40, 170] as const;
    const under = fromScreen(screenMap(steps, count, pane, wholePlane), at);
    const zoomed = zoomAt(panBy(zoomAt(wholePlane, 2, [10, 10], pane), [0, 0]), 1.5, at, pane);
    expect(zoomed.zoom).toBe(3);
    const map = screenMap(steps, count, pane, zoomAt(wholePlane, 2.5, at, pane));
    const [x, y] = toScreen(map, under);
    expect([x, y].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([...at]);
    const moved = toScreen(
      screenMap(steps, count, pane, panBy(zoomAt(wholePlane, 2.5, at, pane), [7, -9])),
      under,
    );
    expect(moved[0] - x).toBeCloseTo(7, 9);
    expect(moved[1] - y).toBeCloseTo(-9, 9);
  });
});

describe("linked places", () => {
  const grid = obliqueCoronal();
  const plane = planeThrough(grid.affine, 2);

  it("finds the slice of a point and keeps the place when stepping", () => {
    const point = transformPoint(grid.affine, [10.3, 20.7, 5.2]);
    expect(nearestSlice(grid, plane, point)).toBe(5);
    const moved = pointInSlice(grid, plane, point, 9);
    expect(positionOf(grid, moved).map((x) => Math.round(x * 1e6) / 1e6)).toEqual([10.3, 20.7, 9]);
    expect(distanceMm(pointInSlice(grid, plane, point, 5), moved)).toBeCloseTo(16, 9);
  });

  it("stays on the grid", () => {
    expect(nearestSlice(grid, plane, [0, 900, 900])).toBe(13);
    expect([isInside(grid, [0, 900, 900]), isInside(grid, [4, -4, 14])]).toEqual([false, true]);
  });
});

describe("slice pixels", () => {
  it("maps the window to 0…255", () => {
    const out = new Uint32Array(5);
    const layout = { start: 0, across: 1, down: 5, width: 5, height: 1 };
    greyPixels([99, 100, 150, 200, NaN], layout, { centre: 150, width: 100 }, out);
    expect([...out].map((pixel) => pixel & 0xff)).toEqual([0, 0, 128, 255, 0]);
  });

  it("shows a mask on another grid where it lies in the patient", () => {
    const [image, other] = [axialStir(), obliqueCoronal()];
    const data = new Uint8Array(other.data.length);
    for (let n = 0; n < data.length; n++) data[n] = other.data[n] === 1000 ? 1 : 0;
    const mask: Mask = { ...other, data };
    const plane = planeThrough(image.affine, 2);
    let [same, all] = [0, 0];
    for (let slice = 0; slice < image.size[2]; slice++) {
      const { start, across, down, width, height } = sliceLayout(image.size, plane, slice);
      const labels = sliceLabels(mask, image, plane, slice);
      for (let q = 0; q < height; q++)
        for (let p = 0; p < width; p++) {
          const isBall = image.data[start + p * across + q * down] === 1000;
          if (!isBall && labels[p + width * q] === 0) continue;
          all++;
          if (isBall && labels[p + width * q] === 1) same++;
        }
    }
    // Both grids cut the same ball of 6 mm; they differ at its border alone.
    expect(all).toBeGreaterThan(60);
    expect(same / all).toBeGreaterThan(0.6);
  });

  it("packs colours as the canvas has them", () => {
    expect(new Uint8Array(Uint32Array.of(pixelOf("#e69f00", 128)).buffer)).toEqual(
      Uint8Array.of(0xe6, 0x9f, 0, 128),
    );
    expect(paletteOf([{ value: 3, colour: "#ffffff" }])[0]).toBe(0);
  });
});

describe("outlines", () => {
  it("are the four edges of a single pixel and the six of two", () => {
    expect(outlines(Uint8Array.of(0, 0, 0, 0, 5, 0, 0, 0, 0), 3, 3).get(5)).toEqual([
      ...[0.5, 0.5, 0.5, 1.5],
      ...[1.5, 0.5, 1.5, 1.5],
      ...[0.5, 0.5, 1.5, 0.5],
      ...[0.5, 1.5, 1.5, 1.5],
    ]);
    expect(outlines(Uint8Array.of(1, 1), 2, 1).get(1)).toHaveLength(6 * 4);
  });
});

describe("comparison", () => {
  const [first, second] = [Uint8Array.of(1, 1, 0, 2, 0), Uint8Array.of(1, 0, 1, 1, 0)];

  it("tells agreement from each one's own", () => {
    expect([...compareMasks(first, second)]).toEqual([1, 2, 3, 2, 0]);
    expect([...compareMasks(first, second, 1)]).toEqual([1, 2, 3, 3, 0]);
  });

  it("gives Dice for each label", () =>
    expect(diceOfLabels(first, second, [1, 2, 3])).toEqual([0.4, 0, NaN]));
});

describe("grey window", () => {
  it("takes presets from the image's own intensities", () => {
    const sample = sampleIntensities(Float32Array.from({ length: 101 }, (_, n) => 100 - n));
    const window = presetWindow(sample, { name: "", key: "", low: 10, high: 90 });
    expect(window).toEqual({ centre: 50, width: 80 });
  });

  it("never becomes narrower than a thousandth of the range", () => {
    expect(dragWindow({ centre: 5, width: 10 }, -10_000, 0, 100).width).toBeCloseTo(0.1, 12);
  });
});
