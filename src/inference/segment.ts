/** Segments images: from files to a mask on the first image's own grid. */
import { MarrowError } from "../base/errors.js";
import { type NetworkImage, preprocessImages, readChannels } from "../study/preprocess.js";
import { seenPatch } from "../study/context-slices.js";
import type { Plan } from "../study/types.js";
import type { Grid } from "../volume/geometry.js";
import { reorient, sameGrid, orientationOf } from "../volume/geometry.js";
import { resampleMask, resampleTo } from "../volume/resample.js";
import { type Mask, voxelCount, type Volume } from "../volume/volume.js";
import type { Model } from "./model-file.js";
import { postprocess } from "./postprocess.js";
import { slideWindows } from "./sliding-window.js";

export interface Segmentation {
  readonly mask: Mask;
  /** Probability of each label on the image's grid, by name, where asked for. */
  readonly probabilities?: ReadonlyMap<string, Volume>;
}

/** Models that can be averaged: same network grid, channels and labels. */
export function requireEnsemble(models: readonly Model[], files: readonly string[]): Plan {
  const key = ({ plan }: Model) =>
    JSON.stringify([plan.labels, plan.channels, plan.patch, seenPatch(plan), plan.spacing, plan.orientation]);
  const [first] = models;
  if (!first) throw new MarrowError("BAD_ARGUMENT", { expected: "at least one model" });
  const other = models.findIndex((model) => key(model) !== key(first));
  if (other > 0) {
    throw new MarrowError("MODEL_MISMATCH", {
      file: files[other] ?? "",
      expected: `labels and grid of ${files[0]}`,
    });
  }
  return first.plan;
}

/** Segments one subject; `paths` holds one image per channel. */
export async function segmentFiles(
  paths: readonly string[],
  models: readonly Model[],
  options: { plan: Plan; probabilities?: boolean; seed?: number },
): Promise<Segmentation> {
  const { plan } = options;
  if (paths.length !== plan.channels.length) {
    throw new MarrowError("BAD_ARGUMENT", {
      expected: `${plan.channels.length} images a subject (${plan.channels.join(", ")})`,
      found: `${paths.length}`,
    });
  }
  const images = await readChannels(paths);
  const network = preprocessImages(images, plan);
  const slices = options.probabilities ? probabilityVolumes(network, plan) : undefined;
  const labels = await slideWindows(network, {
    plan,
    models: models.map((model) => model.predict),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(slices ? { onSlice: slices.onSlice } : {}),
  });
  const grid = images[0] as Grid;
  const mask = postprocess(
    ontoGrid({ data: labels, size: network.size, affine: network.affine }, grid),
    plan.postprocessing,
  );
  if (!slices) return { mask };
  const probabilities = [...slices.volumes].map(([name, volume]) => {
    return [name, resampleTo(volume, grid, { method: "linear", outside: 0 })] as const;
  });
  return { mask, probabilities: new Map(probabilities) };
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
