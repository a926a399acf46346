/** crops.tsv of a study: where each femoral head is, found automatically or written by a person, who is obeyed. */
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { invertAffine, transformPoint, type Grid } from "../../volume/geometry.js";
import type { Vec3 } from "../../volume/volume.js";
import { exists, readText, writeText } from "../files.js";
import { compare } from "../participants.js";
import { formatTsv, parseTsv, type Row } from "../tsv.js";
import type { Side } from "./femoral-heads.js";

export const cropsFile = "crops.tsv";

export interface CropRow {
  readonly case: string;
  readonly side: Side;
  readonly source: "automatic" | "manual";
  /** Voxel indices of the case's first image, counted from 0. */
  readonly voxel?: Vec3;
  /** LPS+ mm. */
  readonly place?: Vec3;
}

const voxelColumns = ["i", "j", "k"] as const;
const placeColumns = ["left", "posterior", "superior"] as const;
const columns = ["case", "side", "source", ...voxelColumns, ...placeColumns];

/** A voxel and a place further apart than this (mm) contradict each other. */
const tolerance = 5;

/** Rows of the study's file; none where there is none. Throws CROPS_INVALID, TABLE_INVALID. */
export async function readCrops(dir: string): Promise<CropRow[]> {
  const path = join(dir, cropsFile);
  if (!(await exists(path))) return [];
  const rows = parseTsv(await readText(path), path).rows.map((row, n) =>
    cropRow(row, `${path}, row ${n + 2}`),
  );
  const keys = rows.map((row) => `${row.case} ${row.side}`);
  const double = keys.find((key, n) => keys.indexOf(key) !== n);
  if (double !== undefined)
    throw new MarrowError("CROPS_INVALID", {
      file: path,
      expected: "one row a hip",
      found: `${double} twice`,
    });
  return rows;
}

function cropRow(row: Row, file: string): CropRow {
  const { side, source } = row;
  if (row.case === undefined || (side !== "left" && side !== "right"))
    throw invalid(file, "a case, and left or right as its side", `${row.case ?? "n/a"}, ${side ?? "n/a"}`);
  if (source !== "automatic" && source !== "manual")
    throw invalid(file, "automatic or manual as source", source ?? "n/a");
  const voxel = numbers(row, voxelColumns, file);
  const place = numbers(row, placeColumns, file);
  return { case: row.case, side, source, ...(voxel && { voxel }), ...(place && { place }) };
}

function numbers(row: Row, names: readonly string[], file: string): Vec3 | undefined {
  const cells = names.map((name) => row[name]);
  if (cells.every((cell) => cell === undefined)) return undefined;
  const values = cells.map((cell) => (cell === undefined ? NaN : Number(cell)));
  if (!values.every(Number.isFinite))
    throw invalid(file, `numbers in ${names.join(", ")}, or in none of them`, cells.join(", "));
  return values as unknown as Vec3;
}

const invalid = (file: string, expected: string, found: string) =>
  new MarrowError("CROPS_INVALID", { file, expected, found });

/** Where a row says the head is, LPS+ mm; undefined where it names no place: that hip is left out. Throws CROPS_INVALID. */
export function placeOf({ case: id, side, voxel, place }: CropRow, { affine }: Grid): Vec3 | undefined {
  const ofVoxel = voxel && transformPoint(affine, voxel);
  if (!ofVoxel || !place) return ofVoxel ?? place;
  if (Math.hypot(...ofVoxel.map((mm, axis) => mm - place[axis])) > tolerance) {
    const expected = "i, j, k and left, posterior, superior to be one place";
    const found = `${id}, ${side}: voxel ${voxel.join(", ")} lies at ${ofVoxel.map((mm) => mm.toFixed(1)).join(", ")} mm`;
    throw invalid(cropsFile, expected, found);
  }
  return ofVoxel;
}

/** A row for a head found at `place` (LPS+ mm) on the grid of the case's first image. */
export function automaticRow(id: string, side: Side, place: Vec3, { affine }: Grid): CropRow {
  const voxel = transformPoint(invertAffine(affine), place).map((n) => Math.round(10 * n) / 10);
  return { case: id, side, source: "automatic", voxel: voxel as unknown as Vec3, place };
}

/** Writes the file, sorted by case and side. Throws DISK_FULL, FILE_UNWRITABLE. */
export async function writeCrops(dir: string, rows: readonly CropRow[]): Promise<void> {
  const cells = ({ case: id, side, source, voxel, place }: CropRow): Row => ({
    ...{ case: id, side, source },
    ...named(voxelColumns, voxel),
    ...named(placeColumns, place),
  });
  const sorted = [...rows].sort((a, b) => compare(a.case, b.case) || compare(a.side, b.side));
  await writeText(join(dir, cropsFile), formatTsv({ columns, rows: sorted.map(cells) }));
}

const named = (names: readonly string[], values: Vec3 | undefined): Row =>
  Object.fromEntries(
    values ? names.map((name, n) => [name, String(Math.round(10 * values[n]) / 10)] as const) : [],
  );
