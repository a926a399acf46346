/** What a page leaves behind for the visit after it: strokes that are not yet saved, and the opening it ended with. */
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

/**
 * The opening that this tab's page has ended with. The request that closes it may be lost with the page, or arrive after the
 * next page has opened the mask; so the next one closes it first. Not kept for other tabs: theirs are open still.
 */
export class LeftOpening {
  private readonly key: string;

  constructor(user: string, caseName: string, reader: string) {
    this.key = `marrow-left ${user} ${caseName} ${reader}`;
  }

  leave(token: string): void {
    sessionStorage.setItem(this.key, token);
  }

  take(): string | undefined {
    const token = sessionStorage.getItem(this.key) ?? undefined;
    sessionStorage.removeItem(this.key);
    return token;
  }
}
