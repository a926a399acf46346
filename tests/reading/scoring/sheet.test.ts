import { describe, expect, it } from "vitest";
import type { ScoredFrame, ScoreSheet } from "../../../src/reading/contract/index.js";
import { checkSheet } from "../../../src/reading/scoring/check-sheet.js";
import { allSlices, groupOf, slicesAround } from "../../../src/reading/scoring/slices.js";
import { suggestScore } from "../../../src/reading/scoring/suggest.js";
import { himrissTemplate } from "../../../src/quantify/himriss-template.js";
import { scoringTemplates } from "../../../src/reading/scoring/templates.js";
import type { Mask } from "../../../src/volume/volume.js";

const [himriss, sss, inflammation] = scoringTemplates(himrissTemplate);

describe("slices", () => {
  it("lie round the chosen one, from the front to the back", () => {
    expect(slicesAround(himriss, 10, 24, false)).toEqual({
      anterior: [3, 4, 5, 6, 7],
      central: [8, 9, 10, 11, 12],
      posterior: [13, 14, 15, 16, 17],
    });
    expect(slicesAround(himriss, 10, 24, true)).toMatchObject({
      anterior: [13, 14, 15, 16, 17],
      posterior: [3, 4, 5, 6, 7],
    });
  });

  it("are fewer at the ends of the image for outer groups, and move into it for a single one", () => {
    expect(slicesAround(himriss, 4, 9, false)).toEqual({
      anterior: [0, 1],
      central: [2, 3, 4, 5, 6],
      posterior: [7, 8],
    });
    expect(slicesAround(sss, 0, 20, false)).toEqual({ slices: [0, 1, 2, 3, 4] });
    expect(slicesAround(sss, 19, 20, false)).toEqual({ slices: [15, 16, 17, 18, 19] });
    expect(slicesAround(sss, 1, 3, false)).toEqual({ slices: [0, 1, 2] });
  });

  it("know their group", () => {
    const slices = slicesAround(himriss, 4, 9, false);
    expect([groupOf(slices, 1), groupOf(slices, 6), groupOf(slices, 9)]).toEqual([
      "anterior",
      "central",
      undefined,
    ]);
    expect(allSlices(slices)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

/** Coronal, 1 × 1 mm, slices of 4 mm towards the back; i = 60 is the midline, j = 30 lies at height 0. */
const size = [120, 60, 8] as const;
const affine = [1, 0, 0, -60, 0, 0, 4, 0, 0, -1, 0, 30, 0, 0, 0, 1];
const voxel = (x: number, up: number, slice: number) => x + 60 + 120 * (30 - up + 60 * slice);

function maskOf(
  boxes: readonly { value: number; slice: number; x: [number, number]; up: [number, number] }[],
): Mask {
  const data = new Uint8Array(120 * 60 * 8);
  for (const { value, slice, x, up } of boxes)
    for (let a = x[0]; a <= x[1]; a++) for (let b = up[0]; b <= up[1]; b++) data[voxel(a, b, slice)] = value;
  return { data, size, affine };
}

const joints = (slice: number): ScoredFrame[] => [
  { slice, side: "left", from: [35, 4 * slice, 20], to: [35, 4 * slice, -20] },
  { slice, side: "right", from: [-35, 4 * slice, 20], to: [-35, 4 * slice, -20] },
];

const sheet = (changes: Partial<ScoreSheet> = {}): ScoreSheet => ({
  channel: "T1w",
  slices: { slices: [1, 2, 3, 4, 5] },
  frames: [1, 2, 3, 4, 5].flatMap(joints),
  unscorable: [],
  cells: [],
  ...changes,
});

const faultOf = (changes: Partial<ScoreSheet>, isDone = true, template = sss) => {
  try {
    checkSheet({ template, sheet: sheet(changes), depth: 8 }, isDone);
    return "none";
  } catch (error) {
    return (error as { details: { found: string } }).details.found;
  }
};

describe("a sheet", () => {
  const cell = { item: "fat", slice: 2, side: "left", region: 3, points: 1 } as const;
  it.each([
    ["none", {}],
    ["none", { cells: [cell] }],
    ["group front", { slices: { front: [1] }, frames: [] }],
    ["too many slices in slices", { slices: { slices: [0, 1, 2, 3, 4, 5] } }],
    ["slice outside the image: 9", { slices: { slices: [4, 5, 6, 7, 8] } }],
    ["not consecutive at slice 5", { slices: { slices: [1, 2, 4] }, frames: [] }],
    ["drawn twice: slice 2 left", { frames: [...joints(1), ...joints(1)] }],
    ["scored twice: fat, slice 3 left, region 4", { cells: [cell, cell] }],
    ["not a scored slice: slice 1 left", { frames: joints(0) }],
    ["no such region or points: fat, slice 3 left, region 5", { cells: [{ ...cell, region: 4 }] }],
    [
      "no such region or points: backfill, slice 3 left, region 3",
      { cells: [{ ...cell, item: "backfill", region: 2 }] },
    ],
    ["no such region or points: fat, slice 3 left, region 4", { cells: [{ ...cell, points: 2 }] }],
    ["no such region or points: rust, slice 3 left, region 4", { cells: [{ ...cell, item: "rust" }] }],
    ["no such region or points: fat, slice 1 left, region 4", { cells: [{ ...cell, slice: 0 }] }],
    [
      "points where nothing can be scored: fat, slice 3 left, region 4",
      { cells: [cell], unscorable: [{ slice: 2, side: "left" }] },
    ],
    [
      "regions not drawn on slice 2 right",
      { frames: [...joints(1).slice(0, 1), ...[2, 3, 4, 5].flatMap(joints)] },
    ],
    ["0 slices chosen, at least 1 are needed", { slices: {}, frames: [] }],
  ] as [string, Partial<ScoreSheet>][])("is told: %s", (found, changes) => {
    expect(faultOf(changes)).toBe(found);
  });

  it("may be saved unfinished, and without regions where nothing can be scored", () => {
    expect(faultOf({ slices: {}, frames: [] }, false)).toBe("none");
    const unscorable = [{ slice: 1, side: "right" } as const];
    expect(faultOf({ frames: [...joints(1).slice(0, 1), ...[2, 3, 4, 5].flatMap(joints)], unscorable })).toBe(
      "none",
    );
  });
});

describe("suggestions", () => {
  const fat = [{ value: 1, name: "fat-metaplasia" }];
  const oedema = [{ value: 1, name: "bone-marrow-oedema" }];

  it("find the quadrants that hold the lesion, in drawn and scorable slices alone", () => {
    const mask = maskOf([
      { value: 1, slice: 2, x: [40, 44], up: [5, 9] },
      { value: 1, slice: 3, x: [-34, -30], up: [-9, 9] },
      { value: 1, slice: 4, x: [40, 44], up: [5, 9] },
      { value: 1, slice: 7, x: [40, 44], up: [5, 9] },
    ]);
    const { cells, left } = suggestScore(sss, sheet({ unscorable: [{ slice: 4, side: "left" }] }), mask, fat);
    expect(cells).toEqual([
      { item: "fat", slice: 2, side: "left", region: 0, points: 1 },
      { item: "fat", slice: 3, side: "right", region: 2, points: 1 },
      { item: "fat", slice: 3, side: "right", region: 3, points: 1 },
    ]);
    expect(left).toEqual(["erosion", "backfill", "ankylosis"]);
  });

  it("call a lesion deep that reaches from the joint to 10 mm without a gap", () => {
    const mask = maskOf([
      { value: 1, slice: 2, x: [37, 46], up: [5, 9] },
      { value: 1, slice: 3, x: [37, 41], up: [5, 9] },
      { value: 1, slice: 4, x: [37, 39], up: [5, 9] },
      { value: 1, slice: 4, x: [45, 48], up: [5, 9] },
    ]);
    const { cells, left } = suggestScore(inflammation, sheet(), mask, oedema);
    expect(cells.filter(({ item }) => item === "deep").map(({ slice }) => slice)).toEqual([2]);
    expect(cells.filter(({ item }) => item === "oedema")).toHaveLength(3);
    expect(left).toEqual(["intense"]);
  });

  it("grade an effusion by its thickness and count fields and sectors of the head", () => {
    const labels = [
      { value: 1, name: "femoral-head" },
      { value: 2, name: "bone-marrow-oedema" },
      { value: 3, name: "effusion" },
    ];
    const mask = maskOf([
      { value: 2, slice: 3, x: [27, 28], up: [5, 6] },
      { value: 2, slice: 3, x: [33, 35], up: [-1, 1] },
      { value: 2, slice: 3, x: [33, 35], up: [13, 15] },
      { value: 3, slice: 3, x: [46, 48], up: [-9, 9] },
      { value: 3, slice: 4, x: [46, 50], up: [-9, 9] },
      { value: 3, slice: 5, x: [46, 46], up: [-9, 9] },
    ]);
    const slices = slicesAround(himriss, 4, 8, false);
    const frames = [3, 4, 5].map((slice) => ({
      ...{ slice, side: "left" as const },
      from: [24, 4 * slice, 10] as [number, number, number],
      to: [44, 4 * slice, -10] as [number, number, number],
    }));
    const { cells, left } = suggestScore(himriss, sheet({ slices, frames }), mask, labels);
    const of = (item: string) =>
      cells.filter((one) => one.item === item).map(({ slice, region, points }) => [slice, region, points]);
    expect(of("femoral-bme")).toEqual([
      [3, 0, 1],
      [3, 4, 1],
    ]);
    expect(of("acetabular-bme")).toEqual([[3, 2, 1]]);
    expect(of("synovitis-effusion")).toEqual([
      [3, 0, 1],
      [4, 0, 2],
    ]);
    expect(left).toEqual([]);
  });

  it("leave everything to the reader where the mask has no such label", () => {
    const { cells, left } = suggestScore(himriss, sheet({ slices: {}, frames: [] }), maskOf([]), fat);
    expect([cells, left]).toEqual([[], himriss.items.map(({ name }) => name)]);
  });
});
