/** What the reading screen shows: images, mask, place in the patient, overlay. Everything else draws from here. */
import type { Grid } from "../../src/volume/geometry.js";
import type { Mask, Vec3 } from "../../src/volume/volume.js";
import { paletteOf, type ColouredLabel } from "../core/colour.js";
import type { GreyWindow } from "../core/grey-window.js";
import type { Pane } from "./pane.js";
import type { Measurement } from "../core/measure.js";

export interface SceneImage extends Grid {
  readonly name: string;
  readonly data: ArrayLike<number>;
  /** As the server suggests. */
  readonly suggested: GreyWindow;
  /** Some of its intensities, ascending. */
  readonly sample: Float32Array;
  window: GreyWindow;
}

export type OverlayStyle = "filled" | "outline" | "hidden";

/** A mask that is shown but not drawn on: another reader's, or a comparison. */
export interface ShownMask {
  readonly mask: Mask;
  readonly labels: readonly ColouredLabel[];
}

export class Scene {
  images: readonly SceneImage[] = [];
  /** The mask that is drawn on. */
  mask: Mask | undefined;
  labels: readonly ColouredLabel[] = [];
  /** Shown in place of the mask while two masks are compared. */
  comparison: ShownMask | undefined;
  /** Place in the patient, LPS+ mm. */
  point: Vec3 = [0, 0, 0];
  overlay: OverlayStyle = "filled";
  opacity = 0.45;
  hasCrosshair = true;
  /** Drawn over every picture, e.g. the regions of a score. */
  decoration: ((context: CanvasRenderingContext2D, pane: Pane) => void) | undefined;
  hiddenLabels = new Set<number>();
  measurements: readonly Measurement[] = [];
  /** The measurement under way. */
  draft: Measurement | undefined;
  /** Where a model looked, 0…255, under the mask. */
  heat: Mask | undefined;
  heatOpacity = 0.6;
  /** Counts changes of what the masks hold or how they are coloured. */
  maskVersion = 0;
  private readonly listeners = new Set<() => void>();

  /** What is laid over the images now. */
  get shown(): ShownMask | undefined {
    if (this.comparison) return this.comparison;
    if (!this.mask) return undefined;
    return { mask: this.mask, labels: this.labels.filter(({ value }) => !this.hiddenLabels.has(value)) };
  }

  get palette(): Uint32Array {
    return paletteOf(this.shown?.labels ?? []);
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Says that something changed; `mask` where a mask or its colours did. */
  changed(what?: "mask"): void {
    if (what === "mask") this.maskVersion++;
    for (const listener of this.listeners) listener();
  }
}
