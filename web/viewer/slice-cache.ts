/** Pictures of slices, one pixel a voxel, made again only when something they depend on has changed. */
import type { Mask } from "../../src/volume/volume.js";
import type { GreyWindow } from "../core/grey-window.js";
import { outlines, type Segments } from "../core/outline.js";
import type { ViewPlane } from "../core/plane.js";
import { greyPixels, labelPixels, sliceLabels, sliceLayout } from "../core/slice-pixels.js";
import type { SceneImage } from "./scene.js";

/** A canvas with as many pixels as the slice has voxels. */
class SlicePicture {
  readonly canvas = document.createElement("canvas");
  private readonly context = this.canvas.getContext("2d");
  private key = "";

  /** Draws the slice unless the canvas shows it already. */
  draw(key: string, width: number, height: number, write: (pixels: Uint32Array) => void): HTMLCanvasElement {
    if (key === this.key) return this.canvas;
    this.key = key;
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const image = new ImageData(width, height);
    write(new Uint32Array(image.data.buffer));
    this.context?.putImageData(image, 0, 0);
    return this.canvas;
  }
}

export class SliceCache {
  private readonly grey = new SlicePicture();
  private readonly colour = new SlicePicture();
  private labelsKey = "";
  private labels = new Uint8Array(0);
  private outlinesKey = "";
  private edges = new Map<number, Segments>();

  greySlice(image: SceneImage, plane: ViewPlane, slice: number, window: GreyWindow): HTMLCanvasElement {
    const layout = sliceLayout(image.size, plane, slice);
    const key = `${image.name} ${plane.through} ${slice} ${window.centre} ${window.width}`;
    return this.grey.draw(key, layout.width, layout.height, (pixels) =>
      greyPixels(image.data, layout, window, pixels),
    );
  }

  labelSlice(
    mask: Mask,
    image: SceneImage,
    plane: ViewPlane,
    slice: number,
    palette: Uint32Array,
    version: number,
  ): HTMLCanvasElement {
    const labels = this.labelsOf(mask, image, plane, slice, version);
    const { width, height } = sliceLayout(image.size, plane, slice);
    return this.colour.draw(this.labelsKey, width, height, (pixels) => labelPixels(labels, palette, pixels));
  }

  outlinesOf(mask: Mask, image: SceneImage, plane: ViewPlane, slice: number, version: number) {
    const labels = this.labelsOf(mask, image, plane, slice, version);
    if (this.outlinesKey !== this.labelsKey) {
      this.outlinesKey = this.labelsKey;
      this.edges = outlines(labels, image.size[plane.across], image.size[plane.down]);
    }
    return this.edges;
  }

  private labelsOf(mask: Mask, image: SceneImage, plane: ViewPlane, slice: number, version: number) {
    const key = `${image.name} ${plane.through} ${slice} ${version}`;
    if (key !== this.labelsKey) this.labels = sliceLabels(mask, image, plane, slice);
    this.labelsKey = key;
    return this.labels;
  }
}
