import { describe, expect, it } from "vitest";
import { emptyDataSet, type DicomFile } from "../../../src/dicom/data-set.js";
import { dataSetFrom } from "../../../src/dicom/natural.js";
import { readDicom } from "../../../src/dicom/read-dicom.js";
import { rasteriseContours } from "../../../src/dicom/rtstruct/rasterise.js";
import { readStructureSet } from "../../../src/dicom/rtstruct/read-rtstruct.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { transformPoint, type Grid } from "../../../src/volume/geometry.js";
import type { Vec3 } from "../../../src/volume/volume.js";

/** Coronal oblique, anisotropic, left-handed. */
const oblique: Grid = {
  size: [20, 16, 4],
  affine: [0.56, 0, 2.4, -10, 0.42, 0, -3.2, 20, 0, -0.9, 0, 30, 0, 0, 0, 1],
};
const straight: Grid = { size: [20, 16, 4], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1] };

type Flat = readonly (readonly [number, number])[];
const contour = (grid: Grid, k: number, points: Flat): Vec3[] =>
  points.map(([i, j]) => transformPoint(grid.affine, [i, j, k]));
const square = (a: number, b: number): Flat => [[a, a], [b, a], [b, b], [a, b]]; // prettier-ignore
const roi = (contours: readonly Vec3[][]) => ({ number: 1, name: "r", contours, skipped: 0, value: 1 });

function filled(grid: Grid, contours: readonly Vec3[][]): string[] {
  const { mask } = rasteriseContours([roi(contours)], grid);
  const [ni, nj] = grid.size;
  return [...mask.data].flatMap((value, n) =>
    value ? [`${n % ni},${Math.floor(n / ni) % nj},${Math.floor(n / ni / nj)}`] : [],
  );
}

describe.each([
  ["straight", straight],
  ["oblique", oblique],
] as const)("contours on a %s grid", (_name, grid) => {
  it("take the voxels whose centres they enclose, and no other", () => {
    const expected = [3, 4, 5, 6].flatMap((j) => [3, 4, 5, 6].map((i) => `${i},${j},2`));
    expect(filled(grid, [contour(grid, 2, square(2.5, 6.5))])).toEqual(expected);
  });

  it("leave holes open: contours within contours", () => {
    const inside = filled(grid, [contour(grid, 1, square(1.5, 9.5)), contour(grid, 1, square(3.5, 6.5))]);
    expect(inside).toHaveLength(64 - 9);
    expect(inside).not.toContain("5,5,1");
  });

  it("agree with the area of a disc", () => {
    const disc: Flat = Array.from({ length: 360 }, (_, n) => {
      const angle = (n * Math.PI) / 180;
      return [9.3 + 6 * Math.cos(angle), 7.6 + 6 * Math.sin(angle)];
    });
    expect(filled(grid, [contour(grid, 0, disc)]).length / (36 * Math.PI)).toBeCloseTo(1, 1);
  });
});

describe("rasteriseContours", () => {
  it("fills the nearest slice, once where contours lie denser than slices", () => {
    const inside = filled(
      straight,
      [0.8, 1.1, 1.4].map((k) => contour(straight, k, square(2.5, 4.5))),
    );
    expect(inside).toEqual(["3,3,1", "4,3,1", "3,4,1", "4,4,1"]);
  });

  it("counts contours outside of the image, and those across its slices in no plane of the grid", () => {
    const outside = contour(straight, 7, square(1, 5));
    const slanted = [0, 1, 2, 3].map((n): Vec3 => [n * 3, n % 2, n * 3]);
    expect(rasteriseContours([roi([outside, slanted])], straight).lost).toBe(2);
  });

  it("lets a contour leave the image's edge", () => {
    expect(filled(straight, [contour(straight, 0, [[-5, -5], [1.5, -5], [1.5, 1.5], [-5, 1.5]])])).toEqual(["0,0,0", "1,0,0", "0,1,0", "1,1,0"]); // prettier-ignore
  });

  it("tells of voxels that two regions claim; the later has them", () => {
    const [a, b] = [roi([contour(straight, 0, square(0.5, 4.5))]), { ...roi([contour(straight, 0, square(2.5, 6.5))]), value: 2 }]; // prettier-ignore
    const { mask, overlapping } = rasteriseContours([a, b], straight);
    expect([overlapping, mask.data[3 + 20 * 3]]).toEqual([4, 2]);
  });
});

describe("readStructureSet", () => {
  const item = (type: string, points: readonly number[]) => ({ ContourGeometricType: type, NumberOfContourPoints: points.length / 3, ContourData: points }); // prettier-ignore
  const dataset = dataSetFrom({
    SOPClassUID: "1.2.840.10008.5.1.4.1.1.481.3",
    SOPInstanceUID: "1.2.3",
    Modality: "RTSTRUCT",
    StructureSetROISequence: [
      { ROINumber: 7, ROIName: "Femoral head" },
      { ROINumber: 9, ROIName: "empty" },
    ],
    ROIContourSequence: [
      {
        ReferencedROINumber: 7,
        ContourSequence: [
          item("CLOSED_PLANAR", [0, 0, 1.5, 4, 0, 1.5, 4, 4, 1.5]),
          item("POINT", [1, 1, 1]),
          item("CLOSED_PLANAR", [0, 0, 1, 4, 0, 1]),
        ],
      },
    ],
  });
  const file: DicomFile = {
    meta: emptyDataSet(),
    dataset,
    transferSyntax: "1.2.840.10008.1.2.1",
    problems: [],
  };

  it("gives regions by name, also those without contours, and counts what encloses nothing", () => {
    const { rois } = readStructureSet(readDicom(writeDicom(file), "rt"), "rt");
    expect(rois).toEqual([
      { number: 7, name: "Femoral head", contours: [[[0, 0, 1.5], [4, 0, 1.5], [4, 4, 1.5]]], skipped: 2 }, // prettier-ignore
      { number: 9, name: "empty", contours: [], skipped: 0 },
    ]);
  });

  it("refuses other files", () => {
    const other = { ...file, dataset: dataSetFrom({ Modality: "MR" }) };
    expect(() => readStructureSet(other, "mr")).toThrow(/DICOM_IMAGE_TYPE/);
  });
});
