/**
 * Saving of strokes, one after the other. What is not yet acknowledged is also kept in the browser's own store, so that it
 * outlives a closed tab; a stroke sent twice has one effect, since the server knows it by its number.
 */
import type { Run } from "./runs.js";

export interface Stroke {
  /** Counts up from 1 within one opening of the case. */
  readonly sequence: number;
  readonly changes: readonly Run[];
}

export type SaveState = "saved" | "saving" | "offline" | "refused";

/** What the server said to a stroke it will never take, e.g. because the mask was changed elsewhere. */
export class StrokeRefused extends Error {
  constructor(readonly reason: unknown) {
    super("The server refused a stroke.");
  }
}

export interface QueueOptions {
  /** Resolves once the stroke is on the server's disk; throws StrokeRefused, or anything else to be tried again. */
  readonly send: (stroke: Stroke) => Promise<void>;
  /** Keeps what is not yet saved. */
  readonly keep: (waiting: readonly Stroke[]) => void;
  readonly onState: (state: SaveState, waiting: number, reason?: unknown) => void;
  readonly wait?: (ms: number) => Promise<void>;
}

const firstWaitMs = 500;
const longestWaitMs = 10_000;

export class StrokeQueue {
  private waiting: Stroke[] = [];
  private last = 0;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly options: QueueOptions) {}

  /** Queues changes and starts to send. */
  add(changes: readonly Run[]): void {
    if (this.isStopped) return;
    this.waiting.push({ sequence: ++this.last, changes });
    this.options.keep(this.waiting);
    this.running ??= this.sendAll().finally(() => (this.running = undefined));
  }

  get pending(): number {
    return this.waiting.length;
  }

  /** Resolves when everything queued is saved, or when the server has refused. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Sends nothing more; what waits stays in the store. */
  stop(): void {
    this.isStopped = true;
  }

  private async sendAll(): Promise<void> {
    let pause = firstWaitMs;
    this.options.onState("saving", this.waiting.length);
    while (this.waiting.length > 0 && !this.isStopped) {
      const outcome = await this.sendFirst(this.waiting[0]);
      if (outcome === "refused") return;
      if (outcome === "saved") pause = firstWaitMs;
      else {
        await (this.options.wait ?? delay)(pause);
        pause = Math.min(longestWaitMs, pause * 2);
      }
    }
    if (!this.isStopped) this.options.onState("saved", 0);
  }

  private async sendFirst(stroke: Stroke): Promise<SaveState> {
    try {
      await this.options.send(stroke);
      this.waiting.shift();
      this.options.keep(this.waiting);
      return "saved";
    } catch (error) {
      if (error instanceof StrokeRefused) return this.refuse(error);
      this.options.onState("offline", this.waiting.length, error);
      return "offline";
    }
  }

  private refuse(error: StrokeRefused): SaveState {
    this.stop();
    this.options.onState("refused", this.waiting.length, error.reason);
    return "refused";
  }
}

const delay = (ms: number) => new Promise<void>((resume) => setTimeout(resume, ms));
