/** Writes one volume into the study: NIfTI and its JSON sidecar. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Attributes } from "../../dicom/attributes.js";
import { readVolume, type OpenDicom } from "../../dicom/read-volume.js";
import { sidecarOf } from "../../dicom/sidecar.js";
import { writeNifti } from "../../volume/nifti.js";
import { exists, placeAtomically, writeText } from "../files.js";
import { imageStem, type Entity } from "../names.js";
import type { NamedVolume } from "./dicom-names.js";
import { leftOut, notesOf, type SeriesRow } from "./dicom-series.js";

export function entityOf({ participant_id = "", session_id }: SeriesRow): Entity {
  const subject = participant_id.replace(/^sub-/, "");
  return session_id ? { subject, session: session_id.replace(/^ses-/, "") } : { subject };
}

/** Where a row's image stands below the study, without ending; undefined for one that is left out. */
export function stemOfRow(row: SeriesRow): string | undefined {
  const { image = leftOut } = row;
  return image === leftOut ? undefined : imageStem(entityOf(row), image);
}

/**
 * Reads a volume that is not there yet, and returns what writes it, so that the next one can be read meanwhile; undefined
 * where there is nothing to write. Throws as readVolume, what it returns as writeNifti.
 */
export async function prepareVolume(
  root: string,
  volume: NamedVolume,
  attributes: Attributes,
  open: OpenDicom,
): Promise<(() => Promise<void>) | undefined> {
  const stem = stemOfRow(volume.row);
  if (stem === undefined) return undefined;
  const target = `${join(root, stem)}.nii.gz`;
  if (await exists(target)) return undefined;
  const image = await readVolume(volume.geometry, open);
  return async () => {
    await placeAtomically(target, (temporary) => writeNifti(temporary, image, { noisy: true }));
    await writeText(`${join(root, stem)}.json`, sidecarText(volume, attributes));
  };
}

function sidecarText({ recognised, stack, geometry }: NamedVolume, attributes: Attributes): string {
  const notes = notesOf(stack, geometry);
  const seen = {
    Weighting: recognised.weighting.is,
    FatSuppression: recognised.fat.is,
    Plane: recognised.plane.is,
    BodyPart: recognised.bodyPart.is,
    ...(notes.length > 0 && { Notes: notes }),
  };
  return (
    JSON.stringify({ ...sidecarOf(attributes), ConversionSoftware: "Marrow", Marrow: seen }, null, 1) + "\n"
  );
}

/** Removes images that an earlier run wrote where the corrected table has nothing, or something else; `rows` are the new ones. */
export async function removeRenamed(root: string, before: readonly SeriesRow[], rows: readonly SeriesRow[]) {
  const now = new Map(rows.map((row) => [row.series_key, stemOfRow(row)]));
  for (const { file, series_key } of before) {
    if (file === undefined || !isBelowSubject(file) || now.get(series_key) === file) continue;
    await rm(`${join(root, file)}.nii.gz`, { force: true });
    await rm(`${join(root, file)}.json`, { force: true });
  }
}

/** The table can be edited: nothing outside of the subjects' folders is ever removed. */
const isBelowSubject = (file: string) => /^sub-[^.]+$/.test(file);

/** Rows with the place of their image, as it is once everything is written. */
export function withFiles(rows: readonly SeriesRow[]): SeriesRow[] {
  return rows.map((row) => ({ ...row, file: stemOfRow(row) ?? "" }));
}
