/** Classifies cases: from files to a calibrated probability and a decision. */
import { MarrowError } from "../base/errors.js";
import { calibrated } from "../statistics/diagnostic/temperature.js";
import type { ClinicalName } from "../study/clinical.js";
import { clinicalNumbers } from "../study/clinical.js";
import { type NetworkImage, preprocessImages, preprocessMask, requireGrid } from "../study/preprocess.js";
import { readChannels } from "../study/read-channels.js";
import type { Row } from "../study/tsv.js";
import type { Plan } from "../study/types.js";
import { cropOrPad } from "../volume/crop-pad.js";
import type { Grid } from "../volume/geometry.js";
import { readMask } from "../volume/nifti.js";
import { type Mask, spacingOf, voxelCount } from "../volume/volume.js";
import { classificationOf } from "./classifier-graph.js";
import type { Classifier, ClassifierInput } from "./classifier-model.js";

export interface ClassifyFiles {
  /** One image per channel. */
  readonly images: readonly string[];
  /** The mask of the ROI map: the reader's, or a segmentation's. */
  readonly mask: string;
  /** Clinical variables by column name. */
  readonly clinical?: Row;
}

export interface Classified {
  /** Mean of the models' logits, before calibration. */
  readonly logit: number;
  /** Mean of the models' calibrated probabilities of the positive class. */
  readonly probability: number;
  /** Mean of the models' thresholds. */
  readonly threshold: number;
  readonly isPositive: boolean;
  /** Volume of the ROI, ml; 0 where the mask is empty, and the image alone decides. */
  readonly roiMl: number;
  /** Clinical variables the model knows and the case lacks. */
  readonly missing: readonly ClinicalName[];
}

/** Models whose probabilities can be averaged: shown the same, and told the same classes apart. */
export function requireSameClassifier(models: readonly Classifier[], files: readonly string[]): Plan {
  const key = ({ plan }: Classifier) => {
    const { column, positive, roiMap, clinical } = classificationOf(plan);
    return JSON.stringify([
      plan.channels,
      plan.patch,
      plan.spacing,
      plan.orientation,
      column,
      positive,
      roiMap,
      clinical,
    ]);
  };
  const [first] = models;
  if (!first) throw new MarrowError("BAD_ARGUMENT", { expected: "at least one model" });
  const other = models.findIndex((model) => key(model) !== key(first));
  if (other > 0)
    throw new MarrowError("MODEL_MISMATCH", {
      file: files[other] ?? "",
      expected: `classes and grid of ${files[0]}`,
    });
  return first.plan;
}

/** What is classified, and where it lies. */
export interface ClassifierCase {
  readonly input: ClassifierInput;
  readonly image: NetworkImage;
  /** Grid of the first image's file. */
  readonly grid: Grid;
  readonly roiMl: number;
  readonly missing: readonly ClinicalName[];
}

/**
 * Reads one case as the classifier sees it: the middle of the image on the plan's grid, as large as the patch, mirrored
 * beyond its ends as in training. Throws what reading throws, GRID_MISMATCH where mask and image differ in grid,
 * BAD_ARGUMENT for another number of images than channels, CLINICAL_VALUE.
 */
export async function readClassifierCase(
  { images, mask, clinical = {} }: ClassifyFiles,
  plan: Plan,
): Promise<ClassifierCase> {
  if (images.length !== plan.channels.length)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: `${plan.channels.length} images a case (${plan.channels.join(", ")})`,
      found: `${images.length}`,
    });
  const channels = await readChannels(images);
  const roi = await readMask(mask);
  requireGrid(roi, channels[0], mask, images[0]);
  const image = preprocessImages(channels, plan);
  const { numbers, missing } = clinicalNumbers(clinical, classificationOf(plan).clinical, images[0]);
  const { size, affine } = channels[0];
  return {
    input: classifierInput(image, preprocessMask(roi, image, plan), plan, numbers),
    image,
    grid: { size, affine },
    roiMl: volumeMl(roi),
    missing,
  };
}

/** The window in the middle of a prepared image and its ROI (both on the network's grid). */
export function classifierInput(
  image: NetworkImage,
  roi: Mask,
  { patch }: Pick<Plan, "patch">,
  clinical: Float32Array<ArrayBuffer>,
): ClassifierInput {
  const voxels = voxelCount(image.size);
  const count = image.channels.length / voxels;
  const window = new Float32Array(count * voxelCount(patch));
  for (let c = 0; c < count; c++) {
    const data = image.channels.slice(c * voxels, (c + 1) * voxels);
    const cut = cropOrPad({ data, size: image.size, affine: image.affine }, patch, { mode: "reflect" });
    window.set(cut.data, c * voxelCount(patch));
  }
  return { image: window, roi: cropOrPad(roi, patch, { mode: "reflect" }).data, clinical };
}

function volumeMl({ data, affine }: Mask): number {
  const [a, b, c] = spacingOf(affine);
  return (data.reduce((count, label) => count + Number(label > 0), 0) * a * b * c) / 1000;
}

/** One case by one model, or by the mean of several. */
export async function classifyCase(one: ClassifierCase, models: readonly Classifier[]): Promise<Classified> {
  const logits: number[] = [];
  for (const { predict } of models) logits.push(await predict(one.input));
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const probability = mean(models.map(({ decision }, n) => calibrated(logits[n], decision)));
  const threshold = mean(models.map(({ decision }) => decision.threshold));
  const { roiMl, missing } = one;
  return { logit: mean(logits), probability, threshold, isPositive: probability > threshold, roiMl, missing };
}

export async function classifyFiles(
  files: ClassifyFiles,
  models: readonly Classifier[],
  plan: Plan,
): Promise<Classified> {
  return classifyCase(await readClassifierCase(files, plan), models);
}
