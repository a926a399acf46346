/** The canvas with its sliders: one slice of an image with the mask over it. */
import { percentiles } from "../src/volume/intensity.js";
import { spacingOf, type Mask, type Volume } from "../src/volume/volume.js";
import { element } from "./element.js";
import { screenAxes } from "./screen-axes.js";
import { slicePicture } from "./slice-picture.js";

/** Longest side of the picture, in pixels of the screen. */
const longest = 640;

export class Viewer {
  private image: Volume | undefined;
  private mask: Mask | undefined;
  private range: readonly [number, number] = [0, 1];
  private readonly canvas = element("canvas", HTMLCanvasElement);
  private readonly sliders = ["slice", "level", "width", "opacity"].map((id) =>
    element(id, HTMLInputElement),
  );

  constructor() {
    for (const slider of this.sliders) slider.addEventListener("input", () => this.draw());
    this.canvas.addEventListener("wheel", (event) => this.scroll(event), { passive: false });
  }

  /** Shows an image from its middle slice, in a window from its 1st to its 99.5th percentile. */
  show(image: Volume, mask?: Mask): void {
    const [slice] = this.sliders;
    if (image !== this.image) {
      [this.image, this.range] = [image, percentiles(image.data, [1, 99.5]) as [number, number]];
      slice.max = String(image.size[2] - 1);
      slice.value = String(Math.floor(image.size[2] / 2));
    }
    this.mask = mask;
    this.draw();
  }

  private scroll(event: WheelEvent): void {
    event.preventDefault();
    const [slice] = this.sliders;
    slice.valueAsNumber += Math.sign(event.deltaY);
    this.draw();
  }

  private draw(): void {
    if (!this.image) return;
    const [k, level, width, opacity] = this.sliders.map(({ valueAsNumber }) => valueAsNumber);
    const [low, high] = this.range;
    const middle = low + (1 - level) * (high - low);
    const half = (width * (high - low)) / 2;
    const axes = screenAxes(this.image.affine);
    const view = { k, black: middle - half, white: middle + half, opacity };
    const { width: columns, height: rows, pixels } = slicePicture(this.image, this.mask, axes, view);
    [this.canvas.width, this.canvas.height] = [columns, rows];
    this.canvas.getContext("2d")?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
    this.size(columns, rows, axes.transposed);
    for (const [edge, letter] of Object.entries(axes.edges))
      element(`edge-${edge}`, HTMLSpanElement).textContent = letter;
    element("slice-out", HTMLOutputElement).value = `${k + 1} of ${this.image.size[2]}`;
  }

  /** Pixels have the voxels' shape. */
  private size(columns: number, rows: number, transposed: boolean): void {
    const [a, b] = spacingOf(this.image?.affine ?? []);
    const [x, y] = transposed ? [b, a] : [a, b];
    const scale = longest / Math.max(columns * x, rows * y);
    this.canvas.style.width = `${columns * x * scale}px`;
    this.canvas.style.aspectRatio = `${columns * x} / ${rows * y}`;
  }
}
