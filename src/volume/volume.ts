/** Three numbers along i, j, k (voxel axes) or along L, P, S (patient axes). */
export type Vec3 = readonly [number, number, number];

/**
 * 4×4 matrix, row by row, from voxel indices (i, j, k, 1) to patient coordinates in millimetres, LPS+ (x grows to the
 * patient's left, y to the back, z to the head). NIfTI's RAS+ is converted at the border, in nifti.ts alone.
 */
export type Affine = readonly number[];

export type VoxelArray =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>;

/**
 * Voxels with their place in the patient. Element (i, j, k) stands at data[i + size[0] * (j + size[1] * k)], so the same
 * array read as a tensor is D, H, W = k, j, i.
 */
export interface Volume<T extends VoxelArray = Float32Array<ArrayBuffer>> {
  readonly data: T;
  /** Voxels along i, j, k. */
  readonly size: Vec3;
  readonly affine: Affine;
}

/** Labels, one byte per voxel, 0 is background. */
export type Mask = Volume<Uint8Array<ArrayBuffer>>;

/** Millimetres between voxel centres along i, j, k. */
export function spacingOf(affine: Affine): Vec3 {
  const column = (c: number) => Math.hypot(affine[c] ?? 0, affine[4 + c] ?? 0, affine[8 + c] ?? 0);
  return [column(0), column(1), column(2)];
}

export function voxelCount(size: Vec3): number {
  return size[0] * size[1] * size[2];
}
