/**
 * A pelvis of blocks, for tests: where everything lies is known by construction, in anatomical millimetres (l to the
 * patient's left, p to the back, s to the head). The joints are the planes l = ±32; each is 80 mm high (s −40…40) and 60 mm
 * long (p −30…30). Rasterised onto any grid, and set anywhere in the scanner.
 */
import { invertAffine, transformPoint, type Grid } from "../../src/volume/geometry.js";
import type { Affine, Mask, Vec3 } from "../../src/volume/volume.js";

export interface Box {
  readonly from: Vec3;
  readonly to: Vec3;
}

const box = (from: Vec3, to: Vec3): Box => ({ from, to });
export const sacrum = box([-30, -30, -40], [30, 30, 40]);
export const ilia = [box([34, -30, -40], [70, 30, 40]), box([-70, -30, -40], [-34, 30, 40])];

/** Values 1…8 of a mask of quadrants, named as `quadrant` names them. */
export const quadrantNames = ["left", "right"].flatMap((side) =>
  ["upper", "lower"].flatMap((half) => ["sacral", "iliac"].map((bone) => `${side} ${half} ${bone}`)),
);

/** A box of 10 × 10 × 14 mm beside the joint, in the middle of the quadrant, in front (p < 0). */
export function lesionIn(quadrant: string): Box {
  const [side, half, bone] = quadrant.split(" ");
  const sign = side === "left" ? 1 : -1;
  const middle = half === "upper" ? 20 : -20;
  const [near, far] = bone === "iliac" ? [34, 44] : [20, 30];
  const [low, high] = sign > 0 ? [near, far] : [-far, -near];
  return box([low, -20, middle - 7], [high, -10, middle + 7]);
}

/** Paints boxes onto a grid, later ones over earlier ones; `anatomy` leads from anatomical mm to the scanner's LPS+. */
export function paint(grid: Grid, anatomy: Affine, boxes: readonly (readonly [Box, number])[]): Mask {
  const [ni, nj, nk] = grid.size;
  const back = invertAffine(anatomy);
  const data = new Uint8Array(ni * nj * nk);
  for (let k = 0, n = 0; k < nk; k++)
    for (let j = 0; j < nj; j++)
      for (let i = 0; i < ni; i++, n++) {
        const point = transformPoint(back, transformPoint(grid.affine, [i, j, k]));
        for (const [{ from, to }, value] of boxes)
          if (point.every((x, axis) => x >= from[axis] && x <= to[axis])) data[n] = value;
      }
  return { data, size: grid.size, affine: grid.affine };
}

export const bonesOn = (grid: Grid, anatomy: Affine): Mask =>
  paint(grid, anatomy, [[sacrum, 1], ...ilia.map((ilium) => [ilium, 2] as const)]);
export const boneLabels = [
  { value: 1, name: "sacrum" },
  { value: 2, name: "ilium" },
];

/** Rotation about the patient's left–right axis, then about the vertical one (degrees), and a place in the scanner. */
export function pose(lean: number, turn: number, origin: Vec3): Affine {
  const [a, b] = [lean, turn].map((degrees) => (degrees * Math.PI) / 180);
  const [c, s, d, t] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
  return [d, -t * c, t * s, origin[0], t, d * c, -d * s, origin[1], 0, s, c, origin[2], 0, 0, 0, 1];
}

/**
 * A semi-coronal grid that covers the block pelvis: i to the left, j to the feet, k to the back in anatomical directions,
 * stored with its axes in `order` and flipped where `flips` says.
 */
export function coronalGrid(
  anatomy: Affine,
  order: readonly number[] = [0, 1, 2],
  flips: readonly boolean[] = [false, false, false],
  spacing: Vec3 = [2, 2, 5],
): Grid {
  const steps: Vec3[] = [[spacing[0], 0, 0], [0, 0, -spacing[1]], [0, spacing[2], 0]]; // prettier-ignore
  const size = [150, 90, 70].map((mm, axis) => Math.round(mm / spacing[axis]));
  const columns: number[][] = [];
  const corner = [0, 0, 0];
  order.forEach((axis, n) => {
    const sign = flips[n] ? -1 : 1;
    columns.push(steps[axis].map((x) => x * sign));
    for (let c = 0; c < 3; c++) corner[c] -= (columns[n][c] * (size[axis] - 1)) / 2;
  });
  const local = [0, 1, 2].flatMap((row) => [...columns.map((column) => column[row]), corner[row]]);
  const affine = [0, 1, 2].flatMap((row) =>
    [0, 1, 2, 3].map(
      (column) =>
        [0, 1, 2].reduce((sum, n) => sum + anatomy[row * 4 + n] * local[n * 4 + column], 0) +
        (column === 3 ? anatomy[row * 4 + 3] : 0),
    ),
  );
  return { size: order.map((axis) => size[axis]) as unknown as Vec3, affine: [...affine, 0, 0, 0, 1] };
}
