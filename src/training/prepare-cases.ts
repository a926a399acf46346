/** Prepares a study's cases for training, once: what is in the cache is not made again. */
import { join } from "node:path";
import type { Plan, Splits, Study } from "../study/types.js";
import type { CrossValidationListener } from "./cross-validation-options.js";
import { PreparedCache } from "./data/cache.js";

/** Prepares the cases of all folds that have a mask; those that cannot be read are reported and left out. */
export async function prepareCases(
  study: Pick<Study, "dir" | "cases">,
  plan: Plan,
  splits: Splits,
  listener?: CrossValidationListener,
) {
  const used = new Set(splits.folds.flatMap(({ train, validation }) => [...train, ...validation]));
  const cases = study.cases.filter((one) => used.has(one.id) && one.mask !== undefined);
  const cache = new PreparedCache(join(study.dir, "derivatives", "marrow", "cache"));
  const onProgress = (done: number, total: number) => listener?.onPrepare?.(done, total);
  return cache.prepare(cases, plan, { onFailure: "skip", onProgress });
}
