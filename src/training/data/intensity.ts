/**
 * Changes of grey values, nnU-Net's set and ranges (Isensee et al. 2021, Supplementary Note 4): a table of steps, each
 * with its probability in the plan, applied in this order to one channel of a patch (D,H,W), in place.
 */
import type { Random } from "../../base/random.js";
import { referenceChannel } from "../../study/normalise.js";
import type { Plan } from "../../study/types.js";
import type { Vec3 } from "../../volume/volume.js";
import { gaussianBlur, lowResolution } from "./filters.js";
import { fineAxes } from "./spatial.js";

type Augmentation = Plan["augmentation"];

interface Channel {
  readonly data: Float32Array;
  readonly size: Vec3;
  /** Axes along which voxels may be mixed. */
  readonly fine: readonly boolean[];
}

interface IntensityStep {
  readonly probability: (augmentation: Augmentation) => number;
  readonly apply: (channel: Channel, random: Random, augmentation: Augmentation) => void;
}

const invertedShare = 0.25;

export const intensitySteps: Readonly<Record<string, IntensityStep>> = {
  noise: {
    probability: (a) => a.noise,
    apply: ({ data }, random, a) => addNoise(data, random.uniform(0, a.noiseSd), random),
  },
  blur: {
    probability: (a) => a.blur,
    apply: ({ data, size, fine }, random) =>
      gaussianBlur(
        data,
        size,
        fine.map((is) => (is ? random.uniform(0.5, 1) : 0)),
      ),
  },
  brightness: {
    probability: (a) => a.brightness,
    apply: ({ data }, random) => multiply(data, random.uniform(0.75, 1.25)),
  },
  contrast: {
    probability: (a) => a.contrast,
    apply: ({ data }, random) => changeContrast(data, random.uniform(0.75, 1.25)),
  },
  lowResolution: {
    probability: (a) => a.lowResolution,
    apply: ({ data, size, fine }, random) => {
      const zoom = random.uniform(0.5, 1);
      lowResolution(
        data,
        size,
        fine.map((is) => (is ? zoom : 1)),
      );
    },
  },
  gamma: {
    probability: (a) => a.gamma,
    apply: ({ data }, random) => changeGamma(data, random.uniform(0.7, 1.5), random.chance(invertedShare)),
  },
};

/**
 * Applies the plan's steps to every channel of an image (C,D,H,W) in place, each channel with draws of its own. The
 * reference of the normalisation is a mask and has no grey values to change.
 */
export function augmentIntensity(image: Float32Array, plan: Plan, random: Random): void {
  const size: Vec3 = plan.patch;
  const voxels = size[0] * size[1] * size[2];
  const fine = fineAxes(plan);
  const mask = referenceChannel(plan);
  for (let start = 0, c = 0; start < image.length; start += voxels, c++) {
    if (c === mask) continue;
    const channel = { data: image.subarray(start, start + voxels), size, fine };
    for (const step of Object.values(intensitySteps)) {
      if (random.chance(step.probability(plan.augmentation))) step.apply(channel, random, plan.augmentation);
    }
  }
}

/** Adds normal deviates (Box–Muller, both of each pair). */
export function addNoise(data: Float32Array, sd: number, random: Random): void {
  for (let n = 0; n < data.length; n += 2) {
    const radius = sd * Math.sqrt(-2 * Math.log(1 - random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    data[n] += radius * Math.cos(angle);
    if (n + 1 < data.length) data[n + 1] += radius * Math.sin(angle);
  }
}

export function multiply(data: Float32Array, factor: number): void {
  for (let n = 0; n < data.length; n++) data[n] *= factor;
}

/** Stretches grey values about their mean and clips to the range they had. */
export function changeContrast(data: Float32Array, factor: number): void {
  const { mean, low, high } = summary(data);
  for (let n = 0; n < data.length; n++) {
    const value = (data[n] - mean) * factor + mean;
    data[n] = value < low ? low : value > high ? high : value;
  }
}

/** Segments of the gamma curve; straight between its nodes, which is within 0.002 of the range. */
const segments = 1024;

/** Gamma curve over the patch's own range, mean and standard deviation kept; `inverted` works on the negative. */
export function changeGamma(data: Float32Array, gamma: number, inverted: boolean): void {
  const before = summary(data);
  const range = before.high - before.low;
  if (!(range > 0)) return;
  const sign = inverted ? -1 : 1;
  const dark = inverted ? before.high : before.low;
  const curve = Float64Array.from({ length: segments + 2 }, (_, n) => sign * Math.pow(n / segments, gamma));
  for (let n = 0; n < data.length; n++) {
    const place = ((data[n] - dark) * sign * segments) / range;
    const node = Math.floor(place);
    data[n] = curve[node] + (place - node) * (curve[node + 1] - curve[node]);
  }
  const after = summary(data);
  const gain = before.sd / Math.max(after.sd, 1e-7);
  for (let n = 0; n < data.length; n++) data[n] = (data[n] - after.mean) * gain + before.mean;
}

function summary(data: Float32Array): { mean: number; sd: number; low: number; high: number } {
  let [sum, squares, low, high] = [0, 0, Infinity, -Infinity];
  for (let n = 0; n < data.length; n++) {
    const value = data[n];
    sum += value;
    squares += value * value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const mean = sum / data.length;
  return { mean, sd: Math.sqrt(Math.max(0, squares / data.length - mean * mean)), low, high };
}
