/** One picture on the reading screen: an image cut along one plane, with zoom and pan of its own. */
import { transformPoint } from "../../src/volume/geometry.js";
import type { Vec3 } from "../../src/volume/volume.js";
import { nearestSlice, pointInSlice, positionOf } from "../core/linked.js";
import { planeSteps, planeThrough, type Axis, type ViewPlane } from "../core/plane.js";
import type { PlanePoint } from "../core/polygon.js";
import {
  fromScreen,
  panBy,
  screenMap,
  toScreen,
  wholePlane,
  zoomAt,
  type Camera,
  type ScreenMap,
} from "../core/screen-map.js";
import { h } from "../ui/element.js";
import { drawPane } from "./pane-picture.js";
import type { Scene, SceneImage } from "./scene.js";
import { SliceCache } from "./slice-cache.js";

export type PaneOverlay = (context: CanvasRenderingContext2D, pane: Pane) => void;

export class Pane {
  readonly canvas = h("canvas", { tabindex: 0, class: "pane-canvas" });
  readonly plane: ViewPlane;
  readonly cache = new SliceCache();
  readonly heatCache = new SliceCache();
  camera: Camera = wholePlane;
  /** Drawn on top of everything: cursor of the brush, contour under way. */
  overlay: PaneOverlay | undefined;
  private isQueued = false;
  private readonly resizing = new ResizeObserver(() => this.draw());

  constructor(
    readonly scene: Scene,
    readonly image: SceneImage,
    axis: Axis,
  ) {
    this.plane = planeThrough(image.affine, axis);
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `${image.name}, ${this.plane.name} plane`);
    this.resizing.observe(this.canvas);
    scene.onChange(() => this.draw());
  }

  /** The slice that shows the scene's place. */
  get slice(): number {
    return nearestSlice(this.image, this.plane, this.scene.point);
  }

  get sliceCount(): number {
    return this.image.size[this.plane.through];
  }

  /** Goes some slices on; the place in the plane stays. */
  step(slices: number): void {
    const slice = Math.min(this.sliceCount - 1, Math.max(0, this.slice + slices));
    this.scene.point = pointInSlice(this.image, this.plane, this.scene.point, slice);
    this.scene.changed();
  }

  /** Size on the page in CSS pixels. */
  get size(): readonly [number, number] {
    const { width, height } = this.canvas.getBoundingClientRect();
    return [Math.max(1, width), Math.max(1, height)];
  }

  /** From voxels of the plane to CSS pixels of the canvas. */
  get map(): ScreenMap {
    const { across, down } = this.plane;
    const count = [this.image.size[across], this.image.size[down]] as const;
    return screenMap(planeSteps(this.image.affine, this.plane), count, this.size, this.camera);
  }

  /** Voxel position under a pixel of the canvas, in the slice that is shown. */
  positionAt(pixel: readonly [number, number]): Vec3 {
    return this.positionIn(fromScreen(this.map, pixel));
  }

  positionIn([p, q]: PlanePoint): Vec3 {
    const position = [0, 0, 0];
    position[this.plane.across] = p;
    position[this.plane.down] = q;
    position[this.plane.through] = this.slice;
    return position as unknown as Vec3;
  }

  pointAt(pixel: readonly [number, number]): Vec3 {
    return transformPoint(this.image.affine, this.positionAt(pixel));
  }

  /** Where a point of the patient lies on the canvas, looking through all slices. */
  pixelOf(point: Vec3): readonly [number, number] {
    const position = positionOf(this.image, point);
    return toScreen(this.map, [position[this.plane.across], position[this.plane.down]]);
  }

  zoom(factor: number, at: readonly [number, number] = [this.size[0] / 2, this.size[1] / 2]): void {
    this.camera = zoomAt(this.camera, factor, at, this.size);
    this.draw();
  }

  pan(by: readonly [number, number]): void {
    this.camera = panBy(this.camera, by);
    this.draw();
  }

  fit(): void {
    this.camera = wholePlane;
    this.draw();
  }

  /** Draws with the next frame, once however often it is asked. */
  draw(): void {
    if (this.isQueued) return;
    this.isQueued = true;
    requestAnimationFrame(() => {
      this.isQueued = false;
      if (this.canvas.isConnected) drawPane(this);
    });
  }

  close(): void {
    this.resizing.disconnect();
  }
}
