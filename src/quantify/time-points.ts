/** Change between examinations on disk: of one mask since an earlier one, and of every patient of a study since the last. */
import { readMask } from "../volume/nifti.js";
import { changeMeasurements, compareLesions } from "./change.js";
import type { CaseFiles, MeasuredCase } from "./quantify-files.js";
import { lesionLabels, type NamedValue } from "./scene.js";

export interface ChangeOptions {
  readonly labels: readonly NamedValue[];
  /** Smallest detectable change, mm³. */
  readonly smallestDetectable?: number | undefined;
}

/** The case with the change of each finding since an earlier mask added. Throws as `readMask` does. */
export async function withChange(
  one: MeasuredCase,
  files: { readonly before: string; readonly after: string },
  { labels, smallestDetectable }: ChangeOptions,
): Promise<MeasuredCase> {
  const [before, after] = [await readMask(files.before), await readMask(files.after)];
  const rows = lesionLabels(labels).flatMap(({ name, value }) =>
    changeMeasurements(name, compareLesions(before, after, value, smallestDetectable)),
  );
  return { ...one, measurements: [...one.measurements, ...rows] };
}

/**
 * Adds to each measured case the change since the same patient's case before it, in the order of the case ids (sessions).
 * Patients with one case stay as they are. What the change was taken to is told in the case's notes.
 */
export async function withSessionChanges(
  measured: readonly MeasuredCase[],
  cases: readonly CaseFiles[],
  options: ChangeOptions,
): Promise<MeasuredCase[]> {
  const maskOf = (id: string) => cases.find((one) => one.id === id)?.mask;
  const done: MeasuredCase[] = [];
  for (const [n, one] of measured.entries()) {
    const earlier = measured.slice(0, n).findLast(({ subject }) => subject === one.subject);
    const [before, after] = [earlier && maskOf(earlier.id), maskOf(one.id)];
    if (!earlier || before === undefined || after === undefined) {
      done.push(one);
      continue;
    }
    const changed = await withChange(one, { before, after }, options);
    const notes = [...one.basis.notes, `change since ${earlier.id}, by the headers, not registered`];
    done.push({ ...changed, basis: { ...changed.basis, notes } });
  }
  return done;
}
