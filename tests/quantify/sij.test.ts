import { describe, expect, it } from "vitest";
import { quantify } from "../../src/quantify/quantify.js";
import type { Measurement } from "../../src/quantify/measurement.js";
import { renderSubject } from "../../src/phantom/subject.js";
import { permutations, type Grid } from "../../src/volume/geometry.js";
import { boneLabels, bonesOn, coronalGrid, lesionIn, paint, pose, quadrantNames } from "./block-pelvis.js";

const poses = {
  straight: pose(0, 0, [0, 0, 0]),
  "leaning 25°": pose(25, 0, [15, -30, 60]),
  "leaning 50°, as a steep sacrum does": pose(50, -6, [15, -30, 60]),
  "leaning 30°, turned 12°, off centre": pose(30, 12, [-90, 40, -700]),
};
/** Every order of the axes, every flip; voxels of 3 × 3 × 5 mm. */
const coarse = [3, 3, 5] as const;
const storages = permutations.flatMap((order) =>
  Array.from({ length: 8 }, (_, bits) => [order, [0, 1, 2].map((axis) => (bits & (1 << axis)) > 0)] as const),
);

const labels = quadrantNames.map((name, n) => ({ value: n + 1, name: name.replaceAll(" ", "-") }));
const value = (rows: readonly Measurement[], measure: string, of: string, label?: string) =>
  rows.find((row) => row.measure === measure && row.of === of && (label ?? row.label) === row.label)?.value;

function scene(grid: Grid, anatomy: readonly number[]) {
  const boxes = quadrantNames.map((name, n) => [lesionIn(name), n + 1] as const);
  const bones = { mask: bonesOn(grid, anatomy), labels: boneLabels, origin: "mask: blocks" };
  return { mask: paint(grid, anatomy, boxes), labels, bones };
}

/** Every flip of one order of axes, and every order and flip for the patient who lies most awkwardly. */
const storagesOf = (name: string) => (name.includes("off centre") ? storages : storages.slice(0, 8));

describe("sij-location", () => {
  describe.each(Object.entries(poses))("of a patient %s", (name, anatomy) => {
    it("names side, bone and quadrant rightly however the grid is stored", () => {
      for (const [order, flips] of storagesOf(name)) {
        const { measurements } = quantify(scene(coronalGrid(anatomy, order, flips, coarse), anatomy), [
          "sij-location",
        ]);
        for (const [n, quadrant] of quadrantNames.entries()) {
          const at = `${order.join("")} ${flips.join(" ")} ${quadrant}`;
          const own = (measure: string) => value(measurements, measure, "lesion 1", labels[n].name);
          expect(own("quadrant"), at).toBe(quadrant);
          expect(own("side"), at).toBe(quadrant.split(" ")[0]);
          expect(own("bone"), at).toBe(quadrant.endsWith("iliac") ? "ilium" : "sacrum");
          expect(own("anterior-posterior"), at).toBe("anterior");
          expect(own("depth"), at).toBe("subchondral");
        }
      }
    });

    it("has the volume and the distances of the box within a voxel", () => {
      const { measurements } = quantify(scene(coronalGrid(anatomy, [0, 1, 2], [false, false, false], [1, 2, 2]), anatomy), ["sij-location"]); // prettier-ignore
      for (const [n, name] of quadrantNames.entries()) {
        const own = (measure: string, of: string) => Number(value(measurements, measure, of, labels[n].name));
        // 10 × 10 × 14 mm, known to a voxel (1 × 2 × 2 mm) along each axis.
        expect(own("quadrant-volume", name)).toBeGreaterThan(9 * 8 * 12);
        expect(own("quadrant-volume", name)).toBeLessThan(11 * 12 * 16);
        expect(own("nearest-distance", "lesion 1")).toBeLessThan(1.01);
        expect(own("farthest-distance", "lesion 1")).toBeGreaterThan(8.9);
        expect(own("farthest-distance", "lesion 1")).toBeLessThan(11.1);
      }
    });
  });

  it("is the same upper and lower on axial slices, where the score has no meaning", () => {
    const anatomy = poses["leaning 25°"];
    // i left, j back, k up: whole slices are upper or lower.
    const turned = [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1];
    const axial = coronalGrid(product(anatomy, turned), [0, 1, 2], [false, true, false], [2, 2, 4]);
    const { measurements } = quantify(scene({ ...axial, size: [75, 45, 26] }, anatomy), [
      "sij-location",
      "sparcc-fat",
    ]);
    const seen = quadrantNames.map((name, n) => [
      name,
      value(measurements, "quadrant", "lesion 1", labels[n].name),
    ]);
    for (const [name, found] of seen) if (found !== undefined) expect(found).toBe(name);
    expect(seen.filter(([, found]) => found !== undefined).length).toBeGreaterThanOrEqual(4);
    const score = measurements.find(({ measure }) => measure === "sparcc-fat");
    expect(score).toMatchObject({
      value: null,
      reason: expect.stringContaining("these are axial") as string,
    });
  });

  it("calls a lesion away from the joint deep and one outside the bones outside", () => {
    const anatomy = poses.straight;
    const grid = coronalGrid(anatomy);
    const bones = { mask: bonesOn(grid, anatomy), labels: boneLabels, origin: "mask: blocks" };
    const deep = paint(grid, anatomy, [[{ from: [-10, -5, 0], to: [-2, 5, 8] }, 1]]);
    const rows = quantify({ mask: deep, labels: [{ value: 1, name: "fat" }], bones }, [
      "sij-location",
    ]).measurements;
    expect(value(rows, "depth", "lesion 1")).toBe("deep");
    expect(value(rows, "nearest-distance", "lesion 1")).toBeCloseTo(20, -1);
    const [upper] = [paint(grid, anatomy, [[{ from: [50, -35, 42], to: [60, 35, 44] }, 1]])];
    const beside = quantify({ mask: upper, labels: [{ value: 1, name: "fat" }], bones: { ...bones } }, ["sij-location"]).measurements; // prettier-ignore
    expect(value(beside, "within-bone-share", "all")).toBe(0);
    expect(value(beside, "side", "lesion 1")).toBe("left");
  });

  it("gives the share of subchondral bone", () => {
    const anatomy = poses.straight;
    const grid = coronalGrid(anatomy, [0, 1, 2], [false, false, false], [1, 1, 5]);
    const bones = { mask: bonesOn(grid, anatomy), labels: boneLabels, origin: "mask: blocks" };
    // The lower half of the left ilium, beside the joint: a quarter of the subchondral bone of the left joint.
    const half = paint(grid, anatomy, [[{ from: [33, -30, -40], to: [70, 30, 0] }, 1]]);
    const rows = quantify({ mask: half, labels: [{ value: 1, name: "fat" }], bones }, [
      "sij-location",
    ]).measurements;
    expect(value(rows, "subchondral-share", "left")).toBeCloseTo(0.25, 1);
    expect(value(rows, "subchondral-share", "right")).toBe(0);
    expect(value(rows, "subchondral-share", "all")).toBeCloseTo(0.125, 2);
  });

  it.each([
    ["no bone mask", undefined, /needs a bone mask/],
    ["one label for all bones", [{ value: 1, name: "bone" }, { value: 2, name: "bone" }], /sacrum and ilium as separate labels/], // prettier-ignore
    ["an absent ilium", [{ value: 1, name: "sacrum" }, { value: 9, name: "ilium" }], /no voxel of the ilium/], // prettier-ignore
  ])("says what cannot be computed with %s", (_, names, reason) => {
    const given = scene(coronalGrid(poses.straight), poses.straight);
    const bones = names && { ...given.bones, labels: names };
    const { measurements } = quantify({ ...given, bones }, ["lesions", "sij-location", "sparcc-fat"]);
    const nulls = measurements.filter(({ value: found, measure }) => found === null && ["quadrant-volume", "sparcc-fat"].includes(measure)); // prettier-ignore
    expect(nulls.length).toBeGreaterThan(1);
    for (const row of nulls) expect(row.reason).toMatch(reason);
    expect(value(measurements, "lesion-count", "all")).toBe(1);
    if (names) expect(value(measurements, "within-bone-share", "all")).toBe(1);
  });

  it.each([1, 2, 3, 4, 5])(
    "agrees with the truth of phantom subject %i: volume by side and bone",
    (number) => {
      const { mask, bones, image, truth } = renderSubject("sij-t1", {
        seed: 21,
        subject: number,
        size: "small",
      });
      const source = { mask: bones, labels: truth.bones, origin: "mask: truth" };
      const given = { mask, image, bones: source, labels: [{ value: 1, name: "fat-metaplasia" }] };
      const { measurements } = quantify(given, ["lesions", "sij-location"]);
      for (const side of ["left", "right"] as const) {
        const told = truth.lesions.filter((lesion) => lesion.side === side);
        const sum = (list: typeof told) => list.reduce((total, lesion) => total + lesion.volumeMm3, 0);
        expect(value(measurements, "volume", side)).toBeCloseTo(sum(told), 1);
        for (const bone of ["sacrum", "ilium"] as const)
          expect(value(measurements, "bone-volume", `${side} ${bone}`)).toBeCloseTo(
            sum(told.filter((lesion) => lesion.bone === bone)),
            1,
          );
      }
      // Fat metaplasia of the phantom is subchondral, every patch of more than a few voxels.
      const sizes = measurements.filter(({ measure, level }) => measure === "voxels" && level === "lesion");
      for (const { of, value: voxels } of sizes)
        if (Number(voxels) > 10) expect(value(measurements, "depth", of), of).toBe("subchondral");
    },
  );
});

function product(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 16 }, (_, n) =>
    [0, 1, 2, 3].reduce((sum, m) => sum + a[n - (n % 4) + m] * b[m * 4 + (n % 4)], 0),
  );
}
