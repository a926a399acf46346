import { planSchema, type Plan } from "../../../src/study/types.js";
import type { Vec3 } from "../../../src/volume/volume.js";

/** Augmentation that changes nothing but the patch's place. */
export const nothing: Partial<Plan["augmentation"]> = {
  affine: 0,
  elastic: 0,
  flip: [false, false, false],
  noise: 0,
  blur: 0,
  brightness: 0,
  contrast: 0,
  gamma: 0,
  lowResolution: 0,
};

/** Parts of T; triples may be read-only. */
type Part<T> = { readonly [K in keyof T]?: T[K] extends [number, number, number] ? Vec3 : T[K] };

export function makePlan(over: Part<Plan>, augmentation: Part<Plan["augmentation"]> = {}): Plan {
  return planSchema.parse({
    task: "test",
    channels: ["T1w"],
    labels: [
      { value: 1, name: "one" },
      { value: 2, name: "two" },
    ],
    orientation: "LPS",
    spacing: [1, 1, 1],
    normalisation: { method: "z-score" },
    patch: [8, 8, 8],
    batch: 2,
    networks: [{ name: "unet-3d", features: [8] }],
    loss: {},
    optimiser: { name: "adam", learningRate: 0.001 },
    schedule: { name: "constant" },
    epochs: 1,
    iterationsPerEpoch: 1,
    inference: {},
    augmentation,
    ...over,
  });
}
