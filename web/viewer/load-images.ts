/** Images of a case from the server. */
import type { ImageMeta } from "../../src/reading/contract/index.js";
import { call, callForBytes } from "../api/client.js";
import { sampleIntensities } from "../core/grey-window.js";
import type { SceneImage } from "./scene.js";

const arrays: Readonly<Record<ImageMeta["dtype"], (bytes: ArrayBuffer) => ArrayLike<number>>> = {
  int16: (bytes) => new Int16Array(bytes),
  float32: (bytes) => new Float32Array(bytes),
};

/** One sequence of a case. Throws ApiProblem. */
export async function loadImage(caseName: string, channel: string): Promise<SceneImage> {
  const at = { case: caseName, channel };
  const [meta, { bytes }] = await Promise.all([
    call("imageMeta", { at }),
    callForBytes("imageVoxels", { at }),
  ]);
  return sceneImage(channel, meta, bytes);
}

/** One sequence of a reading in a reader study. Throws ApiProblem. */
export async function loadReadingImage(reading: string, channel: string): Promise<SceneImage> {
  const at = { id: reading, channel };
  const [meta, { bytes }] = await Promise.all([
    call("readingImageMeta", { at }),
    callForBytes("readingImageVoxels", { at }),
  ]);
  return sceneImage(channel, meta, bytes);
}

function sceneImage(channel: string, meta: ImageMeta, bytes: ArrayBuffer): SceneImage {
  const data = arrays[meta.dtype](bytes);
  return {
    name: channel,
    size: meta.size,
    affine: meta.affine,
    data,
    suggested: meta.window,
    window: meta.window,
    sample: sampleIntensities(data),
  };
}
