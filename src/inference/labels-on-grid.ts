/**
 * Labels on an image's own grid, from probabilities on the network's: these are interpolated linearly, and the most probable
 * label wins (as in nnU-Net). Labels that were decided before would have lost where between two voxels a border runs.
 * Slices are taken as they come, so that two are held and not the volume.
 */
import { type Grid, invertAffine, multiplyAffine } from "../volume/geometry.js";
import { axisTable, type AxisTable } from "../volume/interpolation.js";
import { type Alignment, alignmentOf, resampleAxis } from "../volume/resample-separable.js";
import { type Mask, type Vec3, voxelCount } from "../volume/volume.js";

/** An axis of the network's grid as the image's grid has it. */
interface Axis {
  /** Of the image's grid: voxels along it, and their distance in memory. */
  readonly count: number;
  readonly stride: number;
  /** From the network's voxels to the image's. */
  readonly table: AxisTable;
}

/** How far grids may be off, in voxels, and still have the same ones. */
const coincide = 1e-4;

export class LabelsOnGrid {
  readonly mask: Mask;
  /** Slices of the image's grid by the slice of the network's that they wait for. */
  private readonly due = new Map<number, number[]>();
  private before = new Float32Array();

  private constructor(
    grid: Grid,
    private readonly values: readonly number[],
    private readonly axes: readonly [Axis, Axis, Axis],
  ) {
    this.mask = { data: new Uint8Array(voxelCount(grid.size)), size: grid.size, affine: grid.affine };
    const { count, table } = axes[2];
    for (let z = 0; z < count; z++) {
      const last = table.indices[table.weights[2 * z + 1] > 0 ? 2 * z + 1 : 2 * z];
      this.due.set(last, [...(this.due.get(last) ?? []), z]);
    }
  }

  /**
   * Undefined where labels need no interpolation, since the grids have the same voxels, or cannot have it slice by slice,
   * since their axes are not parallel. `values` are the classes' labels, background first.
   */
  static between(network: Grid, grid: Grid, values: readonly number[]): LabelsOnGrid | undefined {
    const affine = multiplyAffine(invertAffine(network.affine), grid.affine);
    const alignment = alignmentOf(affine, grid.size);
    if (!alignment || hasSameVoxels(alignment, grid.size)) return undefined;
    const axis = (of: 0 | 1 | 2) => axisOf(of, network, grid, alignment);
    return new LabelsOnGrid(grid, values, [axis(0), axis(1), axis(2)]);
  }

  /** Takes the probabilities [classes, H, W] of slice k of the network's grid. Slices come in their order, all of them. */
  add(k: number, probabilities: Float32Array<ArrayBuffer>, [width, height]: Vec3): void {
    const [columns, rows, { table }] = this.axes;
    const classes = this.values.length;
    const wide = resampleAxis(probabilities, [width, height, classes], 0, columns.table);
    const plane = resampleAxis(wide, [columns.count, height, classes], 1, rows.table);
    for (const z of this.due.get(k) ?? []) {
      const [here, next] = [table.weights[2 * z], table.weights[2 * z + 1]];
      if (table.inside[z]) this.decide(z, next > 0 ? this.before : plane, here, plane, next);
    }
    this.before = plane;
  }

  /** Labels of slice z, from the planes around it; ties go to the lower class. */
  private decide(z: number, a: Float32Array, weightA: number, b: Float32Array, weightB: number): void {
    const [columns, rows, slices] = this.axes;
    const plane = columns.count * rows.count;
    for (let y = 0, at = 0; y < rows.count; y++) {
      for (let x = 0; x < columns.count; x++, at++) {
        if (!(columns.table.inside[x] & rows.table.inside[y])) continue;
        let best = 0;
        let most = -Infinity;
        for (let c = 0, n = at; c < this.values.length; c++, n += plane) {
          const probability = weightA * a[n] + weightB * b[n];
          if (probability > most) [best, most] = [c, probability];
        }
        this.mask.data[x * columns.stride + y * rows.stride + z * slices.stride] = this.values[best];
      }
    }
  }
}

function hasSameVoxels({ scale, offset }: Alignment, size: Vec3): boolean {
  return scale.every(
    (s, n) =>
      Math.abs(Math.abs(s) - 1) * size[n] < coincide &&
      Math.abs(offset[n] - Math.round(offset[n])) < coincide,
  );
}

function axisOf(of: 0 | 1 | 2, network: Grid, { size }: Grid, { axes, scale, offset }: Alignment): Axis {
  const n = axes.indexOf(of);
  return {
    count: size[n],
    stride: [1, size[0], size[0] * size[1]][n],
    table: axisTable(size[n], network.size[of], offset[n], scale[n], "linear"),
  };
}
