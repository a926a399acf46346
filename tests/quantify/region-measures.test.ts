import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { quantify } from "../../src/quantify/quantify.js";
import type { Measurement } from "../../src/quantify/measurement.js";
import type { Mask, Vec3 } from "../../src/volume/volume.js";

interface Reference {
  size: Vec3;
  affine: number[];
  cases: {
    mask: string;
    image: number[];
    count: number;
    lesions: Record<string, number | null>[];
    all: Record<string, number | null>;
  }[];
}

/** Made by fixtures/measures.py with NumPy and SciPy. */
const reference = JSON.parse(
  readFileSync(new URL("fixtures/measures.json", import.meta.url), "utf8"),
) as Reference;
const { size, affine } = reference;
const labels = [{ value: 1, name: "lesion" }];

const find = (rows: readonly Measurement[], measure: string, of = "all") =>
  rows.find((row) => row.measure === measure && row.of === of);
const value = (rows: readonly Measurement[], measure: string, of = "all") => find(rows, measure, of)?.value;

describe("measures of any lesion", () => {
  it.each(reference.cases.map((one, n) => [n, one] as const))(
    "equal NumPy's and SciPy's (case %i)",
    (_, one) => {
      const mask: Mask = { data: Uint8Array.from(one.mask, Number), size, affine };
      const image = { data: Float64Array.from(one.image), size, affine };
      const { measurements } = quantify({ mask, image, labels }, ["lesions"]);
      expect(value(measurements, "lesion-count")).toBe(one.count);
      for (const [name, expected] of Object.entries(one.all))
        expect(value(measurements, name), name).toBeCloseTo(expected as number, 9);
      expect(value(measurements, "volume-ml")).toBeCloseTo((one.all["volume"] as number) / 1000, 12);

      // Lesions of one size have no fixed order: compare them by place.
      const own = one.lesions.map((_lesion, n) =>
        Object.fromEntries(
          measurements.filter(({ of }) => of === `lesion ${n + 1}`).map((row) => [row.measure, row.value]),
        ),
      );
      for (const lesion of one.lesions) {
        const same = own.find((other) => Math.abs(Number(other["centroid-left"]) - Number(lesion["centroid-left"])) < 1e-9 && other["voxels"] === lesion["voxels"]); // prettier-ignore
        for (const [name, expected] of Object.entries(lesion))
          if (expected === null) expect(same?.[name], name).toBeNull();
          else expect(same?.[name], name).toBeCloseTo(expected, 9);
      }
    },
  );

  it("gives a ball its volume and diameter within a voxel", () => {
    const radius = 9;
    const n = 30;
    const spacing = [0.8, 0.8, 1.5] as const;
    const data = new Uint8Array(n ** 3);
    for (let v = 0; v < data.length; v++) {
      const at = [v % n, Math.floor(v / n) % n, Math.floor(v / n / n)];
      const mm = at.map((x, axis) => (x - (n - 1) / 2) * spacing[axis]);
      if (Math.hypot(...mm) <= radius) data[v] = 1;
    }
    const grid = [0.8, 0, 0, 4, 0, -0.8, 0, 9, 0, 0, 1.5, 2, 0, 0, 0, 1];
    const { measurements } = quantify({ mask: { data, size: [n, n, n], affine: grid }, labels }, ["lesions"]);
    const exact = (4 / 3) * Math.PI * radius ** 3;
    const layer = 4 * Math.PI * radius ** 2 * 0.5 * Math.cbrt(0.8 * 0.8 * 1.5);
    expect(Math.abs(Number(value(measurements, "volume")) - exact)).toBeLessThan(layer);
    expect(Math.abs(Number(value(measurements, "largest-diameter")) - 2 * radius)).toBeLessThan(
      0.8 * Math.SQRT2,
    );
    expect(value(measurements, "mean-intensity")).toBeNull();
    expect(find(measurements, "mean-intensity")?.reason).toBe("needs an image");
  });

  it("compares with the reference that is given, and says which", () => {
    // Lesion 300; normal marrow 90, 110 (mean 100, SD √200); bone around without lesion: 90, 110, 100.
    const mask = { data: Uint8Array.of(1, 0, 0, 0, 0, 0), size: [6, 1, 1] as const, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }; // prettier-ignore
    const on = (...data: number[]) => ({ ...mask, data: Uint8Array.from(data) });
    const image = { ...mask, data: Float64Array.of(300, 90, 110, 100, 20, 20) };
    const bones = { mask: on(1, 1, 1, 1, 0, 0), labels: [{ value: 1, name: "bone" }], origin: "mask: b" };
    const marrow = { tissue: "marrow", mask: on(0, 1, 1, 0, 0, 0), origin: "m.nii.gz" };
    const given = quantify({ mask, image, labels, bones, reference: marrow }, ["lesions"]);
    expect(value(given.measurements, "relative-intensity")).toBe(3);
    expect(value(given.measurements, "standard-intensity")).toBeCloseTo(200 / Math.sqrt(200), 12);
    expect(value(given.measurements, "contrast")).toBe(2);
    expect(given.basis.reference).toContain("marrow mask (m.nii.gz)");

    // Without a reference mask: median 100 and MAD 10 of the bone without lesion.
    const robust = quantify({ mask, image, labels, bones }, ["lesions"]);
    expect(value(robust.measurements, "relative-intensity")).toBe(3);
    expect(value(robust.measurements, "standard-intensity")).toBeCloseTo(200 / 14.826, 12);
    expect(robust.basis.reference).toContain("bone without lesions");
  });

  it("has a stated policy for an empty mask and never a NaN", () => {
    const empty = { data: new Uint8Array(8), size: [2, 2, 2] as const, affine };
    const image = { ...empty, data: new Float64Array(8).fill(NaN) };
    for (const mask of [empty, { ...empty, data: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0) }]) {
      const { measurements } = quantify({ mask, image, labels }, ["lesions"]);
      for (const row of measurements)
        if (row.value === null) expect(row.reason, row.measure).toBeTruthy();
        else if (typeof row.value === "number") expect(row.value, row.measure).toSatisfy(Number.isFinite);
    }
    const { measurements } = quantify({ mask: empty, image, labels }, ["lesions"]);
    for (const name of ["lesion-count", "voxels", "volume", "volume-ml", "slices-touched"])
      expect(value(measurements, name)).toBe(0);
    expect(find(measurements, "largest-diameter")).toMatchObject({
      value: null,
      reason: "no voxel of this label here",
    });
    expect(measurements.some(({ level }) => level === "lesion")).toBe(false);
  });

  it("refuses values without a name, an unknown analysis and an image on another grid", () => {
    const mask = { data: Uint8Array.of(3), size: [1, 1, 1] as const, affine };
    expect(() => quantify({ mask, labels }, ["lesions"])).toThrow(/QUANTIFY_LABELS[^]*values 3/);
    expect(() => quantify({ mask, labels }, ["harris"])).toThrow(/QUANTIFY_MEASURE[^]*unet-score/);
    const one = { ...mask, data: Uint8Array.of(1) };
    const image = { data: Float32Array.of(1, 2), size: [2, 1, 1] as const, affine };
    expect(() => quantify({ mask: one, labels, image }, ["lesions"])).toThrow(/GRID_MISMATCH/);
  });
});
