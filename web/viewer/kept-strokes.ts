/** Strokes that are not yet saved, kept by the browser until they are. */
import type { Stroke } from "../core/stroke-queue.js";

export interface KeptStrokes {
  readonly token: string;
  /** Version of the mask that the first of them was drawn on. */
  readonly version: number;
  readonly strokes: readonly Stroke[];
}

/** The place for the strokes of one account on one reader's mask. */
export class StrokeShelf {
  private readonly key: string;

  constructor(user: string, caseName: string, reader: string) {
    this.key = `marrow-strokes ${user} ${caseName} ${reader}`;
  }

  /** Replaces what is kept. False where the browser has no room: the strokes then live in the page alone. */
  keep(kept: KeptStrokes): boolean {
    try {
      if (kept.strokes.length === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  /** What an earlier visit left behind; undefined where nothing readable is. */
  take(): KeptStrokes | undefined {
    const text = localStorage.getItem(this.key);
    localStorage.removeItem(this.key);
    try {
      return text === null ? undefined : (JSON.parse(text) as KeptStrokes);
    } catch {
      return undefined;
    }
  }
}
