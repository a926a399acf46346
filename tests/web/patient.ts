/**
 * Where things lie, worked out without the page's own code: from a pixel of a pane to a point of the patient by the rules of
 * hanging, and the voxels near a point by going through all of them.
 */
import type { Page } from "playwright-core";
import { transformPoint } from "../../src/volume/geometry.js";
import type { Vec3, Volume } from "../../src/volume/volume.js";

/** How the acquired plane of a test volume must hang. */
export interface Hanging {
  readonly volume: Volume;
  /** Unit vectors in the patient towards the right and the bottom of the screen. */
  readonly right: Vec3;
  readonly below: Vec3;
  /** Millimetres that the whole slice covers to the right and downwards. */
  readonly extent: readonly [number, number];
  /** Voxel axis through the slices. */
  readonly axis: 0 | 1 | 2;
}

const dot = (a: Vec3, b: Vec3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** The pane that hangs like this, on the screen. */
export class PaneOnScreen {
  private constructor(
    private readonly hanging: Hanging,
    readonly box: { x: number; y: number; width: number; height: number },
    readonly slice: number,
  ) {}

  static async of(page: Page, hanging: Hanging, slice: number, name: string): Promise<PaneOnScreen> {
    const canvas = page.getByRole("img", { name });
    const box = await canvas.boundingBox();
    if (!box) throw new Error(`no pane ${name}`);
    return new PaneOnScreen(hanging, box, slice);
  }

  private get scale(): number {
    const { width, height } = this.box;
    return Math.min(width / this.hanging.extent[0], height / this.hanging.extent[1]);
  }

  /** The middle of the slice in the patient. */
  private get middle(): Vec3 {
    const { size, affine } = this.hanging.volume;
    const position = size.map((n, axis) => (axis === this.hanging.axis ? this.slice : (n - 1) / 2));
    return transformPoint(affine, position as unknown as Vec3);
  }

  pointAt([x, y]: readonly [number, number]): Vec3 {
    const { right, below } = this.hanging;
    const across = (x - this.box.x - this.box.width / 2) / this.scale;
    const down = (y - this.box.y - this.box.height / 2) / this.scale;
    return this.middle.map((m, n) => m + across * right[n] + down * below[n]) as unknown as Vec3;
  }

  /** Whole pixels of the page that show a point. */
  pixelOf(point: Vec3): [number, number] {
    const offset = point.map((x, n) => x - this.middle[n]) as unknown as Vec3;
    const { right, below } = this.hanging;
    return [
      Math.round(this.box.x + this.box.width / 2 + this.scale * dot(offset, right)),
      Math.round(this.box.y + this.box.height / 2 + this.scale * dot(offset, below)),
    ];
  }

  /** Voxels of this slice no further than `radiusMm` from the line between two points. */
  voxelsNear(from: Vec3, to: Vec3, radiusMm: number): number[] {
    const { size, affine } = this.hanging.volume;
    const found: number[] = [];
    for (let n = 0; n < size[0] * size[1] * size[2]; n++) {
      const voxel = [
        n % size[0],
        Math.floor(n / size[0]) % size[1],
        Math.floor(n / (size[0] * size[1])),
      ] as const;
      if (voxel[this.hanging.axis] !== this.slice) continue;
      if (distanceToLine(transformPoint(affine, voxel), from, to) <= radiusMm) found.push(n);
    }
    return found;
  }
}

function distanceToLine(p: Vec3, a: Vec3, b: Vec3): number {
  const ab = b.map((x, n) => x - a[n]) as unknown as Vec3;
  const ap = p.map((x, n) => x - a[n]) as unknown as Vec3;
  const length = dot(ab, ab);
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, dot(ap, ab) / length));
  return Math.hypot(ap[0] - t * ab[0], ap[1] - t * ab[1], ap[2] - t * ab[2]);
}
