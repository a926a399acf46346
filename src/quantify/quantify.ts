/** From masks to numbers: the one function that the command line, reports and the reading room call. */
import { analyses, analysesNamed, workbench, type Workbench } from "./analyses.js";
import type { Measurement } from "./measurement.js";
import type { QuantifyOptions } from "./options.js";
import { prepareScene, type Examination } from "./scene.js";

export interface Quantification {
  readonly measurements: readonly Measurement[];
  /** What the numbers stand on; told with every result. */
  readonly basis: Basis;
}

export interface Basis {
  /** Where the bone regions come from (a mask, a model's mask), or why there are none. */
  readonly bones: string;
  /** What intensities are compared with. */
  readonly reference: string;
  readonly notes: readonly string[];
  readonly options: QuantifyOptions;
}

/**
 * Measures one examination. Inputs are masks and an image in memory, LPS+ millimetres; `names` are analyses (see
 * `analyses.ts`). An empty mask gives counts and volumes of 0; what cannot be computed is null with the reason. Nothing is
 * NaN. Throws GRID_MISMATCH (image and mask), QUANTIFY_LABELS, QUANTIFY_MEASURE.
 *
 * @example quantify({ mask, labels: [{ value: 1, name: "fat-metaplasia" }], image, bones }, ["lesions", "sij-location"])
 */
export function quantify(
  examination: Examination,
  names: readonly string[],
  options: Partial<QuantifyOptions> = {},
): Quantification {
  const wanted = analysesNamed(names);
  const bench = workbench(prepareScene(examination, options));
  const measurements = wanted.flatMap((name) => analyses[name].run(bench));
  return { measurements, basis: basisOf(bench, wanted) };
}

function basisOf({ scene, reference, hip }: Workbench, wanted: readonly string[]): Basis {
  const geometry = wanted.some((name) => ["hip-location", "unet-score", "himriss"].includes(name))
    ? hip()
    : undefined;
  const found = geometry && "notes" in geometry ? geometry.notes : [];
  return {
    bones: scene.bones ? scene.bones.origin : "none: what needs bones is not defined",
    reference: reference?.origin ?? "none: needs an image",
    notes: [...scene.notes, ...found],
    options: scene.options,
  };
}
