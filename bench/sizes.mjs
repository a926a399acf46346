/** What is measured: every network at its paper's size, as bench/pytorch/bench.py has them. D, H, W or H, W. */
export const sizes = {
  "attention-unet-2.5d": { batch: 1, patch: [16, 192, 192], dropout: 0.2, attention: 0.2 },
  "unet-3d": { batch: 1, patch: [16, 192, 192], dropout: 0, attention: 0 },
  "unet-2d": { batch: 16, patch: [192, 192], dropout: 0, attention: 0 },
};

export const classes = 2;
