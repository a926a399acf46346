/** Segments images: from volumes to a mask on the first one's own grid. It knows neither files nor runtime: browsers use it too. */
import { MarrowError } from "../base/errors.js";
import { type NetworkImage, preprocessImages } from "../study/preprocess.js";
import { seenPatch } from "../study/context-slices.js";
import type { Plan } from "../study/types.js";
import type { Grid } from "../volume/geometry.js";
import { reorient, sameGrid, orientationOf } from "../volume/geometry.js";
import { resampleMask, resampleTo } from "../volume/resample.js";
import { type Mask, voxelCount, type Volume } from "../volume/volume.js";
import { LabelsOnGrid } from "./labels-on-grid.js";
import type { Model, ModelDescription } from "./model.js";
import { postprocess } from "./postprocess.js";
import { slideWindows } from "./sliding-window.js";
import { MeanEntropy } from "./uncertainty.js";

export interface Segmentation {
  readonly mask: Mask;
  /** Probability of each label on the image's grid, by name, where asked for. */
  readonly probabilities?: ReadonlyMap<string, Volume>;
  /** Mean entropy of the voxels' probabilities, 0…1 (`MeanEntropy`). */
  readonly uncertainty: number;
}

/** What models must have in common to be averaged window by window: network grid, channels, grey values and labels. */
export const gridKey = ({ plan }: ModelDescription): string =>
  JSON.stringify([
    plan.labels,
    plan.channels,
    plan.patch,
    seenPatch(plan),
    plan.spacing,
    plan.orientation,
    plan.normalisation,
  ]);

/** The plan of models that can be averaged window by window. Throws MODEL_MISMATCH, BAD_ARGUMENT without a model. */
export function requireEnsemble(models: readonly ModelDescription[], files: readonly string[]): Plan {
  const [first] = models;
  if (!first) throw new MarrowError("BAD_ARGUMENT", { expected: "at least one model" });
  const other = models.findIndex((model) => gridKey(model) !== gridKey(first));
  if (other > 0) {
    throw new MarrowError("MODEL_MISMATCH", {
      file: files[other] ?? "",
      expected: `labels and grid of ${files[0]}`,
    });
  }
  return first.plan;
}

export interface SegmentOptions {
  readonly plan: Plan;
  /** Keep the probabilities too. */
  readonly probabilities?: boolean;
  /** Seed of the noise of noisy passes. */
  readonly seed?: number;
  /** Called with the share of the slices that are finished. */
  readonly onProgress?: (share: number) => void;
}

/** Segments one subject; `images` holds one volume per channel, all on one grid, the mask's. Throws BAD_ARGUMENT. */
export async function segmentImages(
  images: readonly Volume[],
  models: readonly Pick<Model, "predict">[],
  { plan, probabilities = false, seed = 0, onProgress }: SegmentOptions,
): Promise<Segmentation> {
  requireChannels(images.length, plan);
  const [grid] = images;
  const network = preprocessImages(images, plan);
  const slices = probabilities ? probabilityVolumes(network, plan) : undefined;
  const entropy = new MeanEntropy(plan.labels.length + 1);
  const onGrid = LabelsOnGrid.between(network, grid, [0, ...plan.labels.map(({ value }) => value)]);
  const labels = await slideWindows(network, {
    plan,
    models: models.map(({ predict }) => predict),
    seed,
    onSlice: (k, values) => {
      slices?.onSlice(k, values);
      onGrid?.add(k, values, network.size);
      entropy.add(values);
      onProgress?.((k + 1) / network.size[2]);
    },
  });
  const labelled =
    onGrid?.mask ?? ontoGrid({ data: labels, size: network.size, affine: network.affine }, grid);
  const mask = postprocess(labelled, plan.postprocessing);
  const uncertainty = entropy.value;
  if (!slices) return { mask, uncertainty };
  const placed = [...slices.volumes].map(([name, volume]) => {
    return [name, resampleTo(volume, grid, { method: "linear", outside: 0 })] as const;
  });
  return { mask, uncertainty, probabilities: new Map(placed) };
}

/** Throws BAD_ARGUMENT unless there is one image per channel of the plan. */
export function requireChannels(found: number, { channels }: Pick<Plan, "channels">): void {
  if (found === channels.length) return;
  throw new MarrowError("BAD_ARGUMENT", {
    expected: `${channels.length} images a subject (${channels.join(", ")})`,
    found: `${found}`,
  });
}

/** A mask of the network's grid on another one: turned where that suffices, else resampled label by label. */
export function ontoGrid(mask: Mask, grid: Grid): Mask {
  const turned = reorient(mask, orientationOf(grid.affine));
  return sameGrid(turned, grid) ? { ...turned, affine: grid.affine } : resampleMask(mask, grid);
}

function probabilityVolumes({ size, affine }: NetworkImage, plan: Plan) {
  const volumes = new Map(
    plan.labels.map((label) => [label.name, { data: new Float32Array(voxelCount(size)), size, affine }]),
  );
  const onSlice = (k: number, probabilities: Float32Array) => {
    const plane = size[0] * size[1];
    [...volumes.values()].forEach((volume, label) => {
      volume.data.set(probabilities.subarray((label + 1) * plane, (label + 2) * plane), k * plane);
    });
  };
  return { volumes, onSlice };
}
