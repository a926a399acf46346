/** Edits of one mask: strokes that obey label locks, undo and redo that restore every voxel, and what to save of them. */
import type { Mask } from "../../src/volume/volume.js";
import { applyRuns, runsOf, type Run } from "./runs.js";

interface Edit {
  readonly undo: readonly Run[];
  readonly redo: readonly Run[];
}

export interface EditorOptions {
  /** Told every change in the order in which it must be saved. */
  readonly onChange: (changes: readonly Run[]) => void;
  /** Edits that can be undone; older ones are forgotten. */
  readonly depth?: number;
}

/** Which voxels a stroke may change besides the locks. */
export type Permission = (index: number) => boolean;

export class MaskEditor {
  private readonly done: Edit[] = [];
  private readonly undone: Edit[] = [];
  private readonly locked = new Set<number>();
  private stroke: Stroke | undefined;

  constructor(
    readonly mask: Mask,
    private readonly options: EditorOptions,
  ) {}

  get canUndo(): boolean {
    return this.done.length > 0 || (this.stroke?.isChanged ?? false);
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  isLocked(label: number): boolean {
    return this.locked.has(label);
  }

  /** A locked label is neither painted nor painted over. */
  lock(label: number, isLocked: boolean): void {
    if (isLocked) this.locked.add(label);
    else this.locked.delete(label);
  }

  /** Paints voxels into the stroke under way, which begins here if there is none. 0 erases. */
  paint(indices: readonly number[], value: number, may: Permission = () => true): void {
    if (this.locked.has(value)) return;
    this.stroke ??= new Stroke(this.mask.data);
    for (const index of indices)
      if (!this.locked.has(this.mask.data[index]) && may(index)) this.stroke.set(index, value);
  }

  /** Hands out what the stroke under way has changed so far, so that a closed tab loses at most a moment of it. */
  checkpoint(): void {
    const changes = this.stroke?.takeUnsaved() ?? [];
    if (changes.length > 0) this.options.onChange(changes);
  }

  /** Ends the stroke. One that changed nothing leaves no trace; any other can be undone as a whole. */
  finish(): void {
    this.checkpoint();
    const edit = this.stroke?.edit();
    this.stroke = undefined;
    if (!edit || edit.undo.length === 0) return;
    this.done.push(edit);
    if (this.done.length > (this.options.depth ?? 200)) this.done.shift();
    this.undone.length = 0;
  }

  undo(): void {
    this.finish();
    this.move(this.done, this.undone, "undo");
  }

  redo(): void {
    this.finish();
    this.move(this.undone, this.done, "redo");
  }

  private move(from: Edit[], to: Edit[], side: keyof Edit): void {
    const edit = from.pop();
    if (!edit) return;
    applyRuns(this.mask.data, edit[side]);
    to.push(edit);
    this.options.onChange(edit[side]);
  }
}

/** The voxels of a stroke with the values they had before it. */
class Stroke {
  private readonly before = new Map<number, number>();
  private readonly unsaved = new Set<number>();

  constructor(private readonly data: Uint8Array) {}

  get isChanged(): boolean {
    return this.before.size > 0;
  }

  set(index: number, value: number): void {
    const old = this.data[index];
    if (old === undefined || old === value) return;
    if (!this.before.has(index)) this.before.set(index, old);
    this.data[index] = value;
    this.unsaved.add(index);
  }

  takeUnsaved(): Run[] {
    const runs = runsOf([...this.unsaved], (index) => this.data[index]);
    this.unsaved.clear();
    return runs;
  }

  edit(): Edit {
    const changed = [...this.before.keys()].filter((index) => this.before.get(index) !== this.data[index]);
    const value = (index: number) => this.before.get(index) as number;
    return { undo: runsOf(changed, value), redo: runsOf(changed, (index) => this.data[index]) };
  }
}
