/**
 * Sliding-window prediction. Windows are taken in order along k; only the slices under the current windows are held, so
 * memory is classes × window depth × slice, whatever the length of the volume.
 */
import { Random } from "../base/random.js";
import { seenPatch } from "../study/context-slices.js";
import type { NetworkImage } from "../study/preprocess.js";
import type { Plan } from "../study/types.js";
import { cropOrPad } from "../volume/crop-pad.js";
import { mirror } from "../volume/interpolation.js";
import { type Vec3, voxelCount } from "../volume/volume.js";
import { predictAveraged, variantsOf } from "./variants.js";
import type { PredictWindow } from "./window-model.js";
import { windowStarts, windowWeights } from "./windows.js";

export interface SlidingOptions {
  readonly plan: Plan;
  /** One network, or the folds of an ensemble. */
  readonly models: readonly PredictWindow[];
  /** Seed of the noise of noisy passes. */
  readonly seed?: number;
  /** Called with finished slices: probabilities [classes, H, W] of slice k. */
  readonly onSlice?: (k: number, probabilities: Float32Array<ArrayBuffer>) => void;
}

/**
 * The most probable label of each voxel, on the network image's grid (D, H, W); ties go to the lower class. Label values
 * are the plan's.
 */
export async function slideWindows(
  image: NetworkImage,
  options: SlidingOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { plan } = options;
  const patch = plan.patch;
  const seen = seenPatch(plan);
  const margin = (seen[2] - patch[2]) / 2;
  const padded = padToPatch(image, plan);
  const [ni, nj, nk] = padded.size;
  const classes = plan.labels.length + 1;
  const weights = windowWeights(patch[2], patch[1], patch[0]);
  const slab = new Slab(classes, [ni, nj, patch[2]]);
  const mask = new Uint8Array(voxelCount(image.size));
  const values = [0, ...plan.labels.map((label) => label.value)];
  const ensemble = {
    models: options.models,
    variants: variantsOf(plan.inference),
    noiseSd: plan.inference.noiseSd,
    channels: plan.channels.length,
    classes,
    extents: [patch[2], patch[1], patch[0]] as const,
    seenSlices: seen[2],
  };
  const deliver = (k: number) => {
    const at = k - padded.before[2];
    if (at < 0 || at >= image.size[2]) return;
    const probabilities = slab.slice(k, image.size, padded.before);
    options.onSlice?.(at, probabilities);
    labelSlice(probabilities, values, mask.subarray(at * image.size[0] * image.size[1]));
  };
  const starts = ([0, 1, 2] as const).map((axis) =>
    windowStarts(padded.size[axis], patch[axis], plan.inference.overlap),
  );
  let count = 0;
  for (const k of starts[2]) {
    slab.advance(k, deliver);
    for (const j of starts[1]) {
      for (const i of starts[0]) {
        const window = cutWindow(padded, plan.channels.length, [i, j, k - margin], seen);
        const random = new Random(options.seed ?? 0, "noise", count++);
        slab.add(await predictAveraged(window, random, ensemble), weights, [i, j, k], patch);
      }
    }
  }
  slab.advance(nk, deliver);
  return mask;
}

interface Padded {
  readonly channels: Float32Array;
  readonly size: Vec3;
  /** Voxels added before the image along each axis. */
  readonly before: Vec3;
}

/** The image grown to at least a patch, by reflection, the original in the middle. */
function padToPatch(image: NetworkImage, plan: Plan): Padded {
  const size = image.size.map((n, axis) => Math.max(n, plan.patch[axis] ?? 1)) as unknown as Vec3;
  if (size.every((n, axis) => n === image.size[axis]))
    return { channels: image.channels, size, before: [0, 0, 0] };
  const before = size.map((n, axis) => Math.floor((n - image.size[axis]) / 2)) as unknown as Vec3;
  const length = voxelCount(image.size);
  const channels = new Float32Array(voxelCount(size) * plan.channels.length);
  plan.channels.forEach((_, c) => {
    const data = image.channels.slice(c * length, (c + 1) * length);
    const grown = cropOrPad({ data, size: image.size, affine: image.affine }, size, { mode: "reflect" });
    channels.set(grown.data, c * voxelCount(size));
  });
  return { channels, size, before };
}

/** A window [count, D, H, W]; slices before the first and after the last are mirrored, as in training. */
function cutWindow(
  { channels, size }: Padded,
  count: number,
  [i, j, k]: Vec3,
  [pi, pj, pk]: Vec3,
): Float32Array {
  const [ni, nj, nk] = size;
  const window = new Float32Array(count * pi * pj * pk);
  let at = 0;
  for (let c = 0; c < count; c++) {
    for (let z = k; z < k + pk; z++) {
      for (let y = j; y < j + pj; y++, at += pi) {
        const row = i + ni * (y + nj * (mirror(z, nk) + nk * c));
        window.set(channels.subarray(row, row + pi), at);
      }
    }
  }
  return window;
}

/** Weighted sums of probabilities for the slices that windows still cover. */
class Slab {
  private readonly sums: Float32Array;
  private readonly weight: Float32Array;
  private from = 0;

  constructor(
    private readonly classes: number,
    private readonly size: Vec3,
  ) {
    this.sums = new Float32Array(classes * voxelCount(size));
    this.weight = new Float32Array(voxelCount(size));
  }

  /** Slice k lies in the ring at k modulo the depth. */
  private ring(k: number): number {
    return k % this.size[2];
  }

  add(probabilities: Float32Array, weights: Float32Array, [i, j, k]: Vec3, [pi, pj, pk]: Vec3): void {
    const [ni, nj, depth] = this.size;
    const volume = ni * nj * depth;
    const patch = pi * pj * pk;
    for (let z = 0; z < pk; z++) {
      for (let y = 0; y < pj; y++) {
        const source = (z * pj + y) * pi;
        const target = i + ni * (j + y + nj * this.ring(k + z));
        for (let x = 0; x < pi; x++) {
          const w = weights[source + x];
          this.weight[target + x] = this.weight[target + x] + w;
          for (let c = 0; c < this.classes; c++) {
            const at = c * volume + target + x;
            this.sums[at] = this.sums[at] + w * probabilities[c * patch + source + x];
          }
        }
      }
    }
  }

  /** Declares all slices before k finished: each is delivered, then cleared. */
  advance(k: number, deliver: (k: number) => void): void {
    const plane = this.size[0] * this.size[1];
    for (; this.from < k; this.from++) {
      deliver(this.from);
      const at = this.ring(this.from) * plane;
      this.weight.fill(0, at, at + plane);
      for (let c = 0; c < this.classes; c++)
        this.sums.fill(0, c * this.weight.length + at, c * this.weight.length + at + plane);
    }
  }

  /** Probabilities [classes, H, W] of slice k without the padding. */
  slice(k: number, inner: Vec3, before: Vec3): Float32Array<ArrayBuffer> {
    const [ni, nj] = this.size;
    const out = new Float32Array(this.classes * inner[0] * inner[1]);
    const plane = this.ring(k) * ni * nj;
    let at = 0;
    for (let c = 0; c < this.classes; c++) {
      for (let j = 0; j < inner[1]; j++) {
        for (let i = 0; i < inner[0]; i++) {
          const source = plane + (j + before[1]) * ni + i + before[0];
          out[at++] = this.sums[c * this.weight.length + source] / this.weight[source];
        }
      }
    }
    return out;
  }
}

function labelSlice(probabilities: Float32Array, values: readonly number[], into: Uint8Array): void {
  const plane = probabilities.length / values.length;
  for (let p = 0; p < plane; p++) {
    let best = 0;
    for (let c = 1; c < values.length; c++) {
      if (probabilities[c * plane + p] > probabilities[best * plane + p]) best = c;
    }
    into[p] = values[best];
  }
}
