import { describe, expect, it } from "vitest";
import { templates as sparcc } from "../../../src/quantify/sparcc.js";
import type { RegionKind } from "../../../src/reading/contract/index.js";
import { isWithin, regionsOf, regionTitle, type Anchor } from "../../../src/reading/scoring/regions.js";
import { flatten, sliceFrame, unflatten, type FlatPoint } from "../../../src/reading/scoring/slice-frame.js";
import { transformPoint } from "../../../src/volume/geometry.js";

/** Titles of the regions that hold a point. */
const at = (kind: RegionKind, count: number, anchor: Anchor, point: FlatPoint) =>
  regionsOf(kind, count, anchor).flatMap((polygon, n) =>
    polygon && isWithin(polygon, point) ? [regionTitle(kind, count, n)] : [],
  );

// A joint 40 mm high, 40 mm beside the midline, leaning outwards at the top.
const left: Anchor = { side: "left", from: [46, 20], to: [34, -20] };
const right: Anchor = { side: "right", from: [-46, 20], to: [-34, -20] };

describe("quadrants of a sacroiliac joint", () => {
  it("lie lateral and medial of the joint's line, above and below its middle, on both sides", () => {
    for (const [anchor, s] of [
      [left, 1],
      [right, -1],
    ] as const) {
      expect(at("quadrants", 4, anchor, [s * 55, 10])).toEqual(["upper iliac"]);
      expect(at("quadrants", 4, anchor, [s * 48, -10])).toEqual(["lower iliac"]);
      expect(at("quadrants", 4, anchor, [s * 35, 10])).toEqual(["upper sacral"]);
      expect(at("quadrants", 4, anchor, [s * 28, -10])).toEqual(["lower sacral"]);
      expect(at("quadrants", 4, anchor, [s * 75, 0])).toEqual([]);
      expect(at("quadrants", 4, anchor, [-s * 40, 0])).toEqual([]);
    }
  });

  it("do not depend on which end was drawn first", () => {
    const turned = { ...left, from: left.to, to: left.from };
    expect(at("quadrants", 4, turned, [55, 10])).toEqual(["upper iliac"]);
  });

  it("follow the rule of heights that masks are scored with", () => {
    const { scoredFromMm, halvedFromMm } = sparcc.inflammation;
    const high = (mm: number): Anchor => ({ side: "left", from: [40, mm / 2], to: [40, -mm / 2] });
    const there = (mm: number) => regionsOf("quadrants", 4, high(mm)).map((polygon) => polygon !== undefined);
    expect(there(halvedFromMm)).toEqual([true, true, true, true]);
    expect(there(halvedFromMm - 0.1)).toEqual([true, false, true, false]);
    expect(there(scoredFromMm)).toEqual([true, false, true, false]);
    expect(there(scoredFromMm - 0.1)).toEqual([false, false, false, false]);
    expect(regionsOf("halves", 2, high(20)).map(Boolean)).toEqual([true, false]);
  });
});

describe("regions of a hip", () => {
  const head: Anchor = { side: "left", from: [60, 20], to: [100, -20] };
  const other: Anchor = { side: "right", from: [-60, 20], to: [-100, -20] };

  it("are fields of the round head, each point in one of them", () => {
    expect(at("fields", 9, head, [68, 12])).toEqual(["upper medial"]);
    expect(at("fields", 9, head, [80, 0])).toEqual(["middle central"]);
    expect(at("fields", 9, head, [92, -12])).toEqual(["lower lateral"]);
    expect(at("fields", 9, other, [-92, -12])).toEqual(["lower lateral"]);
    expect(at("fields", 2, head, [61, 5])).toEqual(["upper"]);
    expect(at("fields", 2, head, [61, -5])).toEqual(["lower"]);
    expect(at("fields", 9, head, [59, 0])).toEqual([]);
    // A corner of the box lies outside the round head.
    expect(at("fields", 9, head, [62, 18])).toEqual([]);
  });

  it("are sectors over the head, counted from lateral", () => {
    const sector = (anchor: Anchor, degrees: number, mm: number): FlatPoint => {
      const s = anchor.side === "left" ? 1 : -1;
      const angle = (degrees * Math.PI) / 180;
      return [s * 80 + s * mm * Math.cos(angle), mm * Math.sin(angle)];
    };
    for (const anchor of [head, other])
      for (const [degrees, title] of [
        [18, "1"],
        [54, "2"],
        [90, "3"],
        [126, "4"],
        [162, "5"],
      ] as const) {
        expect(at("sectors", 5, anchor, sector(anchor, degrees, 26))).toEqual([
          `sector ${title} from lateral`,
        ]);
        expect(at("sectors", 5, anchor, sector(anchor, degrees, 15))).toEqual([]);
        expect(at("sectors", 5, anchor, sector(anchor, degrees, 40))).toEqual([]);
      }
    expect(at("sectors", 5, head, sector(head, -60, 26))).toEqual([]);
  });
});

describe("points of a slice", () => {
  it("go from the patient to the slice and back, on tilted, turned and flipped coronal grids", () => {
    const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
    const grids = [
      // i left, j down, k to the back, tilted as sacroiliac slices are.
      [0.8, 0, 0, -50, 0, s * 0.8, c * 4, -20, 0, -c * 0.8, s * 4, 60, 0, 0, 0, 1],
      // Slices along i, towards the front; rows to the patient's right.
      [0, -0.9, 0, 70, -5, 0, 0, 30, 0, 0, 0.9, -40, 0, 0, 0, 1],
    ];
    for (const affine of grids) {
      const frame = sliceFrame({ size: [20, 20, 20], affine });
      expect(frame.plane).toBe("coronal");
      for (const voxel of [
        [3, 4, 5],
        [19, 0, 7],
        [11, 12, 13],
      ] as const) {
        const point = transformPoint(affine, [voxel[0], voxel[1], voxel[2]]);
        const back = unflatten(frame, flatten(frame, point), voxel[frame.axis]);
        back.forEach((x, n) => expect(x).toBeCloseTo(point[n], 9));
      }
    }
    expect(sliceFrame({ size: [20, 20, 20], affine: grids[0] }).growsToFront).toBe(false);
    expect(sliceFrame({ size: [20, 20, 20], affine: grids[1] }).growsToFront).toBe(true);
  });
});
