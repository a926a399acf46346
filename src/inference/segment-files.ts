/** Segments images that lie in files. */
import { readChannels } from "../study/read-channels.js";
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
