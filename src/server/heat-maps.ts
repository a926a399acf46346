/** Heat maps of a case: what `marrow explain` jobs and classifications left in the study. */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { MarrowError } from "../base/errors.js";
import { readingPlaces } from "../reading/places.js";
import { foldersIn, type Source } from "../reading/sources.js";
import { onGridOf } from "../report/heat-picture.js";
import { readClassifications } from "../report/study/classification.js";
import { readNifti } from "../volume/nifti.js";
import type { Room } from "./room.js";

export interface HeatMap {
  readonly id: string;
  readonly title: string;
  readonly file: string;
  /** Who sees it: as the masks of the model that it explains. */
  readonly source: Source;
}

/** All heat maps of a case. Throws REPORT_INPUT where a classification cannot be read. */
export async function heatMapsOf({ desk }: Room, caseId: string): Promise<HeatMap[]> {
  await desk.caseOf(caseId);
  return [...(await explained(desk.dir, caseId)), ...(await classified(desk.dir, caseId))];
}

async function explained(dir: string, caseId: string): Promise<HeatMap[]> {
  const root = join(dir, readingPlaces.explanations);
  const found: HeatMap[] = [];
  for (const run of await foldersIn(root))
    for (const name of await readdir(join(root, run))) {
      const [, id, method] = /^(.+)_([a-z-]+)\.nii\.gz$/.exec(name) ?? [];
      if (id === caseId) found.push(mapOf(dir, join(root, run, name), `${method} of ${run}`, run));
    }
  return found;
}

async function classified(dir: string, caseId: string): Promise<HeatMap[]> {
  return (await readClassifications(dir)).flatMap(({ name, cases }) => {
    const heat = cases.findLast(({ id }) => id === caseId)?.heatmap;
    return heat === undefined ? [] : [mapOf(dir, heat, `classification ${name}`, name)];
  });
}

/** Names in the study may hold anything; the address is a hash of the place. */
function mapOf(dir: string, file: string, title: string, model: string): HeatMap {
  const id = createHash("sha256").update(relative(dir, file)).digest("hex").slice(0, 16);
  return { id, title, file, source: { kind: "run", name: model } };
}

/** One byte a voxel on the grid of the case's first image: 0 none or against, 255 the map's maximum. Throws as readNifti. */
export async function heatBytes({ desk }: Room, caseId: string, { file }: HeatMap): Promise<Uint8Array> {
  const [image] = (await desk.caseOf(caseId)).images;
  const { data } = onGridOf(await readNifti(image), await readNifti(file));
  let peak = 0;
  for (const value of data) if (value > peak) peak = value;
  if (peak === 0) return new Uint8Array(data.length);
  return Uint8Array.from(data, (value) => Math.round((255 * Math.max(0, value)) / peak));
}

/** Throws RESULT_UNKNOWN. */
export async function heatMapNamed(room: Room, caseId: string, id: string): Promise<HeatMap> {
  const found = (await heatMapsOf(room, caseId)).find((one) => one.id === id);
  if (!found) throw new MarrowError("RESULT_UNKNOWN", { found: id });
  return found;
}
