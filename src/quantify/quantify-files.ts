/** Cases on disk, one in memory at a time; a bad case is a failure with its code, and the rest goes on. */
import { asMarrowError, MarrowError } from "../base/errors.js";
import { readMask } from "../volume/nifti.js";
import type { QuantifyOptions } from "./options.js";
import { originOf, readBones, readExactly, readReference } from "./files.js";
import { quantify, type Quantification } from "./quantify.js";
import type { NamedValue } from "./scene.js";

/** Files of one case. A path is as the user named it. */
export interface CaseFiles {
  readonly id: string;
  readonly subject: string;
  readonly mask?: string | undefined;
  readonly image?: string | undefined;
  readonly bones?: string | undefined;
  readonly reference?: string | undefined;
  readonly fluid?: string | undefined;
}

export interface FileOptions extends Partial<QuantifyOptions> {
  readonly labels: readonly NamedValue[];
  readonly analyses: readonly string[];
  readonly boneLabels?: readonly NamedValue[] | undefined;
  /** What the reference mask shows: `marrow` or `muscle`. */
  readonly tissue?: string | undefined;
}

export interface MeasuredCase extends Quantification {
  readonly id: string;
  readonly subject: string;
  /** Where the measured mask comes from. */
  readonly mask: string;
}

/** What failed: the case, the error's code, and its text. */
export interface CaseFailure {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

/** Measures one case. Throws QUANTIFY_NO_MASK, and as the readers and `quantify` do. */
export async function quantifyCase(files: CaseFiles, options: FileOptions): Promise<MeasuredCase> {
  const { id, subject, mask, image, bones, reference, fluid } = files;
  const { labels, analyses, boneLabels, tissue = "marrow", ...rest } = options;
  if (mask === undefined) throw new MarrowError("QUANTIFY_NO_MASK", { found: `no mask of ${id}` });
  const examination = {
    labels,
    mask: await readMask(mask),
    image: image === undefined ? undefined : await readExactly(image),
    bones: bones === undefined ? undefined : await readBones(bones, boneLabels),
    reference: reference === undefined ? undefined : await readReference(reference, tissue),
    fluid: fluid === undefined ? undefined : await readMask(fluid),
  };
  return { id, subject, mask: await originOf(mask), ...quantify(examination, analyses, rest) };
}

/** Measures case after case. `onCase` is told after each, failed or not. */
export async function quantifyCases(
  cases: readonly CaseFiles[],
  options: FileOptions,
  onCase?: (id: string, done: number, total: number) => void,
): Promise<{ measured: MeasuredCase[]; failures: CaseFailure[] }> {
  const measured: MeasuredCase[] = [];
  const failures: CaseFailure[] = [];
  for (const [n, one] of cases.entries()) {
    try {
      measured.push(await quantifyCase(one, options));
    } catch (error) {
      const { code, message } = asMarrowError(error, one.mask);
      failures.push({ id: one.id, code, message });
    }
    onCase?.(one.id, n + 1, cases.length);
  }
  return { measured, failures };
}
