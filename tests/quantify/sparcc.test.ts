import { describe, expect, it } from "vitest";
import { quantify } from "../../src/quantify/quantify.js";
import type { Measurement } from "../../src/quantify/measurement.js";
import type { QuantifyOptions } from "../../src/quantify/options.js";
import { templates } from "../../src/quantify/sparcc.js";
import { boneLabels, bonesOn, coronalGrid, ilia, paint, pose, sacrum, type Box } from "./block-pelvis.js";

/** Slices of 6 mm, p = −36, −30 … 30 from the front: the bones (p −30…30) are in slices 1 to 11 of 0 … 11. */
const anatomy = pose(20, 5, [10, 20, -300]);
const plain = coronalGrid(anatomy, [0, 1, 2], [false, false, false], [2, 2, 6]);
const grid = { ...plain, size: [plain.size[0], plain.size[1], 12] as const };
const bones = { mask: bonesOn(grid, anatomy), labels: boneLabels, origin: "mask: blocks" };
const labels = [{ value: 1, name: "lesion" }];

/** Place of a slice's centre along p. */
const place = (slice: number) => ((12 - 1) / 2 - 5.5 + slice) * 6 - 33;
const slab = (l: [number, number], s: [number, number], first: number, last: number): Box => ({
  from: [l[0], place(first) - 2, s[0]],
  to: [l[1], place(last) + 2, s[1]],
});

function score(
  boxes: readonly Box[],
  name: "sparcc-fat" | "sparcc-inflammation",
  options: Partial<QuantifyOptions> = {},
) {
  const mask = paint(grid, anatomy, boxes.map((box) => [box, 1] as const)); // prettier-ignore
  const image = { ...mask, data: Float32Array.from(mask.data, (label) => (label ? 500 : 100)) };
  return quantify({ mask, labels, bones, image }, [name], options).measurements;
}
const value = (rows: readonly Measurement[], measure: string, of = "all") =>
  rows.find((row) => row.measure === measure && row.of === of)?.value;

/** Slices in which the test's joints are shown. */
const shown = [...Array(12).keys()].filter((slice) => {
  const area = grid.size[0] * grid.size[1];
  return bones.mask.data.subarray(slice * area, (slice + 1) * area).includes(1);
});
const [first] = shown;

describe("sparcc-fat", () => {
  it("is 0 for no lesion and 40 for both bones full of it", () => {
    expect(value(score([], "sparcc-fat"), "sparcc-fat")).toBe(0);
    expect(value(score([sacrum, ...ilia], "sparcc-fat"), "sparcc-fat")).toBe(templates.fat.maximum);
  });

  it("counts quadrants and slices that can be counted by hand", () => {
    // Left ilium, upper half, in the first three slices; right side of the sacrum, across both halves, in the second slice.
    const boxes = [
      slab([34, 44], [10, 30], first, first + 2),
      slab([-30, -20], [-15, 15], first + 1, first + 1),
    ];
    const slices = [0, 1, 2, 3, 4].map((n) => first + n);
    const rows = score(boxes, "sparcc-fat", { slices });
    expect(value(rows, "sparcc-fat")).toBe(3 + 2);
    expect(value(rows, "scored-slices")).toBe(slices.map((slice) => slice + 1).join(" "));
    expect(value(rows, "quadrant", `slice ${first + 1} left`)).toBe("upper iliac");
    expect(value(rows, "quadrant", `slice ${first + 2} right`)).toBe("upper sacral, lower sacral");
    expect(value(rows, "sparcc-quadrants", `slice ${first + 4} left`)).toBe(0);
    // Two of the slices alone, as a reader may choose: one with one quadrant on the left and two on the right, one empty.
    expect(value(score(boxes, "sparcc-fat", { slices: [first + 1, first + 4] }), "sparcc-fat")).toBe(3);
    expect(value(score(boxes, "sparcc-fat", { slices: [99] }), "sparcc-fat")).toBeNull();
  });

  it("does not count specks below the area that is asked for", () => {
    const boxes = [slab([34, 36], [10, 12], first, first)];
    expect(value(score(boxes, "sparcc-fat", { slices: [first] }), "sparcc-fat")).toBe(1);
    expect(value(score(boxes, "sparcc-fat", { slices: [first], presentAreaMm2: 30 }), "sparcc-fat")).toBe(0);
  });

  it("counts a joint of 1 to 3 cm in height as upper alone, and one below 1 cm not at all", () => {
    const low = (height: number) => {
      const cut = (box: Box): Box => ({ from: [box.from[0], box.from[1], -height / 2], to: [box.to[0], box.to[1], height / 2] }); // prettier-ignore
      const mask = paint(grid, anatomy, [[cut(sacrum), 1], ...ilia.map((box) => [cut(box), 2] as const)]);
      const all = { ...mask, data: mask.data.map((bone) => Number(bone > 0)) };
      return quantify({ mask: all, labels, bones: { ...bones, mask } }, ["sparcc-fat"]).measurements;
    };
    expect(value(low(22), "sparcc-fat")).toBe(5 * 4);
    const none = low(6).find(({ measure }) => measure === "sparcc-fat");
    expect(none).toMatchObject({ value: null, reason: "no slice shows a joint of 10 mm or more" });
  });
});

describe("sparcc-inflammation", () => {
  it("is 72 where everything is intense and deep", () => {
    const rows = score([sacrum, ...ilia], "sparcc-inflammation", { intenseFrom: 400 });
    expect(value(rows, "sparcc-quadrants")).toBe(48);
    expect(value(rows, "sparcc-intense")).toBe(12);
    expect(value(rows, "sparcc-deep")).toBe(12);
    expect(value(rows, "sparcc-inflammation")).toBe(templates.inflammation.maximum);
  });

  it("gives the deep point to a lesion that reaches from the joint to 1 cm without a gap", () => {
    const options = { intenseFrom: 900, slices: [first] };
    const deep = (from: number, to: number) =>
      value(score([slab([from, to], [10, 20], first, first)], "sparcc-inflammation", options), "sparcc-deep");
    expect(deep(34, 48)).toBe(1);
    expect(deep(34, 40)).toBe(0);
    // Deep in the bone but nowhere near the joint.
    expect(deep(50, 60)).toBe(0);
  });

  it("without a fluid reference gives the parts that it can and says what is missing", () => {
    const rows = score([ilia[0]], "sparcc-inflammation");
    expect(value(rows, "sparcc-quadrants")).toBe(2 * 6);
    expect(value(rows, "sparcc-intense")).toBeNull();
    expect(rows.find(({ measure }) => measure === "sparcc-inflammation")).toMatchObject({
      value: null,
      reason: expect.stringContaining("vessels or CSF") as string,
    });
    // Without a lesion nothing can be intense.
    expect(value(score([], "sparcc-inflammation"), "sparcc-inflammation")).toBe(0);
  });

  it("takes the fluid's mean from its mask", () => {
    const mask = paint(grid, anatomy, [[ilia[0], 1]]);
    const image = { ...mask, data: Float32Array.from(mask.data, (label) => (label ? 500 : 400)) };
    const fluid = { ...mask, data: mask.data.map((label) => 1 - label) };
    const rows = quantify({ mask, labels, bones, image, fluid }, ["sparcc-inflammation"]).measurements;
    expect(value(rows, "sparcc-intense")).toBe(6);
    const brighter = { ...image, data: image.data.map((grey) => (grey === 400 ? 600 : grey)) };
    const none = quantify({ mask, labels, bones, image: brighter, fluid }, [
      "sparcc-inflammation",
    ]).measurements;
    expect(value(none, "sparcc-intense")).toBe(0);
  });
});
