/** What is measured: every network with its paper's features at its paper's size, on both sides. Patches are D, H, W or H, W. */
import { networkNamed } from "../dist/networks/registry.js";

/** Paper 1's sections of the sacroiliac joints, and paper 2's crops of a femoral head. */
const sections = { axes: "3-D", batch: 1, patch: [16, 192, 192], dropout: 0, attention: 0 };
const crops = { axes: "2-D", batch: 16, patch: [128, 160], dropout: 0, attention: 0 };

export const sizes = {
  "attention-unet-2.5d": { ...sections, axes: "2.5-D", dropout: 0.2, attention: 0.2 },
  "unet-3d": sections,
  "attention-unet": sections,
  "res-unet": sections,
  unetr: sections,
  "unet-2d": { ...crops, patch: [192, 192] },
  "unet-plus-plus": crops,
  "attention-unet-2d": crops,
  // Batch 8: a training step of 16 takes 1.4 TFLOP, with two cores more than 15 s.
  "unet-batch-norm": { ...crops, batch: 8 },
  "unet-pointrend": { ...crops, batch: 8 },
  "hrnet-w18-small": crops,
  "hrnet-w32": crops,
};

export const classes = 2;

/** Marrow's time over PyTorch's, at most; its memory shall be no larger. */
export const goals = {
  "2-D": { train: 0.5, infer: 0.6 },
  "2.5-D": { train: 0.5, infer: 0.6 },
  "3-D": { train: 0.9, infer: 0.9 },
};

/** A network's size with its features; `small`: an eighth of the features and small patches, to try the protocol. */
export function sizeOf(name, small) {
  const { features } = networkNamed(name);
  const size = { ...sizes[name], features };
  if (!small) return size;
  return {
    ...size,
    features: features.map((n) => Math.max(2, Math.round(n / 8))),
    batch: Math.min(size.batch, 4),
    patch: size.patch.map((n) => Math.min(n, 64)),
  };
}
