/** Signal on T1-weighted turbo spin echo, relative to subcutaneous fat. */
import type { Texture, Tissue } from "../shapes.js";

const fibre = (p: number, q: number, gain: number, above = 0.12): Texture => ({
  gain,
  above,
  size: [19, 2.3, 10],
  along: [p, q],
});
const grain = (gain: number, size: number): Texture => ({ gain, size: [size, size, size * 1.6] });

export const tissues = {
  subcutaneous: {
    value: 0.97,
    textures: [grain(0.06, 22), { gain: -0.8, above: 0.42, size: [14, 1.8, 16], along: [0.94, 0.34] }],
  },
  skin: { value: 0.42 },
  pelvicFat: {
    value: 0.88,
    textures: [
      grain(0.08, 16),
      { gain: -1.3, above: 0.42, size: [5, 4, 12] },
      { gain: -0.9, above: 0.44, size: [10, 2, 8], along: [0.3, 0.95] },
    ],
  },
  gluteusMaximus: { value: 0.34, textures: [grain(0.04, 9), fibre(0.83, -0.56, 0.85, 0.16)] },
  gluteusMedius: { value: 0.33, textures: [grain(0.04, 10), fibre(0.6, -0.8, 0.8, 0.27)] },
  iliacus: { value: 0.33, textures: [grain(0.035, 9), fibre(0.7, -0.7, 0.7, 0.3)] },
  psoas: { value: 0.34, textures: [grain(0.03, 9), { gain: 0.7, above: 0.35, size: [4, 3, 30] }] },
  erector: { value: 0.35, textures: [grain(0.05, 8), fibre(0.45, 0.89, 1, 0.14)] },
  piriformis: { value: 0.34, textures: [grain(0.04, 9), fibre(0.8, 0.6, 0.9, 0.22)] },
  abdominalWall: { value: 0.36, textures: [grain(0.05, 9)] },
  cortex: { value: 0.07, textures: [grain(0.05, 4)] },
  marrow: { value: 0.5, textures: [grain(0.09, 15), grain(0.07, 5), grain(0.07, 2)] },
  jointSpace: { value: 0.4, textures: [grain(0.16, 5), grain(0.1, 2.5)] },
  ligament: {
    value: 0.5,
    textures: [grain(0.25, 9), { gain: 1.1, size: [11, 2.4, 7], along: [0.85, 0.53] }],
  },
  foramenFat: { value: 0.93, textures: [grain(0.06, 6)] },
  nerve: { value: 0.38, textures: [grain(0.06, 2.5)] },
  epiduralFat: { value: 0.92, textures: [grain(0.08, 7)] },
  thecalSac: { value: 0.24, textures: [grain(0.05, 3)] },
  disc: { value: 0.33, textures: [grain(0.05, 8)] },
  vessel: { value: 0.1, textures: [grain(0.06, 5)] },
  vein: { value: 0.2, textures: [grain(0.1, 5)] },
  bowelWall: { value: 0.4, textures: [grain(0.06, 4)] },
  bowelContent: { value: 0.45, textures: [grain(0.22, 9), grain(0.1, 4)] },
  gas: { value: 0.02 },
  bladder: { value: 0.22, textures: [grain(0.03, 20)] },
  fascia: { value: 0.2 },
  sclerosis: { value: 0.18, textures: [grain(0.12, 5)] },
  oedema: { value: 0.36, textures: [grain(0.08, 7)] },
  erosion: { value: 0.34, textures: [grain(0.15, 4)] },
  fatMetaplasia: { value: 0.88, textures: [grain(0.1, 7), grain(0.07, 2.5)] },
  faintMetaplasia: { value: 0.76, textures: [grain(0.1, 7), grain(0.07, 2.5)] },
  backfill: { value: 0.84, textures: [grain(0.1, 4)] },
  focalFat: { value: 0.84, textures: [grain(0.09, 5), grain(0.08, 2.2)] },
} satisfies Record<string, Tissue>;

export type SijTissue = keyof typeof tissues;
