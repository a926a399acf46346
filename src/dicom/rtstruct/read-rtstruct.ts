/** Reads the contours of an RT structure set (PS3.3 sections C.8.8.5 and C.8.8.6). */
import { MarrowError } from "../../base/errors.js";
import type { Vec3 } from "../../volume/volume.js";
import type { DataSet, DicomFile } from "../data-set.js";
import { items, number, numbers, text } from "../values.js";

export const structureSetStorage = "1.2.840.10008.5.1.4.1.1.481.3";

/** Closed planar polygon, LPS+ mm. */
export type Contour = readonly Vec3[];

export interface Roi {
  readonly number: number;
  readonly name: string;
  readonly contours: readonly Contour[];
  /** Points and open curves, which enclose nothing. */
  readonly skipped: number;
}

export interface StructureSet {
  readonly rois: readonly Roi[];
  /** Series the contours were drawn on. */
  readonly seriesUids: readonly string[];
}

export function isStructureSet({ dataset }: DicomFile): boolean {
  return text(dataset, "00080016") === structureSetStorage || text(dataset, "00080060") === "RTSTRUCT";
}

/** Regions in the file's order, those without contours too. Throws DICOM_IMAGE_TYPE where the file is no structure set. */
export function readStructureSet(image: DicomFile, file: string): StructureSet {
  const { dataset } = image;
  if (!isStructureSet(image))
    throw new MarrowError("DICOM_IMAGE_TYPE", {
      file,
      expected: "an RT structure set",
      found: `modality ${text(dataset, "00080060") ?? "missing"}`,
    });
  const drawn = new Map(
    items(dataset, "30060039").map((item) => [number(item, "30060084"), items(item, "30060040")]),
  );
  const rois = items(dataset, "30060020").map((item) => roiOf(item, drawn));
  return { rois, seriesUids: seriesOf(dataset) };
}

function roiOf(item: DataSet, drawn: ReadonlyMap<number | undefined, readonly DataSet[]>): Roi {
  const roi = number(item, "30060022") ?? 0;
  const all = (drawn.get(roi) ?? []).map(contourOf);
  const contours = all.filter((contour) => contour !== undefined);
  return {
    number: roi,
    name: text(item, "30060026") ?? `region ${roi}`,
    contours,
    skipped: all.length - contours.length,
  };
}

/** CLOSED_PLANAR and CLOSED_PLANAR_XOR with three points or more. */
function contourOf(item: DataSet): Contour | undefined {
  if (!/^CLOSED_?PLANAR/.test(text(item, "30060042") ?? "")) return undefined;
  const flat = numbers(item, "30060050");
  const points = Array.from({ length: Math.floor(flat.length / 3) }, (_, n): Vec3 => {
    const [x, y, z] = flat.slice(3 * n, 3 * n + 3);
    return [x, y, z];
  });
  return points.length < 3 ? undefined : points;
}

/** Referenced Frame of Reference → study → series. */
function seriesOf(dataset: DataSet): string[] {
  const studies = items(dataset, "30060010").flatMap((frame) => items(frame, "30060012"));
  return studies.flatMap((study) => items(study, "30060014")).flatMap((one) => text(one, "0020000E") ?? []);
}
