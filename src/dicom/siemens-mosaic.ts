/** Siemens' mosaics: all slices of a volume as tiles of one large image. */
import { MarrowError } from "../base/errors.js";
import type { Attributes } from "./attributes.js";
import { cross, dot, type Frame } from "./frame.js";
import { readCsa } from "./siemens-csa.js";
import type { Vec3 } from "../volume/volume.js";

const isVector = (numbers: readonly number[]) => numbers.length === 3 && numbers.every(Number.isFinite);

/**
 * Tiles of a mosaic as frames; [whole] for any other image. Throws DICOM_IMAGE_TYPE for a mosaic whose number of slices is not
 * told or does not fit its size.
 */
export function splitMosaic(whole: Frame, attributes: Attributes): Frame[] {
  if (!/(^|\\)MOSAIC(\\|$)/.test(whole.kinds.imageType)) return [whole];
  const csa = readCsa(attributes.bytes("00291010") ?? new Uint8Array(0), [
    "NumberOfImagesInMosaic",
    "SliceNormalVector",
  ]);
  const slices = Number(csa["NumberOfImagesInMosaic"][0] ?? attributes.number("0019100A", "US"));
  const across = Math.ceil(Math.sqrt(slices));
  const fits = slices >= 1 && whole.columns % across === 0 && whole.rows % across === 0;
  if (!fits) {
    const found = `a mosaic of ${slices || "unknown"} slices in ${whole.columns} × ${whole.rows} pixels`;
    throw new MarrowError("DICOM_IMAGE_TYPE", { file: whole.of.file, found });
  }
  const normal = csa["SliceNormalVector"].map(Number);
  return tiles(whole, slices, across, isVector(normal) ? (normal as unknown as Vec3) : undefined);
}

function tiles(whole: Frame, slices: number, across: number, normal: Vec3 | undefined): Frame[] {
  const columns = whole.columns / across;
  const rows = whole.rows / across;
  const first = firstPosition(whole, columns, rows);
  const geometric = cross(whole.rowAxis, whole.columnAxis);
  const step = normal && dot(normal, geometric) < 0 ? -whole.sliceSpacing : whole.sliceSpacing;
  return Array.from({ length: slices }, (_, n) => ({
    ...whole,
    columns,
    rows,
    tile: [(n % across) * columns, Math.floor(n / across) * rows] as const,
    position: moved(first, geometric, n * step),
  }));
}

/** The stored position is that of a slice as large as the whole mosaic, with the same centre. */
function firstPosition(whole: Frame, columns: number, rows: number): Vec3 {
  const right = ((whole.columns - columns) / 2) * whole.spacing[0];
  const down = ((whole.rows - rows) / 2) * whole.spacing[1];
  return moved(moved(whole.position, whole.rowAxis, right), whole.columnAxis, down);
}

const moved = ([x, y, z]: Vec3, [a, b, c]: Vec3, mm: number): Vec3 => [x + a * mm, y + b * mm, z + c * mm];
