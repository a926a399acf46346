import { describe, expect, it } from "vitest";
import { boxAround, cutBox, mirror, pasteMasks, type CropBox } from "../../../src/study/crops/crop-box.js";
import { reorient, shiftOrigin, transformPoint, type Grid } from "../../../src/volume/geometry.js";
import type { Affine, Mask, Vec3 } from "../../../src/volume/volume.js";

/** Oblique, anisotropic, coronal: i to the right, j to the feet, k to the back, each a little turned. */
const oblique: Affine = [-1.1, 0.1, 0.4, 70, -0.12, -0.05, 4.1, -30, 0.05, -1.2, -0.1, 90, 0, 0, 0, 1];
const size: Vec3 = [40, 30, 6];

/** Every voxel its own value, as far as a byte goes. */
function numbered(grid: Grid): Mask {
  const data = Uint8Array.from(
    { length: grid.size[0] * grid.size[1] * grid.size[2] },
    (_, n) => 1 + (n % 251),
  );
  return { data, size: grid.size, affine: grid.affine };
}

const at = ({ data, size: [ni, nj] }: Mask, [i, j, k]: Vec3) => data[i + ni * (j + nj * k)];
const orientations = ["RIP", "LIP", "PSL", "SRA"];
const width = 12;
const height = 16;

describe.each(orientations)("on an oblique grid stored as %s", (orientation) => {
  const whole = reorient(numbered({ size, affine: oblique }), orientation);
  const centreVoxel: Vec3 = [14, 16, 2];
  const centre = transformPoint(oblique, centreVoxel);
  const box = (mirrored: boolean) => boxAround(whole, centre, { width, height, mirrored });

  it("takes the width along left–right, the height along foot–head, and all slices", () => {
    const { size: cut } = cutBox(whole, box(false));
    const axis = (letters: string) => [...orientation].findIndex((letter) => letters.includes(letter));
    expect([cut[axis("LR")], cut[axis("SI")], cut[axis("PA")]]).toEqual([width, height, size[2]]);
  });

  it("has the voxel of the centre at half of each extent, at the same place in the patient", () => {
    const cut = cutBox(whole, box(false));
    const half = cut.size.map((n) => Math.floor(n / 2)) as unknown as Vec3;
    const middle = half.map((n, axis) => (axis === [...orientation].findIndex((l) => "PA".includes(l)) ? centreSlice(orientation) : n)) as unknown as Vec3; // prettier-ignore
    expect(at(cut, middle)).toBe(at(numbered({ size, affine: oblique }), centreVoxel));
    transformPoint(cut.affine, middle).forEach((mm, n) => expect(mm).toBeCloseTo(centre[n], 9));
  });

  it.each([false, true])("comes back to the voxels it was cut from (mirrored: %s)", (mirrored) => {
    const mask = cutBox(whole, box(mirrored));
    const pasted = pasteMasks(whole, [{ box: box(mirrored), mask }]);
    expect([pasted.size, pasted.affine]).toEqual([whole.size, whole.affine]);
    const { from, size: extent } = box(mirrored);
    let inside = 0;
    pasted.data.forEach((value, n) => {
      const [ni, nj] = whole.size;
      const index = [n % ni, Math.floor(n / ni) % nj, Math.floor(n / (ni * nj))];
      const isInside = index.every((i, axis) => i >= from[axis] && i < from[axis] + extent[axis]);
      if (isInside) inside++;
      if (value !== (isInside ? whole.data[n] : 0)) throw new Error(`voxel ${index.join()} is ${value}`);
    });
    expect(inside).toBe(width * height * size[2]);
  });
});

/** Slice 2 of six, or counted from the other end. */
const centreSlice = (orientation: string) => (orientation.includes("P") ? 2 : size[2] - 1 - 2);

describe("boxes that stick out of the image", () => {
  const grid: Grid = { size, affine: oblique };
  const corner = transformPoint(oblique, [2, 28, 0]);

  it.each([false, true])("are filled with 0 and lose nothing on the way back (mirrored: %s)", (mirrored) => {
    const box = boxAround(grid, corner, { width, height, mirrored });
    expect([box.from[0] < 0, box.from[1] + box.size[1] > size[1]]).toEqual([true, true]);
    const mask = cutBox(numbered(grid), box);
    const inside = (2 + width / 2) * (size[1] - box.from[1]) * size[2];
    expect(mask.data.filter((value) => value > 0).length).toBe(inside);
    const pasted = pasteMasks(grid, [{ box, mask }]);
    expect(pasted.data.filter((value) => value > 0).length).toBe(inside);
    expect(at(pasted, [0, 29, 5])).toBe(at(numbered(grid), [0, 29, 5]));
  });
});

describe("mirror", () => {
  it("turns left and right round in the patient, whatever axis that is, and nothing else", () => {
    for (const orientation of orientations) {
      const whole = reorient(numbered({ size, affine: oblique }), orientation);
      const turned = reorient(mirror(whole), "RIP");
      const plain = reorient(whole, "RIP");
      for (const voxel of [
        [0, 0, 0],
        [3, 7, 2],
        [39, 29, 5],
      ] as const)
        expect(at(turned, voxel)).toBe(at(plain, [size[0] - 1 - voxel[0], voxel[1], voxel[2]]));
    }
  });
});

describe("crops that overlap", () => {
  const grid: Grid = { size: [20, 4, 1], affine: [-1, 0, 0, 10, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1] };
  const boxOf = (from: number, mirrored = false): CropBox => ({
    from: [from, 0, 0],
    size: [12, 4, 1],
    mirrored,
  });
  const filled = (value: number): Mask => ({
    data: new Uint8Array(48).fill(value),
    size: [12, 4, 1],
    affine: shiftOrigin(grid.affine, [0, 0, 0]),
  });

  it("give each voxel to the nearer one, in either order", () => {
    const [first, second] = [
      { box: boxOf(0), mask: filled(1) },
      { box: boxOf(8), mask: filled(2) },
    ];
    // Middles at 6 and 14: voxel 10 is as near to both, and goes to the first given.
    const rowOf = (mask: Mask) => [...mask.data.subarray(0, 20)].join("");
    expect(rowOf(pasteMasks(grid, [first, second]))).toBe("1".repeat(11) + "2".repeat(9));
    expect(rowOf(pasteMasks(grid, [second, first]))).toBe("1".repeat(10) + "2".repeat(10));
  });

  it("leave background of the nearer one as it is", () => {
    const pasted = pasteMasks(grid, [
      { box: boxOf(0), mask: filled(0) },
      { box: boxOf(8), mask: filled(2) },
    ]);
    expect([...pasted.data.subarray(8, 12)]).toEqual([0, 0, 0, 2]);
  });
});
