/** Small volumes with known places: a bright ball at a point of the patient, on grids that lie in every awkward way. */
import { transformPoint } from "../../src/volume/geometry.js";
import type { Affine, Vec3, Volume } from "../../src/volume/volume.js";

/** Where the ball lies, LPS+ mm, and how large it is. */
export const ball = { centre: [12, -8, 20] as Vec3, radiusMm: 6 };

/** Columns are the steps along i, j, k in mm; the middle voxel of the grid lies at `middle`. */
function affineOf(columns: readonly Vec3[], size: Vec3, middle: Vec3): Affine {
  const centre = size.map((n) => (n - 1) / 2);
  const row = (r: number) => {
    const steps = columns.map((column) => column[r]);
    const origin = middle[r] - steps.reduce((sum, step, axis) => sum + step * centre[axis], 0);
    return [...steps, origin];
  };
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

/** A dim gradient with the ball in it. */
function volumeWith(size: Vec3, affine: Affine): Volume {
  const data = new Float32Array(size[0] * size[1] * size[2]);
  let n = 0;
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++) {
        const [x, y, z] = transformPoint(affine, [i, j, k]);
        const [cx, cy, cz] = ball.centre;
        const isIn = Math.hypot(x - cx, y - cy, z - cz) <= ball.radiusMm;
        data[n++] = isIn ? 1000 : 100 + i + j;
      }
  return { data, size, affine };
}

const [c, s] = [Math.cos(0.45), Math.sin(0.45)];

/** Oblique coronal slices, as of the sacroiliac joints: tilted about the left-right axis. */
export function obliqueCoronal(): Volume {
  const size = [64, 60, 14] as const;
  const columns: Vec3[] = [
    [1.2, 0, 0],
    [0, 1.2 * s, -1.2 * c],
    [0, 4 * c, 4 * s],
  ];
  return volumeWith(size, affineOf(columns, size, [4, -4, 14]));
}

/** Axial slices on another grid than the coronal ones. */
export function axialStir(): Volume {
  const size = [50, 48, 16] as const;
  const columns: Vec3[] = [
    [1.5, 0, 0],
    [0, 1.5, 0],
    [0, 0, 4.4],
  ];
  return volumeWith(size, affineOf(columns, size, [6, -6, 16]));
}

/** Every axis backwards and the axes in another order: i to the feet, j to the right, k to the front. */
export function flippedCoronal(): Volume {
  const size = [56, 62, 12] as const;
  const columns: Vec3[] = [
    [0, 0, -1.1],
    [-1.3, 0, 0],
    [0, -3.5, 0],
  ];
  return volumeWith(size, affineOf(columns, size, [5, -5, 15]));
}
