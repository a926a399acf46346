/** Which files of a study belong to a case: the mask of a reader or of a run, bones, reference and fluid. */
import { stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { MarrowError } from "../base/errors.js";
import { filesBelow } from "../study/files.js";
import { isImageFile, places, stemOf } from "../study/names.js";
import type { Study } from "../study/types.js";
import type { CaseFiles } from "./quantify-files.js";

/** Where masks come from: a reader or run of the study by name, or a folder or file by path. */
export interface Sources {
  readonly reader?: string | undefined;
  readonly run?: string | undefined;
  /** Folder of masks, e.g. what `marrow segment --out` wrote. */
  readonly masks?: string | undefined;
  readonly bones?: string | undefined;
  readonly reference?: string | undefined;
  readonly fluid?: string | undefined;
}

/** Every case of the study with its files; a case without a mask stays in the list and fails when it is measured. */
export async function studyCases(study: Study, sources: Sources): Promise<CaseFiles[]> {
  const masks = await maskFinder(study, sources);
  const [bones, reference, fluid] = await Promise.all(
    [sources.bones, sources.reference, sources.fluid].map((source) => sourceFinder(study, source)),
  );
  return study.cases.map(({ id, subject, images }) => ({
    ...{ id, subject, image: images[0] },
    ...{ mask: masks(id), bones: bones(id), reference: reference(id), fluid: fluid(id) },
  }));
}

type Finder = (id: string) => string | undefined;

async function maskFinder(study: Study, { reader, run, masks }: Sources): Promise<Finder> {
  if (run !== undefined) return runFinder(study, run);
  if (masks !== undefined) return folderFinder(resolve(masks));
  return folderFinder(join(study.dir, places.annotations, reader ?? study.config.reader));
}

async function runFinder(study: Study, run: string): Promise<Finder> {
  const folder = join(study.dir, places.runs, run);
  const inFold = (file: string) => file.split(sep).includes("predictions");
  const files = (await imagesBelow(folder)).filter(inFold);
  if (files.length === 0)
    throw new MarrowError("QUANTIFY_NO_MASK", {
      file: folder,
      expected: join("fold-*", "predictions", "*.nii.gz"),
    });
  return byId(files);
}

/** A reader of the study, or a path. */
async function sourceFinder(study: Study, source: string | undefined): Promise<Finder> {
  if (source === undefined) return () => undefined;
  const reader = join(study.dir, places.annotations, source);
  return (await isFolder(reader)) ? folderFinder(reader) : folderFinder(resolve(source));
}

async function folderFinder(folder: string): Promise<Finder> {
  const files = await imagesBelow(folder);
  if (files.length === 0)
    throw new MarrowError("QUANTIFY_NO_MASK", { file: folder, expected: "masks", found: "none" });
  return byId(files);
}

async function imagesBelow(folder: string): Promise<string[]> {
  if (!(await isFolder(folder)))
    throw new MarrowError("FILE_NOT_FOUND", { file: folder, expected: "a folder of masks" });
  return (await filesBelow(folder)).filter(isImageFile);
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Masks by case id: `sub-01_mask.nii.gz`, `sub-01.nii.gz`, `sub-01_T1w.nii.gz`. */
function byId(files: readonly string[]): Finder {
  const ids = new Map(
    files.map((file) => [stemOf(file).replace(/_(mask|dseg|[A-Za-z0-9]+w|STIR)$/, ""), file]),
  );
  return (id) => ids.get(id);
}
