/**
 * How long pictures of a reading were looked at. The page tells when they are shown and when not (pause, hidden tab); the
 * server measures the time between with a clock that is never set, so that neither page nor system clock can bend it. The
 * page beats while it is shown: of a longer silence only so much counts, and it is noted.
 */
import type { ClockEvent } from "../contract/index.js";
import type { Store } from "../database.js";

/** The page beats every five seconds; after a longer silence it was not there. */
export const longestSilenceMs = 15_000;
/** Strokes on their way while the clock is stopped. */
const lateStrokeMs = 5_000;

interface Running {
  /** Time up to which was counted. */
  counted: number;
  isShown: boolean;
}

/** What stands in the database after an event. */
const counters: Readonly<Record<ClockEvent, "pauses" | "hides" | undefined>> = {
  show: undefined,
  beat: undefined,
  hide: "hides",
  pause: "pauses",
};

export class ReadingTime {
  private readonly running = new Map<string, Running>();

  constructor(
    private readonly store: Store,
    /** Milliseconds of a clock that is never set. */
    private readonly monotonic: () => number,
  ) {}

  /** Counts up to now, then goes on, or stands still. Answers milliseconds counted so far. */
  note(reading: string, event: ClockEvent, pageMs: number): number {
    const wasShown = this.count(reading);
    const counter = wasShown ? counters[event] : undefined;
    if (counter) this.store.run(`UPDATE readings SET ${counter} = ${counter} + 1 WHERE id = ?`, reading);
    this.store.run("UPDATE readings SET page_ms = max(page_ms, ?) WHERE id = ?", pageMs, reading);
    this.running.set(reading, { counted: this.monotonic(), isShown: event === "show" || event === "beat" });
    return this.milliseconds(reading);
  }

  /** A stroke while nothing is shown is noted: somebody draws beside the clock. */
  noteStroke(reading: string): void {
    const state = this.running.get(reading);
    const isLate = state !== undefined && this.monotonic() - state.counted < lateStrokeMs;
    if (state?.isShown === true || isLate) return;
    this.store.run("UPDATE readings SET strays = strays + 1 WHERE id = ?", reading);
  }

  /** Counts up to now and stops. */
  stop(reading: string, pageMs: number): number {
    this.count(reading);
    this.running.delete(reading);
    this.store.run("UPDATE readings SET page_ms = max(page_ms, ?) WHERE id = ?", pageMs, reading);
    return this.milliseconds(reading);
  }

  milliseconds(reading: string): number {
    return this.store.get<{ ms: number }>("SELECT ms FROM readings WHERE id = ?", reading)?.ms ?? 0;
  }

  /** Adds the time since the last event where pictures were shown; says whether they were. */
  private count(reading: string): boolean {
    const state = this.running.get(reading);
    if (state?.isShown !== true) return false;
    const passed = Math.max(0, this.monotonic() - state.counted);
    this.store.run(
      "UPDATE readings SET ms = ms + ?, silences = silences + ? WHERE id = ?",
      ...[Math.round(Math.min(passed, longestSilenceMs)), Number(passed > longestSilenceMs), reading],
    );
    return true;
  }
}

/** What was noted of a reading's time. */
export interface TimeNotes {
  readonly ms: number;
  readonly page_ms: number;
  readonly strays: number;
  readonly silences: number;
}

/**
 * Page and server may differ by what requests take. Beyond that a time is doubtful; so is one of less than a second, one with
 * silences, and one with strokes while the clock stood.
 */
export function isDoubtful({ ms, page_ms, strays, silences }: TimeNotes): boolean {
  return ms < 1000 || strays > 0 || silences > 0 || Math.abs(ms - page_ms) > Math.max(3000, 0.1 * ms);
}
