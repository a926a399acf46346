/** The time that pictures of a reading are looked at: told to the server as it begins and ends, and counted here as well. */
import type { ClockEvent } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { notifyProblem } from "../ui/notice.js";

const beatMs = 5000;

export class ReadingClock {
  private shownSince: number | undefined;
  private counted: number;
  private sent: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private readonly timer = setInterval(() => this.isRunning && this.tell("beat"), beatMs);

  constructor(
    private readonly reading: string,
    seconds: number,
  ) {
    this.counted = Math.round(seconds * 1000);
    document.addEventListener("visibilitychange", this.onVisibility);
    window.addEventListener("pagehide", this.onLeave);
  }

  get isRunning(): boolean {
    return this.shownSince !== undefined;
  }

  /** True while the reader has paused; the tab may come and go then. */
  isPaused = false;

  get ms(): number {
    return Math.round(
      this.counted + (this.shownSince === undefined ? 0 : performance.now() - this.shownSince),
    );
  }

  start(): void {
    this.isPaused = false;
    if (this.isRunning || document.hidden) return;
    this.shownSince = performance.now();
    this.tell("show");
  }

  pause(): void {
    this.isPaused = true;
    this.halt("pause");
  }

  /** Ends for good; answers what was counted. */
  stop(): number {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.onVisibility);
    window.removeEventListener("pagehide", this.onLeave);
    const { ms } = this;
    this.counted = ms;
    this.shownSince = undefined;
    return ms;
  }

  /** Stops, and tells the server: the reader goes elsewhere. */
  leave(): void {
    this.halt("hide");
    this.stop();
  }

  private readonly onVisibility = () => {
    if (document.hidden) this.halt("hide");
    else if (!this.isPaused) this.start();
  };
  private readonly onLeave = () => {
    const isTold = !this.isRunning && this.waiting === 0;
    this.counted = this.ms;
    this.shownSince = undefined;
    // Nothing that waits for its turn is sent any more: this is the last word, and may outlive the page.
    if (!isTold) void this.send("hide").catch(() => undefined);
  };

  private halt(event: ClockEvent): void {
    if (!this.isRunning) return;
    this.counted = this.ms;
    this.shownSince = undefined;
    this.tell(event);
  }

  /** One after the other, so that no event overtakes another. */
  private tell(event: ClockEvent): void {
    this.waiting++;
    this.sent = this.sent
      .then(() => this.send(event))
      .catch(notifyProblem)
      .finally(() => this.waiting--);
  }

  private send(event: ClockEvent): Promise<unknown> {
    const body = { event, pageMs: this.ms };
    return call("readingClock", { at: { id: this.reading }, body, keepalive: event === "hide" });
  }
}
