import type { PredictWindow } from "../../src/inference/window-model.js";
import type { NetworkImage } from "../../src/study/preprocess.js";
import type { Affine, Vec3 } from "../../src/volume/volume.js";

export const identity: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** Predicts each voxel's own grey value, 0 … classes − 1, as its class; broken values are shared between neighbours. */
export function ownValue(classes: number): PredictWindow {
  return async (window) => {
    const out = new Float32Array(classes * window.length);
    window.forEach((value, n) => {
      for (let c = 0; c < classes; c++) out[c * window.length + n] = Math.max(0, 1 - Math.abs(value - c));
    });
    return out;
  };
}

/** An image of one channel whose value at each voxel is given. */
export function imageOf(size: Vec3, value: (i: number, j: number, k: number) => number): NetworkImage {
  const channels = new Float32Array(size[0] * size[1] * size[2]);
  for (let n = 0; n < channels.length; n++) {
    channels[n] = value(n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / (size[0] * size[1])));
  }
  return { channels, size, affine: identity };
}
