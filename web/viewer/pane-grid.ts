/** The pictures on the reading screen and how they share it. */
import { acquisitionAxis, type Axis } from "../core/plane.js";
import { fill, h } from "../ui/element.js";
import { Pane } from "./pane.js";
import type { Scene, SceneImage } from "./scene.js";

/**
 * The first sequence in its acquired plane and the two planes across it, and every other sequence in its own acquired
 * plane. All follow one place in the patient.
 */
export class PaneGrid {
  readonly element = h("div", { class: "panes" });
  /** First sequence, further sequences in their order, then the planes across the first; empty until they arrive. */
  private readonly slots: (Pane | undefined)[];
  private current: Pane | undefined;
  private isAlone = false;

  constructor(
    private readonly scene: Scene,
    /** Names of the sequences: each has its place from the beginning, so that nothing moves when one arrives. */
    private readonly sequences: readonly string[],
    /** Connects a new pane to pointer and keyboard. */
    private readonly connect: (pane: Pane) => void,
  ) {
    this.slots = new Array<Pane | undefined>(sequences.length + 2).fill(undefined);
  }

  get panes(): readonly Pane[] {
    return this.slots.filter((pane) => pane !== undefined);
  }

  /** The pane that was used last. */
  get active(): Pane {
    return this.current ?? this.panes[0];
  }

  activate(pane: Pane): void {
    if (pane === this.current) return;
    this.current = pane;
    this.arrange();
  }

  /** Adds the panes of a sequence that has arrived. */
  add(image: SceneImage): void {
    const acquired = acquisitionAxis(image.affine);
    const position = this.sequences.indexOf(image.name);
    this.place(image, acquired, position);
    const others = ([0, 1, 2] as const).filter((axis) => axis !== acquired);
    if (position === 0) others.forEach((axis, n) => this.place(image, axis, this.sequences.length + n));
    this.arrange();
  }

  private place(image: SceneImage, axis: Axis, slot: number): void {
    const pane = new Pane(this.scene, image, axis);
    this.slots[slot] = pane;
    this.connect(pane);
  }

  /** Shows the active pane alone, or all again. */
  maximise(): void {
    this.isAlone = !this.isAlone;
    this.arrange();
  }

  close(): void {
    for (const pane of this.panes) pane.close();
  }

  private arrange(): void {
    const shown = this.isAlone ? [this.active] : this.slots;
    this.element.dataset.count = String(shown.length);
    const isSame = shown.every(
      (pane, n) => this.element.children[n]?.firstElementChild === (pane?.canvas ?? null),
    );
    if (!isSame || shown.length !== this.element.children.length)
      fill(
        this.element,
        shown.map((pane) => h("div", { class: "pane" }, pane?.canvas)),
      );
    shown.forEach((pane, n) => {
      this.element.children[n].classList.toggle("active", pane === this.active);
      pane?.draw();
    });
  }
}
