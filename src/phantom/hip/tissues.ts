/** Signal on STIR, relative to free fluid: fat and fatty marrow are nulled, water shines. */
import type { Texture, Tissue } from "../shapes.js";

const grain = (gain: number, size: number): Texture => ({ gain, size: [size, size, size * 1.6] });
const fibre = (p: number, q: number, gain = 0.35): Texture => ({
  gain,
  above: 0.32,
  size: [20, 1.9, 10],
  along: [p, q],
});

export const tissues = {
  skin: { value: 0.38 },
  subcutaneous: {
    value: 0.25,
    textures: [grain(0.04, 30), { gain: 0.5, above: 0.48, size: [14, 1.8, 24], along: [0.2, 0.98] }],
  },
  deepFat: {
    value: 0.25,
    textures: [grain(0.05, 18), { gain: 0.8, above: 0.46, size: [8, 2.6, 10], along: [0.5, 0.86] }],
  },
  gluteal: { value: 0.13, textures: [grain(0.025, 12), fibre(0.35, -0.94)] },
  thigh: { value: 0.13, textures: [grain(0.025, 12), fibre(-0.25, 0.97)] },
  adductor: { value: 0.13, textures: [grain(0.025, 12), fibre(0.6, 0.8)] },
  obturator: { value: 0.14, textures: [grain(0.03, 10), fibre(0.954, 0.3)] },
  iliopsoas: { value: 0.13, textures: [grain(0.025, 12), fibre(0.3, 0.954)] },
  cortex: { value: 0.03, textures: [grain(0.02, 4)] },
  fattyMarrow: { value: 0.18, textures: [grain(0.03, 12), grain(0.035, 4)] },
  redMarrow: { value: 0.26, textures: [grain(0.06, 14), grain(0.05, 5)] },
  cartilage: { value: 0.34, textures: [grain(0.06, 6)] },
  labrum: { value: 0.06 },
  physis: { value: 0.06 },
  fluid: { value: 0.88, textures: [grain(0.1, 10)] },
  jointFluid: { value: 0.72, textures: [grain(0.2, 7)] },
  synovitis: { value: 0.82, textures: [grain(0.16, 6), grain(0.12, 3)] },
  oedema: { value: 0.62, textures: [grain(0.16, 9), grain(0.1, 4)] },
  mildOedema: { value: 0.46, textures: [grain(0.12, 9), grain(0.08, 4)] },
  sclerosis: { value: 0.05, textures: [grain(0.03, 4)] },
  cyst: { value: 0.9 },
  bladder: { value: 1.02, textures: [grain(0.03, 20)] },
  bladderWall: { value: 0.3 },
  bowelWall: { value: 0.5, textures: [grain(0.1, 5)] },
  bowelContent: { value: 0.45, textures: [grain(0.5, 10), grain(0.2, 4)] },
  gas: { value: 0.02 },
  vein: { value: 0.8, textures: [grain(0.2, 6)] },
  artery: { value: 0.08 },
  prostate: { value: 0.42, textures: [grain(0.2, 8)] },
  disc: { value: 0.5, textures: [grain(0.2, 10)] },
  bursa: { value: 0.66, textures: [grain(0.2, 5)] },
} satisfies Record<string, Tissue>;

export type HipTissue = keyof typeof tissues;
