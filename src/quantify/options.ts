import { himrissTemplate, type HimrissTemplate } from "./himriss-template.js";

/** What a caller may change about the measures, with the values used otherwise. */
export interface QuantifyOptions {
  /** Bones facing each other no further than this make the joint (mm, voxel centre to voxel centre). */
  readonly jointGapMm: number;
  /** Bone this close to the joint surface is subchondral (mm). */
  readonly subchondralMm: number;
  /** A lesion voxel outside the bone mask belongs to the nearest bone up to here (mm). */
  readonly boneToleranceMm: number;
  /** Width of the ring of bone that a lesion's contrast is taken to (mm). */
  readonly ringMm: number;
  /** SPARCC: a quadrant holds the lesion if its area there is at least this (mm²); 0: one voxel is enough. */
  readonly presentAreaMm2: number;
  /** SPARCC: slices to score instead of those chosen, from 0. */
  readonly slices?: readonly number[] | undefined;
  /** SPARCC: intensity from which a lesion is intense, in the image's unit. */
  readonly intenseFrom?: number | undefined;
  /** HIMRISS: items, ranges and slices. */
  readonly himriss: HimrissTemplate;
}

export const defaultOptions: QuantifyOptions = {
  jointGapMm: 8,
  subchondralMm: 5,
  boneToleranceMm: 5,
  ringMm: 10,
  presentAreaMm2: 0,
  himriss: himrissTemplate,
};
