/** Boxes round a hip on an image's own grid: cutting them out, mirrored or not, and putting masks back voxel by voxel. */
import { cropOrPad } from "../../volume/crop-pad.js";
import { gather, invertAffine, orientationOf, transformPoint, type Grid } from "../../volume/geometry.js";
import type { Mask, Vec3, Volume, VoxelArray } from "../../volume/volume.js";

export interface CropBox {
  /** Voxel of the image at which the box begins; negative where it sticks out. */
  readonly from: Vec3;
  readonly size: Vec3;
  /** Stored the other way round along the left–right axis, so that a right hip looks like a left one. */
  readonly mirrored: boolean;
}

type Axis = 0 | 1 | 2;

/** The voxel axis that runs nearest to the patient's left–right (0), front–back (1) or foot–head (2) axis. */
export function voxelAxis({ affine }: Pick<Grid, "affine">, patientAxis: Axis): Axis {
  const letters = ["LR", "PA", "SI"][patientAxis];
  return [...orientationOf(affine)].findIndex((letter) => letters.includes(letter)) as Axis;
}

/**
 * The box round `centre` (LPS+ mm): `width` voxels along left–right, `height` along foot–head, all slices. The centre comes
 * to stand at floor(extent / 2).
 */
export function boxAround(
  grid: Grid,
  centre: Vec3,
  { width, height, mirrored }: { width: number; height: number; mirrored: boolean },
): CropBox {
  const middle = transformPoint(invertAffine(grid.affine), centre);
  const size = [...grid.size] as [number, number, number];
  const from = [0, 0, 0] as [number, number, number];
  for (const [axis, extent] of [
    [voxelAxis(grid, 0), width],
    [voxelAxis(grid, 2), height],
  ] as const) {
    size[axis] = extent;
    from[axis] = Math.round(middle[axis]) - Math.floor(extent / 2);
  }
  return { from, size, mirrored };
}

/** The box's voxels; what lies outside the image is 0. A mirrored box keeps its affine: it shows a mirror image. */
export function cutBox<T extends VoxelArray>(
  volume: Volume<T>,
  { from, size, mirrored }: CropBox,
): Volume<T> {
  const centre = from.map((start, axis) => start + Math.floor(size[axis] / 2)) as unknown as Vec3;
  const cut = cropOrPad(volume, size, { mode: "zero", centre });
  return mirrored ? mirror(cut) : cut;
}

/** The voxels in reverse order along the left–right axis, on the same grid. */
export function mirror<T extends VoxelArray>(volume: Volume<T>): Volume<T> {
  const { data, size } = volume;
  const axis = voxelAxis(volume, 0);
  const strides: [number, number, number] = [1, size[0], size[0] * size[1]];
  const start = (size[axis] - 1) * strides[axis];
  strides[axis] = -strides[axis];
  return { ...volume, data: gather(data, size, start, strides) };
}

export interface PlacedMask {
  readonly box: CropBox;
  /** On the grid of the box, mirrored as it is. */
  readonly mask: Mask;
}

/**
 * One mask on the image's grid from those of its crops. Voxels of no crop are 0; where crops overlap the one counts whose
 * middle is nearer along left–right (of equally near ones the first).
 */
export function pasteMasks(grid: Grid, placed: readonly PlacedMask[]): Mask {
  const data = new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]);
  const lateral = voxelAxis(grid, 0);
  const middles = placed.map(({ box }) => box.from[lateral] + Math.floor(box.size[lateral] / 2));
  const isInside = (box: CropBox, at: Vec3) =>
    at.every((n, axis) => n >= box.from[axis] && n < box.from[axis] + box.size[axis]);
  placed.forEach(({ box, mask }, own) => {
    const values = (box.mirrored ? mirror(mask) : mask).data;
    const nearest = (at: Vec3) =>
      middles.every(
        (middle, other) =>
          other === own ||
          !isInside(placed[other].box, at) ||
          Math.abs(at[lateral] - middles[own]) + (own > other ? 0.5 : 0) <= Math.abs(at[lateral] - middle),
      );
    eachVoxel(box.size, (n, i, j, k) => {
      const at: Vec3 = [i + box.from[0], j + box.from[1], k + box.from[2]];
      if (at.some((index, axis) => index < 0 || index >= grid.size[axis]) || !nearest(at)) return;
      data[at[0] + grid.size[0] * (at[1] + grid.size[1] * at[2])] = values[n];
    });
  });
  return { data, size: grid.size, affine: grid.affine };
}

function eachVoxel([ni, nj, nk]: Vec3, visit: (n: number, i: number, j: number, k: number) => void): void {
  let n = 0;
  for (let k = 0; k < nk; k++) for (let j = 0; j < nj; j++) for (let i = 0; i < ni; i++) visit(n++, i, j, k);
}
