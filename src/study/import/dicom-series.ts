/** derivatives/marrow/import/series.tsv: what every imported volume is taken for. People correct it, the next run obeys. */
import { join } from "node:path";
import type { Evidence } from "../../dicom/evidence.js";
import type { Frame } from "../../dicom/frame.js";
import type { Recognised } from "../../dicom/recognise.js";
import type { StackGeometry } from "../../dicom/stack-geometry.js";
import { always, type Stack } from "../../dicom/stacks.js";
import { spacingOf } from "../../volume/volume.js";
import { exists, readText, writeText } from "../files.js";
import { formatTsv, parseTsv, type Row } from "../tsv.js";

export const importFolder = join("derivatives", "marrow", "import");
export const seriesFile = join(importFolder, "series.tsv");

/** Columns in their order; `image` is the one to correct, `file` says where the image stands now. */
const columns = [
  "participant_id",
  "session_id",
  "series",
  "image",
  "weighting",
  "fat_suppression",
  "plane",
  "body_part",
  "confidence",
  "slices",
  "spacing",
  "description",
  "notes",
  "file",
  "study_key",
  "series_key",
] as const;

export type SeriesRow = Partial<Record<(typeof columns)[number], string>>;

/** A volume found in the source, with everything that is known of it before its pixels are read. */
export interface FoundVolume {
  readonly stack: Stack;
  readonly geometry: StackGeometry;
  readonly evidence: Evidence;
  readonly recognised: Recognised;
  readonly description: string;
}

/** Stands in `image` for a volume that is left out. */
export const leftOut = "-";

export async function readSeries(root: string): Promise<SeriesRow[]> {
  const file = join(root, seriesFile);
  return (await exists(file)) ? parseTsv(await readText(file), file).rows : [];
}

export async function writeSeries(root: string, rows: readonly SeriesRow[]): Promise<void> {
  const cells: Row[] = rows.map((row) => ({ ...row }));
  await writeText(join(root, seriesFile), formatTsv({ columns: [...columns], rows: cells }));
}

/** What tells a volume from the others of its study, whatever files it comes in. */
export function identityOf({ frames, splitBy, order }: Stack): string {
  const [first] = frames;
  const kinds = [...new Set([...always, ...splitBy])].map((kind) => `${kind}=${first.kinds[kind]}`);
  const axes = [...first.rowAxis, ...first.columnAxis].map((value) => value.toFixed(3));
  return [
    first.of.seriesUid,
    first.of.seriesNumber,
    first.columns,
    first.rows,
    ...axes,
    ...kinds,
    order ?? 0,
  ].join("|");
}

/** Cells that the images tell; names and keys come from elsewhere. */
export function describeVolume({ stack, geometry, recognised, description }: FoundVolume): SeriesRow {
  const { weighting, fat, plane, bodyPart } = recognised;
  return {
    series: String(stack.frames[0].of.seriesNumber),
    weighting: weighting.is,
    fat_suppression: fat.is,
    plane: plane.is,
    body_part: bodyPart.is,
    confidence: [weighting, fat, plane, bodyPart].map((one) => one.confidence.toFixed(2)).join(" "),
    slices: String(geometry.size[2]),
    spacing: spacingOf(geometry.affine)
      .map((mm) => mm.toFixed(2))
      .join(" "),
    description,
    notes: notesOf(stack, geometry).join("; "),
  };
}

/** What was not as it should be; slices are named by series and instance number, never by file. */
export function notesOf({ duplicates, order }: Stack, { notes }: StackGeometry): string[] {
  const name = ({ of }: Frame) => String(of.instanceNumber);
  return [
    ...notes,
    ...(duplicates.length ? [`duplicate slices left out: instances ${duplicates.map(name).join(", ")}`] : []),
    ...(order !== undefined ? ["told apart from its series' other volumes by instance numbers alone"] : []),
  ];
}
