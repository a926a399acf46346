import { describe, expect, it } from "vitest";
import { renderSubject } from "../../src/phantom/subject.js";
import { himrissTemplate } from "../../src/quantify/himriss-template.js";
import type { Measurement } from "../../src/quantify/measurement.js";
import { quantify } from "../../src/quantify/quantify.js";
import { chooseSlices, describeSlices, himrissSlices } from "../../src/quantify/slice-rule.js";
import { reorient } from "../../src/volume/geometry.js";
import type { Affine, Mask } from "../../src/volume/volume.js";

const value = (rows: readonly Measurement[], measure: string, of = "all", label?: string) =>
  rows.find((row) => row.measure === measure && row.of === of && (label ?? row.label) === row.label)?.value;
const labels = [
  { value: 1, name: "femoral-head" },
  { value: 2, name: "bone-marrow-oedema" },
  { value: 3, name: "effusion" },
];

describe("the slice rule of paper 2", () => {
  const from = (n: number) => Array.from({ length: n }, (_, slice) => slice);
  it.each([
    [15, "anterior 1 2 3 4 5, central 6 7 8 9 10, posterior 11 12 13 14 15"],
    [19, "anterior 3 4 5 6 7, central 8 9 10 11 12, posterior 13 14 15 16 17"],
    [9, "anterior 1 2, central 3 4 5 6 7, posterior 8 9 (9 of 15)"],
    [8, "anterior 1, central 2 3 4 5 6, posterior 7 8 (8 of 15)"],
    [5, "anterior none, central 1 2 3 4 5, posterior none (5 of 15)"],
  ])("takes of %i slices %s", (n, text) => {
    const chosen = chooseSlices(from(n), himrissSlices);
    expect("undefined" in chosen ? chosen : describeSlices(chosen, himrissSlices)).toBe(text);
  });

  it.each([4, 0])("excludes a hip with %i slices and says why", (n) => {
    expect(chooseSlices(from(n), himrissSlices)).toEqual({
      undefined: `excluded: ${n} slices show the hip, at least 5 are needed (paper 2)`,
    });
  });
});

/**
 * One hip, six pixels a slice, in a row from the patient's right to the left; slices from the front (p) to the back. Every
 * pixel of the head has the grey value 10, of oedema 30, of effusion 50, of anything else 1.
 */
const rows = {
  // Head of four pixels, nothing else: 0 / 40.
  healthy: "011110",
  // Oedema in the middle of the head: the whole head is 10 + 30 + 10 + 10 = 60; lesions 30: 30 / 60 = 0.5.
  oedema: "012110",
  // Effusion beside the head: lesions 50; head 40: 50 / 40 = 1.25.
  effusion: "311110",
  // No head: the slice does not show the hip, whatever else it shows.
  noHead: "330000",
};
const grey: Readonly<Record<string, number>> = { 0: 1, 1: 10, 2: 30, 3: 50 };

/** i to the left, j to the feet (two equal rows, so that the head has an area), k to the back; 3 mm slices. */
const coronal: Affine = [1, 0, 0, 20, 0, 0, 3, -10, 0, -1, 0, 5, 0, 0, 0, 1];
function hip(slices: readonly string[]) {
  const text = slices.map((row) => row + row + row).join("");
  const mask: Mask = { data: Uint8Array.from(text, Number), size: [6, 3, slices.length], affine: coronal };
  return { mask, labels, image: { ...mask, data: Float32Array.from(text, (digit) => grey[digit]) } };
}

describe("UNet-score", () => {
  const { healthy, oedema, effusion, noHead } = rows;

  it("equals the sum that is written here, slice by slice", () => {
    const { measurements } = quantify(hip([noHead, healthy, oedema, effusion, oedema, healthy, noHead]), [
      "unet-score",
    ]);
    // Slices 2 to 6 show the head: 0 + 0.5 + 1.25 + 0.5 + 0.
    expect(value(measurements, "unet-score", "slice 2 left")).toBe(0);
    expect(value(measurements, "unet-score", "slice 3 left")).toBe(0.5);
    expect(value(measurements, "unet-score", "slice 4 left")).toBe(1.25);
    expect(value(measurements, "unet-score", "left")).toBe(2.25);
    expect(value(measurements, "unet-score")).toBe(2.25);
    expect(value(measurements, "unet-slices")).toBe(5);
    expect(value(measurements, "unet-score-mean")).toBe(0.45);
    expect(value(measurements, "scored-slices", "left")).toBe(
      "anterior none, central 2 3 4 5 6, posterior none (5 of 15)",
    );
  });

  it("leaves out what lies beyond five slices in front of and behind the central ones", () => {
    // 17 slices show the hip: the first and the last are beyond the 15. Effusion in the first, second and last.
    const slices = Array.from({ length: 17 }, (_, n) => ([0, 1, 16].includes(n) ? effusion : healthy));
    expect(value(quantify(hip(slices), ["unet-score"]).measurements, "unet-score")).toBe(1.25);
  });

  it("excludes a hip of four slices, with the reason", () => {
    const { measurements } = quantify(hip([oedema, oedema, oedema, oedema]), ["unet-score"]);
    const total = measurements.find(({ measure, level }) => measure === "unet-score" && level === "patient");
    expect(total?.value).toBeNull();
    expect(total?.reason).toBe("left: excluded: 4 slices show the hip, at least 5 are needed (paper 2)");
  });

  it("takes the front for the front however the grid is stored", () => {
    // Eight slices: one anterior, five central, two posterior, all scored; nine with one in front: rule told by its words.
    const slices = [oedema, ...Array.from({ length: 7 }, () => healthy)];
    const given = hip(slices);
    for (const orientation of ["LIP", "LIA", "RIA", "RSA", "PLI", "IAL"]) {
      const turned = {
        labels,
        mask: reorient(given.mask, orientation),
        image: reorient(given.image, orientation),
      };
      const { measurements } = quantify(turned, ["unet-score"]);
      expect(value(measurements, "unet-score"), orientation).toBe(0.5);
      const text = String(value(measurements, "scored-slices", "left"));
      expect(text.split(",")[0], orientation).toBe(orientation.includes("A") ? "anterior 8" : "anterior 1");
    }
  });

  it.each([
    ["no image", { ...hip([oedema]), image: undefined }, "needs an image"],
    ["no head", hip([noHead, noHead]), "no voxel of the femoral head"],
    ["an empty mask", hip(["000000"]), "no voxel of the femoral head"],
  ])("says what is missing with %s", (_, given, reason) => {
    const { measurements } = quantify(given, ["unet-score", "himriss", "hip-location"]);
    expect(measurements.find(({ measure }) => measure === "unet-score")).toMatchObject({
      value: null,
      reason,
    });
  });
});

describe("hips of the phantom", () => {
  it.each([1, 2, 3, 4])(
    "subject %i: volumes of head, acetabulum and effusion as the truth tells",
    (number) => {
      const { mask, bones, image, truth } = renderSubject("hip-stir", {
        seed: 21,
        subject: number,
        size: "small",
      });
      const source = { mask: bones, labels: truth.bones, origin: "mask: truth" };
      const { measurements } = quantify({ mask, image, labels, bones: source }, [
        "hip-location",
        "unet-score",
        "himriss",
      ]);
      const names = {
        "head-oedema": "femoral-head",
        "acetabulum-oedema": "acetabulum",
        "effusion-volume": "hip-joint",
      };
      for (const side of ["left", "right"] as const)
        for (const [measure, bone] of Object.entries(names)) {
          const told = truth.lesions.filter((lesion) => lesion.side === side && lesion.bone === bone);
          const sum = told.reduce((total, lesion) => total + lesion.volumeMm3, 0);
          expect(value(measurements, measure, side), `${side} ${measure}`).toBeCloseTo(sum, 1);
        }
      for (const side of ["left", "right"] as const) {
        const ill = truth.lesions.some((lesion) => lesion.side === side);
        const own = Number(value(measurements, "unet-score", side));
        expect(own > 0).toBe(ill);
        const suggested = himrissTemplate.items.map(({ name }) =>
          Number(value(measurements, "himriss-item", side, name)),
        );
        suggested.forEach((points, n) =>
          expect(points).toBeLessThanOrEqual(himrissTemplate.items[n].maximum),
        );
        expect(suggested.some((points) => points > 0)).toBe(ill);
      }
    },
  );

  it("without bones leaves the acetabulum to the reader", () => {
    const { mask, image } = renderSubject("hip-stir", { seed: 21, subject: 1, size: "small" });
    const { measurements } = quantify({ mask, image, labels }, ["hip-location", "himriss"]);
    const nulls = measurements
      .filter((row) => row.value === null)
      .map(({ measure, label }) => `${measure} ${label}`);
    expect(new Set(nulls)).toEqual(
      new Set(["acetabulum-oedema bone-marrow-oedema", "himriss-item acetabular-bme"]),
    );
  });
});

describe("the HIMRISS template", () => {
  it.each(himrissTemplate.items)(
    "$name: the points of all slices add up to its range",
    ({ points, maximum }) => {
      const { anterior, central, posterior } = himrissTemplate.slices;
      expect(anterior * points.anterior + central * points.central + posterior * points.posterior).toBe(
        maximum,
      );
    },
  );
});
