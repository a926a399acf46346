/** Puts the files of one case into the study. */
import { join } from "node:path";
import { asMarrowError } from "../../base/errors.js";
import { exists, placeFile, placeImage, type Placed } from "../files.js";
import { finding, findingOf } from "../findings.js";
import { caseId, imageStem, maskStem } from "../names.js";
import { addSession } from "../participants.js";
import type { Finding, StudyConfig } from "../types.js";
import type { AssignedCase } from "./assign.js";

/**
 * Images, masks and JSON sidecars of a case; what is there is kept. Counts what happened. A file that cannot be converted
 * becomes a finding. Throws DISK_FULL, FILE_UNWRITABLE.
 */
export async function placeCase(
  root: string,
  { id, entity, images, masks }: AssignedCase,
  { channels, reader }: Pick<StudyConfig, "channels" | "reader">,
  link: boolean,
  counts: Record<Placed, number>,
  findings: Finding[],
): Promise<void> {
  const jobs = [
    ...images.map((file, n) => [file, imageStem(entity, channels[n])] as const),
    ...masks.map((mask) => [mask.path, maskStem(entity, bidsReader(mask.reader) ?? reader)] as const),
  ];
  for (const [file, stem] of jobs) {
    try {
      const placed = await placeImage(file, join(root, stem), link);
      counts[placed]++;
      if (placed === "differs") findings.push(finding("IMPORT_DIFFERS", { case: caseId(entity), file }));
      await placeSidecar(file, join(root, stem));
    } catch (error) {
      const known = asMarrowError(error, file);
      if (["DISK_FULL", "FILE_UNWRITABLE", "INTERNAL"].includes(known.code)) throw known;
      findings.push(findingOf("IMPORT_UNREADABLE", known, { case: id, file }));
    }
  }
  if (entity.session !== undefined) await addSession(root, entity, id);
}

const bidsReader = (name: string | undefined) => name?.replace(/[^A-Za-z0-9_-]/g, "");

async function placeSidecar(file: string, stem: string): Promise<void> {
  const sidecar = file.replace(/\.(nii\.gz|nii|hdr)$/i, ".json");
  if (sidecar !== file && (await exists(sidecar))) await placeFile(sidecar, `${stem}.json`);
}
