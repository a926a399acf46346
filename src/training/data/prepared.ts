import type { Affine, Vec3 } from "../../volume/volume.js";

/** Where a label can be found: a seeded sample of its voxels, as indices into a D,H,W array. */
export interface ForegroundVoxels {
  readonly label: number;
  readonly voxels: Int32Array;
}

/** A case as the network sees it before augmentation: on the plan's grid, normalised. */
export interface Prepared {
  readonly id: string;
  /** C,D,H,W. */
  readonly channels: Float32Array;
  readonly channelCount: number;
  /** D,H,W. */
  readonly mask: Uint8Array;
  /** Voxels along i, j, k (W, H, D). */
  readonly size: Vec3;
  /** Voxel indices to LPS+ mm. */
  readonly affine: Affine;
  /** Labels that occur in the mask, ascending. */
  readonly foreground: readonly ForegroundVoxels[];
}

/** One augmented patch: image C,D,H,W and mask D,H,W. */
export interface Sample {
  readonly image: Float32Array;
  readonly mask: Uint8Array;
}
