/** Drawing on the mask: which label, how large a brush, and what each way of drawing does. */
import type { Vec3 } from "../../src/volume/volume.js";
import { sweptVoxels } from "../core/brush.js";
import { interpolatedVoxels } from "../core/interpolate-slices.js";
import { islandVoxels } from "../core/islands.js";
import { positionOf } from "../core/linked.js";
import type { MaskEditor } from "../core/mask-editor.js";
import type { Axis, ViewPlane } from "../core/plane.js";
import { acquisitionAxis } from "../core/plane.js";
import { filledVoxels, type PlanePoint } from "../core/polygon.js";
import { grownVoxels } from "../core/region-grow.js";
import type { Pane } from "./pane.js";
import type { Scene } from "./scene.js";

export interface BrushSettings {
  radiusMm: number;
  shape: "round" | "ball";
  /** Intensities that the threshold brush paints, as shares of the image's range of intensities. */
  low: number;
  high: number;
  /** Region growing: how far the intensity may differ from the seed's, as a share of the range; how far it reaches. */
  tolerance: number;
  reachMm: number;
  isGrowFlat: boolean;
  /** Pieces below this volume are islands. */
  islandMm3: number;
}

const smallestBrushMm = 0.5;
const largestBrushMm = 40;

export class Drawing {
  label = 1;
  readonly brush: BrushSettings = {
    radiusMm: 4,
    shape: "round",
    low: 0.6,
    high: 1,
    tolerance: 0.1,
    reachMm: 25,
    isGrowFlat: true,
    islandMm3: 30,
  };

  constructor(
    readonly scene: Scene,
    readonly editor: MaskEditor,
  ) {}

  resizeBrush(factor: number): void {
    const radius = Math.round(this.brush.radiusMm * factor * 10) / 10;
    this.brush.radiusMm = Math.min(largestBrushMm, Math.max(smallestBrushMm, radius));
    this.scene.changed();
  }

  /** Paints along a line between two points of the patient. `isLimited`: only intensities of the threshold brush. */
  sweep(pane: Pane, from: Vec3, to: Vec3, value: number, isLimited = false): void {
    const { mask } = this.editor;
    const [start, end] = [positionOf(mask, from), positionOf(mask, to)];
    const axis = sliceAxis(pane, this);
    const index = Math.round(end[axis]);
    const slice = this.brush.shape === "round" ? { slice: { axis, index } } : {};
    const indices = sweptVoxels(mask, { from: start, to: end, radiusMm: this.brush.radiusMm, ...slice });
    this.editor.paint(indices, value, isLimited ? this.isWanted() : undefined);
    this.scene.changed("mask");
  }

  /** Fills a contour drawn in a slice of the mask's own grid. */
  fill(plane: ViewPlane, slice: number, contour: readonly PlanePoint[], value: number): void {
    this.edit(filledVoxels(this.editor.mask.size, plane, slice, contour), value);
  }

  /** Grows from a point: joined voxels that look like it. Answers how many. */
  grow(pane: Pane, point: Vec3, value: number): number {
    const { mask } = this.editor;
    const seed = positionOf(mask, point).map(Math.round) as unknown as Vec3;
    if (seed.some((x, axis) => x < 0 || x >= mask.size[axis])) return 0;
    const { data, sample } = this.ownImage;
    const centre = data[seed[0] + mask.size[0] * (seed[1] + mask.size[1] * seed[2])];
    const tolerance = this.brush.tolerance * rangeOf(sample);
    const flat = this.brush.isGrowFlat ? { axis: sliceAxis(pane, this) } : {};
    const limits = { low: centre - tolerance, high: centre + tolerance, maxMm: this.brush.reachMm, ...flat };
    return this.edit(grownVoxels(mask, data, seed, limits), value);
  }

  /** Fills the slices between drawn ones with the active label. Answers how many voxels. */
  interpolate(): number {
    const { mask } = this.editor;
    const indices = interpolatedVoxels(mask, this.label, acquisitionAxis(mask.affine));
    return this.edit(
      indices.filter((index) => mask.data[index] === 0),
      this.label,
    );
  }

  /** Erases small pieces of the active label. Answers how many voxels. */
  removeIslands(): number {
    if (this.editor.isLocked(this.label)) return 0;
    return this.edit(islandVoxels(this.editor.mask, this.label, this.brush.islandMm3), 0);
  }

  undo(): void {
    this.editor.undo();
    this.scene.changed("mask");
  }

  redo(): void {
    this.editor.redo();
    this.scene.changed("mask");
  }

  /** Ends a stroke: from now on it can be undone as a whole. */
  finish(): void {
    this.editor.finish();
    this.scene.changed("mask");
  }

  /** Whether a pane shows the grid that is drawn on: its slices are slices of the mask. */
  isOnMaskGrid(pane: Pane): boolean {
    return pane.image === this.ownImage;
  }

  /** The image whose grid the mask lies on. */
  get ownImage() {
    return this.scene.images[0];
  }

  private edit(indices: readonly number[], value: number): number {
    this.editor.paint(indices, value);
    this.finish();
    return indices.length;
  }

  /** Which voxels the threshold brush may paint. */
  private isWanted(): (index: number) => boolean {
    const { data } = this.ownImage;
    const [low, high] = this.thresholds;
    return (index) => data[index] >= low && data[index] <= high;
  }

  /** Limits of the threshold brush as intensities. */
  get thresholds(): readonly [number, number] {
    const { sample } = this.ownImage;
    const bottom = sample[0] ?? 0;
    const range = rangeOf(sample);
    const { low, high } = this.brush;
    return [bottom + low * range, high >= 1 ? Infinity : bottom + high * range];
  }
}

/** From the darkest to nearly the brightest intensity; the last half percent are often vessels or artefacts. */
const rangeOf = (sample: Float32Array) =>
  (sample[Math.floor((sample.length - 1) * 0.995)] ?? 1) - (sample[0] ?? 0);

/** Axis of the mask along which this pane counts slices, or the acquisition axis where it shows another grid. */
function sliceAxis(pane: Pane, drawing: Drawing): Axis {
  return drawing.isOnMaskGrid(pane) ? pane.plane.through : acquisitionAxis(drawing.editor.mask.affine);
}
