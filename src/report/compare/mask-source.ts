/** Whose masks are compared: a run, a reader, or a folder. */
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { places } from "../../study/names.js";
import type { Study } from "../../study/types.js";
import { masksIn } from "../mask-files.js";
import { predictionsOf } from "../study/runs.js";
import { setNames } from "../study/sets.js";

export interface MaskSource {
  readonly name: string;
  /** Mask files by case id. */
  readonly masks: ReadonlyMap<string, string>;
}

/**
 * Masks of a run of the study (every set of patients), of a reader, or of a folder, in this order. Throws BAD_ARGUMENT,
 * naming what there is, where the name is none of these or has no mask.
 */
export async function maskSource(study: Study, name: string): Promise<MaskSource> {
  for (const masksOf of [ofRun, ofReader, ofFolder]) {
    const masks = await masksOf(study, name);
    if (masks.size > 0) return { name: basename(name), masks };
  }
  const known = await Promise.all(
    [places.runs, places.annotations].map((place) => listed(join(study.dir, place))),
  );
  throw new MarrowError("BAD_ARGUMENT", {
    file: study.dir,
    expected: `a run, a reader or a folder with masks: ${known.flat().join(", ") || "the study has none"}`,
    found: name,
  });
}

async function ofRun({ dir }: Study, name: string): Promise<Map<string, string>> {
  const sets = await Promise.all(setNames.map((set) => predictionsOf(join(dir, places.runs, name), set)));
  return new Map(sets.flat().map(({ id, file }) => [id, file]));
}

const ofReader = ({ dir }: Study, name: string) => inFolder(join(dir, places.annotations, name));
const ofFolder = (_: Study, name: string) => inFolder(name);

async function inFolder(path: string): Promise<Map<string, string>> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return new Map(isFolder ? (await masksIn(path)).map(({ id, file }) => [id, file]) : []);
}

const listed = (path: string) => readdir(path).catch(() => [] as string[]);
