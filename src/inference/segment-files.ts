/** Segments images that lie in files. */
import { readChannels } from "../study/read-channels.js";
import { type EnsemblePart, segmentWithParts } from "./ensemble.js";
import type { Model } from "./model.js";
import { requireChannels, type Segmentation, segmentImages, type SegmentOptions } from "./segment.js";

/**
 * Segments one subject; `paths` holds one image per channel. Throws BAD_ARGUMENT, and what reading throws.
 */
export async function segmentFiles(
  paths: readonly string[],
  models: readonly Model[],
  options: SegmentOptions,
): Promise<Segmentation> {
  requireChannels(paths.length, options.plan);
  return segmentImages(await readChannels(paths), models, options);
}

/** The same with models of several grids (`segmentWithParts`). */
export async function segmentFilesWithParts(
  paths: readonly string[],
  parts: readonly EnsemblePart<Model>[],
  options: Omit<SegmentOptions, "plan">,
): Promise<Segmentation> {
  requireChannels(paths.length, parts[0].plan);
  return segmentWithParts(await readChannels(paths), parts, options);
}
