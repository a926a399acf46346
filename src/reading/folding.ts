/** When strokes are folded into files: a moment after the last stroke, or soon while someone goes on drawing. */
import type { MaskKey, ReaderMasks } from "./reader-masks.js";

export interface FoldingTimes {
  /** After the last stroke, ms. */
  readonly quiet: number;
  /** After the first stroke that is not in the file, ms. */
  readonly latest: number;
}

export class Folding {
  private readonly waiting = new Map<string, { timer: NodeJS.Timeout; since: number }>();

  constructor(
    private readonly masks: ReaderMasks,
    private readonly onError: (error: unknown, key: MaskKey) => void,
    private readonly times: FoldingTimes = { quiet: 1500, latest: 10_000 },
  ) {}

  /** To be told after every stroke. */
  note(key: MaskKey): void {
    const name = `${key.case} ${key.reader}`;
    const known = this.waiting.get(name);
    clearTimeout(known?.timer);
    const since = known?.since ?? performance.now();
    const left = this.times.latest - (performance.now() - since);
    const timer = setTimeout(() => this.now(key), Math.max(0, Math.min(this.times.quiet, left)));
    timer.unref();
    this.waiting.set(name, { timer, since });
  }

  private now(key: MaskKey): void {
    this.waiting.delete(`${key.case} ${key.reader}`);
    this.masks.fold(key).catch((error: unknown) => this.onError(error, key));
  }

  /** Folds everything and stops. */
  async stop(): Promise<void> {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
    await this.masks.foldAll(this.onError);
    await this.masks.settled();
  }
}
