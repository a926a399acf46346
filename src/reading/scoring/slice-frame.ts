/** The patient's directions within a stack of slices: from points of the patient to millimetres in a slice and back. Pure. */
import { dot, frameOf, type Plane } from "../../quantify/frame.js";
import { sliceAxisOf } from "../../statistics/slice-dice.js";
import { transformPoint, type Grid } from "../../volume/geometry.js";
import type { Affine, Vec3 } from "../../volume/volume.js";

/** Millimetres in a slice: to the patient's left, and up. */
export type FlatPoint = readonly [left: number, up: number];

export interface SliceFrame {
  readonly plane: Plane;
  readonly axis: 0 | 1 | 2;
  readonly left: Vec3;
  readonly front: Vec3;
  readonly up: Vec3;
  readonly grid: Grid;
  /** Higher slice numbers lie further in front. */
  readonly growsToFront: boolean;
}

/** Directions of an image whose slices follow each other along its longest voxel axis. */
export function sliceFrame(grid: Grid): SliceFrame {
  const axis = sliceAxisOf(grid);
  const { plane, left, front, up } = frameOf(withSlicesLast(grid.affine, axis));
  const step: Vec3 = [grid.affine[axis], grid.affine[4 + axis], grid.affine[8 + axis]];
  return {
    plane,
    axis,
    left,
    front,
    up,
    growsToFront: dot(step, front) > 0,
    grid: { size: grid.size, affine: grid.affine },
  };
}

/** The affine with the slice axis as its last column; the others keep their order. */
function withSlicesLast(affine: Affine, axis: number): Affine {
  const columns = [...[0, 1, 2].filter((column) => column !== axis), axis, 3];
  return [0, 4, 8, 12].flatMap((row) => columns.map((column) => affine[row + column]));
}

export const flatten = ({ left, up }: SliceFrame, point: Vec3): FlatPoint => [
  dot(left, point),
  dot(up, point),
];

/** A point of a slice in LPS+ mm. Slices must lie across `front`, which those of coronal stacks do. */
export function unflatten(frame: SliceFrame, [x, y]: FlatPoint, slice: number): Vec3 {
  const depth = dot(frame.front, sliceOrigin(frame, slice));
  const along = (n: 0 | 1 | 2) => x * frame.left[n] + y * frame.up[n] + depth * frame.front[n];
  return [along(0), along(1), along(2)];
}

function sliceOrigin({ grid, axis }: SliceFrame, slice: number): Vec3 {
  const index = [0, 0, 0];
  index[axis] = slice;
  return transformPoint(grid.affine, [index[0], index[1], index[2]]);
}
