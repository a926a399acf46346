/**
 * Models averaged. Those of one grid are averaged window by window; those that were planned differently, e.g. at another spacing,
 * on the image's own grid: that takes memory for classes × image, which models of one grid do not.
 */
import { MarrowError } from "../base/errors.js";
import type { Plan } from "../study/types.js";
import { voxelCount, type Volume } from "../volume/volume.js";
import type { Model, ModelDescription } from "./model.js";
import { postprocess } from "./postprocess.js";
import { gridKey, type Segmentation, segmentImages, type SegmentOptions } from "./segment.js";
import { MeanEntropy } from "./uncertainty.js";

/** Models of one grid, and the plan they are run by. */
export interface EnsemblePart<M> {
  readonly plan: Plan;
  readonly models: readonly M[];
}

/**
 * Models by grid, in their order. Throws MODEL_MISMATCH where labels or channels differ, BAD_ARGUMENT without a model.
 */
export function partsOf<M extends ModelDescription>(
  models: readonly M[],
  files: readonly string[],
): EnsemblePart<M>[] {
  const [first] = models;
  if (!first) throw new MarrowError("BAD_ARGUMENT", { expected: "at least one model" });
  const meaning = ({ plan: { labels, channels } }: M) =>
    JSON.stringify([labels.map(({ value, name }) => [value, name]), channels]);
  const other = models.findIndex((model) => meaning(model) !== meaning(first));
  if (other > 0)
    throw new MarrowError("MODEL_MISMATCH", {
      file: files[other] ?? "",
      expected: `labels and channels of ${files[0]}`,
    });
  const parts = new Map<string, M[]>();
  for (const model of models) parts.set(gridKey(model), [...(parts.get(gridKey(model)) ?? []), model]);
  return [...parts.values()].map((same) => ({ plan: same[0].plan, models: same }));
}

/**
 * Segments one subject; `images` holds one volume per channel, all on one grid, the mask's. Every model counts the same;
 * post-processing is the first plan's. The uncertainty of models of several grids is the mean over the image's voxels, not over
 * one network's: compare it only between cases segmented by the same models. Throws BAD_ARGUMENT.
 */
export async function segmentWithParts(
  images: readonly Volume[],
  parts: readonly EnsemblePart<Pick<Model, "predict">>[],
  options: Omit<SegmentOptions, "plan">,
): Promise<Segmentation> {
  const [{ plan, models: some }] = parts;
  if (parts.length === 1) return segmentImages(images, some, { ...options, plan });
  const count = parts.reduce((sum, { models }) => sum + models.length, 0);
  const [{ size, affine }] = images;
  const means = plan.labels.map(() => new Float32Array(voxelCount(size)));
  for (const [n, { plan: own, models }] of parts.entries()) {
    const onProgress = (share: number) => options.onProgress?.((n + share) / parts.length);
    const { probabilities } = await segmentImages(images, models, {
      ...options,
      ...{ plan: own, probabilities: true, onProgress },
    });
    plan.labels.forEach(({ name }, label) => {
      const volume = probabilities?.get(name)?.data ?? [];
      volume.forEach((p, at) => (means[label][at] += (p * models.length) / count));
    });
  }
  const { data, uncertainty } = decide(means, plan);
  const mask = postprocess({ data, size, affine }, plan.postprocessing);
  if (!options.probabilities) return { mask, uncertainty };
  const named = plan.labels.map(({ name }, label) => [name, { data: means[label], size, affine }] as const);
  return { mask, uncertainty, probabilities: new Map(named) };
}

/** The most probable label of each voxel (ties go to the lower class), from the labels' probabilities without the background's. */
function decide(means: readonly Float32Array[], { labels }: Plan) {
  const data = new Uint8Array(means[0].length);
  const entropy = new MeanEntropy(means.length + 1);
  const voxel = new Float32Array(means.length + 1);
  const values = [0, ...labels.map(({ value }) => value)];
  for (let at = 0; at < data.length; at++) {
    voxel[0] = 1;
    means.forEach((mean, n) => {
      voxel[n + 1] = mean[at];
      voxel[0] -= mean[at];
    });
    entropy.add(voxel);
    data[at] = values[voxel.indexOf(Math.max(...voxel))];
  }
  return { data, uncertainty: entropy.value };
}
