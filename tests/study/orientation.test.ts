import { describe, expect, it } from "vitest";
import { gridIn, orientationFor, sliceAxis } from "../../src/study/orientation.js";
import { preprocessImages } from "../../src/study/preprocess.js";
import { reorient } from "../../src/volume/geometry.js";
import { spacingOf, type Affine } from "../../src/volume/volume.js";
import { straight } from "./make-study.js";

/** Coronal slices of 0.6 × 0.6 × 3.3 mm turned about the left–right axis by `degrees` towards axial. */
function obliqueCoronal(degrees: number): Affine {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  // i to the left, j down and turned to the front, k to the back and turned down.
  return [0.6, 0, 0, 0, 0, -0.6 * s, 3.3 * c, 0, 0, -0.6 * c, -3.3 * s, 0, 0, 0, 0, 1];
}

describe("orientation of cases in a plan", () => {
  it("finds the slice axis, or none in a block", () => {
    expect(sliceAxis(straight([1, 1, 7]))).toBe(2);
    expect(sliceAxis(straight([4, 1, 1]))).toBe(0);
    expect(sliceAxis(straight([1, 1, 1.2]))).toBeUndefined();
  });

  it.each([10, 40, 50, 60])("keeps oblique slices whole at %i degrees", (degrees) => {
    const affine = obliqueCoronal(degrees);
    const volume = { data: new Float32Array(4 * 5 * 6), size: [4, 5, 6] as const, affine };
    const laid = reorient(volume, orientationFor(affine, "LIP"));
    expect(spacingOf(laid.affine)[2]).toBeCloseTo(3.3);
    expect(laid.size).toEqual([4, 5, 6]);
    // k still runs to the back and j down.
    expect(laid.affine[6]).toBeGreaterThan(0);
    expect(laid.affine[9]).toBeLessThan(0);
  });

  it("feeds a network oblique slices whole", () => {
    const data = Float32Array.from({ length: 4 * 5 * 6 }, (_, n) => n % 17);
    const image = { data, size: [4, 5, 6] as const, affine: obliqueCoronal(55) };
    const plan = {
      channels: ["T1w"],
      orientation: "LIP",
      spacing: [0.6, 0.6, 3.3] as [number, number, number],
    };
    const fed = preprocessImages([image], {
      ...plan,
      normalisation: { method: "z-score", low: 0, high: 100 },
    });
    expect(fed.size).toEqual([4, 5, 6]);
    expect(fed.affine).toEqual(image.affine);
  });

  it("lays slices taken in quite another plane by anatomy", () => {
    const axial = straight([1, 1, 7]);
    expect(gridIn("LIP", { size: [10, 11, 12], affine: axial })).toEqual({
      size: [10, 12, 11],
      spacing: [1, 7, 1],
    });
    expect(orientationFor(axial, "LIP")).toBe("LIP");
  });

  it("needs the plan's own letters in the usual case", () => {
    expect(orientationFor(straight([1, 2, 7]), "RAS")).toBe("RAS");
    expect(orientationFor(obliqueCoronal(20), "LIP")).toBe("LIP");
  });
});
