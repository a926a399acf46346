/** Voxel volumes of a study's cases, and which labels are lesions. */
import { voxelVolume } from "../../quantify/lesions.js";
import { lesionLabels as lesionsAmong } from "../../quantify/scene.js";
import type { Study } from "../../study/types.js";
import { readNiftiHeader } from "../../volume/nifti.js";
import type { Scores } from "./runs.js";

/** Millilitres of one voxel of each case with a reference mask, by its header. Throws as `readNiftiHeader` does. */
export async function voxelMillilitres({ cases }: Study): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const { id, mask } of cases)
    if (mask !== undefined) found.set(id, voxelVolume((await readNiftiHeader(mask)).affine) / 1000);
  return found;
}

/** Labels that stand for lesions; bones and other anatomy are left out where there are both. */
export const lesionLabels = (names: readonly string[]) =>
  lesionsAmong(names.map((name, value) => ({ name, value }))).map(({ name }) => name);

/**
 * Millilitres of lesions of each case: of the prediction (`fp`: what is found, right or wrong) or of the reference (`fn`).
 * NaN where the voxel's size is not known.
 */
export function lesionVolumes(
  { labels, cases }: Scores,
  of: "fp" | "fn",
  voxel: ReadonlyMap<string, number>,
): Map<string, number> {
  const lesions = lesionLabels(labels).map((label) => labels.indexOf(label));
  const voxels = (counts: Scores["cases"][number]["counts"]) =>
    lesions.reduce((sum, n) => sum + counts[n].tp + counts[n][of], 0);
  return new Map(cases.map(({ id, counts }) => [id, voxels(counts) * (voxel.get(id) ?? NaN)]));
}
