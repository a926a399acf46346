/**
 * The clock of reader studies. It never goes back: a system clock that jumps backwards stands still here until it has caught
 * up, also after a restart, so that a wash-out that was begun can only grow longer, and no reading ends before it begins.
 */
import type { Store } from "../database.js";

const dayMs = 24 * 3_600_000;

export class SteadyClock {
  constructor(
    private readonly store: Store,
    private readonly system: () => Date,
  ) {}

  /** Latest time ever seen, ms since 1970. */
  now(): number {
    const seen = this.store.get<{ time: number }>("SELECT time FROM reader_study_clock")?.time ?? 0;
    const time = Math.max(seen, this.system().getTime());
    if (time > seen)
      this.store.transaction(() => {
        this.store.run("DELETE FROM reader_study_clock");
        this.store.run("INSERT INTO reader_study_clock (time) VALUES (?)", time);
      });
    return time;
  }
}

/** When a wash-out that began at `since` ends. */
export const afterDays = (since: number, days: number) => since + days * dayMs;

export const iso = (time: number) => new Date(time).toISOString();
