/** What a study knows for classification: the class and clinical variables of each case, and the mask of its ROI map. */
import { join } from "node:path";
import { MarrowError } from "../base/errors.js";
import type { Classification } from "./classification-schema.js";
import { clinicalNumbers } from "./clinical.js";
import { exists, filesBelow } from "./files.js";
import { isImageFile, maskStem, places, stemOf, type Entity } from "./names.js";
import { readOrigins } from "./participants.js";
import type { Row } from "./tsv.js";
import type { Case, Study } from "./types.js";

export interface CaseTarget {
  readonly positive: boolean;
  /** Two numbers for each clinical variable of the plan (clinical.ts). */
  readonly clinical: Float32Array<ArrayBuffer>;
}

/** Subject and session of a case id. */
export function entityOfCase(id: string): Entity {
  const [subject, session] = id.replace(/^sub-/, "").split("_ses-");
  return session === undefined ? { subject } : { subject, session };
}

/** The rows of participants.tsv by case id; a session's own row goes before its patient's. */
export function readRows(dir: string, ids: readonly string[]): Promise<Map<string, Row>> {
  return readOrigins(dir, ids.map(entityOfCase));
}

/**
 * Class and clinical variables by case id; cases whose class is not known are absent. Throws CLASSIFY_COLUMN where none is
 * known, CLINICAL_VALUE, TABLE_INVALID.
 */
export async function readTargets(
  { dir, cases }: Pick<Study, "dir" | "cases">,
  { column, positive, clinical }: Classification,
): Promise<Map<string, CaseTarget>> {
  const file = join(dir, places.participants);
  const rows = await readRows(
    dir,
    cases.map(({ id }) => id),
  );
  const known = [...rows].filter(([, row]) => row[column] !== undefined);
  if (known.length === 0)
    throw new MarrowError("CLASSIFY_COLUMN", {
      file,
      expected: `a column ${column} with ${positive} and another value`,
    });
  return new Map(
    known.map(([id, row]) => [
      id,
      {
        positive: row[column] === positive,
        clinical: clinicalNumbers(row, clinical, `${file}, ${id}`).numbers,
      },
    ]),
  );
}

/**
 * The cases with the masks of their ROI maps in place of the reference masks; `roi` names a run, whose predictions of
 * cases it was not trained on are taken, or a reader. Cases without such a mask have none. Throws CLASSIFY_NO_MASK where
 * nothing has this name.
 */
export async function casesWithRoi(
  { dir, cases }: Pick<Study, "dir" | "cases">,
  roi: string,
): Promise<Case[]> {
  const [run, reader] = [join(dir, places.runs, roi), join(dir, places.annotations, roi)];
  const isRun = await exists(run);
  if (!isRun && !(await exists(reader)))
    throw new MarrowError("CLASSIFY_NO_MASK", { expected: `a run ${run} or a reader ${reader}` });
  const masks = isRun ? await predictionsOf(run) : await masksOf(dir, roi, cases);
  return cases.map((one) => withMask(one, masks.get(one.id)));
}

function withMask({ id, subject, site, images, sourceId }: Case, mask: string | undefined): Case {
  const known = { ...(site && { site }), ...(sourceId && { sourceId }), ...(mask && { mask }) };
  return { id, subject, images, ...known };
}

/** Predictions of the validation cases, by case id. */
async function predictionsOf(run: string): Promise<Map<string, string>> {
  const files = (await filesBelow(run)).filter(
    (file) => isImageFile(file) && /[/\\]predictions[/\\][^/\\]+$/.test(file),
  );
  return new Map(files.map((file) => [stemOf(file), file]));
}

async function masksOf(dir: string, reader: string, cases: readonly Case[]): Promise<Map<string, string>> {
  const files = (await filesBelow(join(dir, places.annotations, reader))).filter(isImageFile);
  const byStem = new Map(files.map((file) => [file.replace(/\.nii(\.gz)?$/i, ""), file]));
  return new Map(
    cases.flatMap(({ id }) => {
      const file = byStem.get(join(dir, maskStem(entityOfCase(id), reader)));
      return file === undefined ? [] : [[id, file] as const];
    }),
  );
}
