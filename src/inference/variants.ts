/** Test-time augmentation: the same window several times, mirrored or with noise, the predictions averaged. */
import type { Random } from "../base/random.js";
import type { Plan } from "../study/types.js";
import type { PredictWindow } from "./window-model.js";

export interface Variant {
  /** Mirrored along i, j, k. */
  readonly flip: readonly [boolean, boolean, boolean];
  readonly noisy: boolean;
}

const plain: Variant = { flip: [false, false, false], noisy: false };

/** The plain pass, all combinations of the mirror axes, and paper 1's noisy passes (noisy, + flip i, + flip j). */
export function variantsOf({ mirror, noisyPasses }: Plan["inference"]): Variant[] {
  const mirrored = mirror.reduce<Variant[]>(
    (all, on, axis) =>
      on
        ? [
            ...all,
            ...all.map((v) => ({ ...v, flip: v.flip.with(axis, true) as [boolean, boolean, boolean] })),
          ]
        : all,
    [plain],
  );
  const noisy = [plain.flip, [true, false, false], [false, true, false]].map(
    (flip) => ({ flip, noisy: true }) as Variant,
  );
  return [...mirrored, ...Array.from({ length: noisyPasses }, () => noisy).flat()];
}

type Extents = readonly [depth: number, height: number, width: number];

/** A copy of [channels, D, H, W] mirrored along i, j, k. */
export function mirrored(
  data: Float32Array,
  channels: number,
  [d, h, w]: Extents,
  [fi, fj, fk]: Variant["flip"],
): Float32Array {
  const out = new Float32Array(data.length);
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < d; k++) {
      for (let j = 0; j < h; j++) {
        const row = ((c * d + (fk ? d - 1 - k : k)) * h + (fj ? h - 1 - j : j)) * w;
        for (let i = 0; i < w; i++) out[at++] = data[row + (fi ? w - 1 - i : i)] ?? 0;
      }
    }
  }
  return out;
}

export interface EnsembleOptions {
  readonly models: readonly PredictWindow[];
  readonly variants: readonly Variant[];
  readonly noiseSd: number;
  readonly channels: number;
  readonly classes: number;
  /** Of the prediction. */
  readonly extents: Extents;
  /** Slices of the image behind it, where they are more (neighbours that a 2-D network sees). */
  readonly seenSlices?: number;
}

/** Mean probabilities of a window over all models and variants. `random` draws the noise. */
export async function predictAveraged(
  window: Float32Array,
  random: Random,
  options: EnsembleOptions,
): Promise<Float32Array> {
  const { models, variants, noiseSd, channels, classes, extents } = options;
  const seen: Extents = [options.seenSlices ?? extents[0], extents[1], extents[2]];
  let sum: Float32Array | undefined;
  for (const { flip, noisy } of variants) {
    const isFlipped = flip.some(Boolean);
    let view = isFlipped ? mirrored(window, channels, seen, flip) : window;
    if (noisy) view = view.map((v) => v + random.normal(0, noiseSd));
    for (const predict of models) {
      const raw = await predict(view);
      const result = isFlipped ? mirrored(raw, classes, extents, flip) : raw;
      if (!sum) sum = Float32Array.from(result);
      else for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (result[i] ?? 0);
    }
  }
  const share = 1 / (variants.length * models.length);
  return (sum ?? new Float32Array()).map((v) => v * share);
}
