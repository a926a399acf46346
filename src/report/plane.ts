/** One slice of a volume, turned the way radiologists look at it. */
import { crop } from "../volume/crop-pad.js";
import { orientationOf, reorient } from "../volume/geometry.js";
import { spacingOf, type Vec3, type Volume, type VoxelArray } from "../volume/volume.js";

/** Pixels row by row, x to the right, y downwards. */
export interface Plane {
  readonly data: VoxelArray;
  readonly width: number;
  readonly height: number;
  /** Millimetres between pixel centres along x and y. */
  readonly mm: readonly [number, number];
}

/**
 * Slice number `slice` across the voxel axis `axis`: the patient's right on the viewer's left (front on the left in
 * sagittal slices), head up (front up in axial slices).
 */
export function planeOf(volume: Volume<VoxelArray>, axis: 0 | 1 | 2, slice: number): Plane {
  const from = [0, 0, 0].map((_, n) => (n === axis ? slice : 0)) as unknown as Vec3;
  const size = volume.size.map((length, n) => (n === axis ? 1 : length)) as unknown as Vec3;
  const turned = reorient(crop(volume, from, size), displayOrientation(orientationOf(volume.affine), axis));
  const [mmX, mmY] = spacingOf(turned.affine);
  return { data: turned.data, width: turned.size[0], height: turned.size[1], mm: [mmX, mmY] };
}

/** `LPS` cut across k → `LPS`; `PSL` (sagittal) → `PIL`; `LIP` (coronal) → `LIP`. */
function displayOrientation(orientation: string, axis: number): string {
  const inPlane = [...orientation].filter((_, n) => n !== axis).join("");
  const x = /[LR]/.test(inPlane) ? "L" : "P";
  const y = /[SI]/.test(inPlane) ? "I" : "P";
  return x + y + orientation[axis];
}
