/**
 * Masks that a study shows, copied when it is created: a model that is trained or run again meanwhile changes nothing, and a
 * reading asks for no file that is called by its case or model.
 */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { requireSameGrid } from "../../statistics/confusion.js";
import { readMask, writeNifti } from "../../volume/nifti.js";
import type { Mask } from "../../volume/volume.js";
import type { Protocol } from "../contract/index.js";
import type { Desk } from "../desk.js";
import { readingPlaces } from "../places.js";
import { parseSource, sourceFile } from "../sources.js";

export type ShownLayer = "model" | "reference";

const fileOf = (desk: Desk, study: string, layer: ShownLayer, caseId: string) =>
  join(desk.dir, readingPlaces.readerStudies, study, layer, `${caseId}.nii.gz`);

/** Copies what the protocol shows. Throws GRID_MISMATCH, MASK_NOT_FOUND, and as files do. */
export async function copyShownMasks(desk: Desk, { name, cases, model, tasks }: Protocol): Promise<void> {
  const layers: (readonly [ShownLayer, string])[] = [
    ...(model === null ? [] : [["model", model] as const]),
    ...(tasks.feedback ? [["reference", "consensus"] as const] : []),
  ];
  for (const [layer, source] of layers)
    for (const id of cases) {
      const found = await sourceFile(parseSource(source), await desk.where(id));
      if (found === undefined) throw new MarrowError("MASK_NOT_FOUND", { found: `${source} of ${id}` });
      const mask = await readMask(found);
      requireSameGrid(mask, { ...(await desk.gridOf(id)), data: mask.data });
      const file = fileOf(desk, name, layer, id);
      await mkdir(dirname(file), { recursive: true });
      await writeNifti(file, mask, { description: `Marrow reader study, ${layer}. Research use only.` });
    }
}

export const shownMask = (desk: Desk, study: string, layer: ShownLayer, caseId: string): Promise<Mask> =>
  readMask(fileOf(desk, study, layer, caseId));
