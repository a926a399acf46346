/** The embedded queue: tasks wait in the database and are run by the server itself, one after the other. */
import { asMarrowError } from "../base/errors.js";
import { waitUntilGone } from "./child.js";
import type { Ending, OpenTask, Task, Tidings, TurnOf, WorkQueue, Workplace } from "./queue.js";
import { graceMs, runTask } from "./run-task.js";

export class EmbeddedQueue implements WorkQueue {
  private readonly waiting: Task[] = [];
  private running: { readonly task: Task; readonly stop: AbortController } | undefined;
  private tidings: Tidings | undefined;
  private loop: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(private readonly place: Workplace) {}

  /** Processes of a killed server end by themselves; nothing is begun again before they have. */
  async start(tidings: Tidings, open: () => readonly OpenTask[]): Promise<void> {
    this.tidings = tidings;
    const left = open();
    for (const { pid } of left) if (pid !== null) await waitUntilGone(pid, graceMs);
    for (const { task, pid } of left)
      if (pid === null) await this.offer(task);
      else await tidings.ended(task, { kind: "stopped" });
  }

  offer(task: Task): Promise<void> {
    if (!this.isClosed && !this.has(task)) {
      this.waiting.push(task);
      this.loop = this.loop.then(() => this.runNext());
    }
    return Promise.resolve();
  }

  withdraw(turn: TurnOf): Promise<void> {
    const index = this.waiting.findIndex((task) => isSame(task, turn));
    if (index >= 0) this.waiting.splice(index, 1);
    if (this.running && isSame(this.running.task, turn)) this.running.stop.abort();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.waiting.length = 0;
    this.running?.stop.abort();
    await this.loop;
  }

  private has(task: Task): boolean {
    const running = this.running !== undefined && isSame(this.running.task, task);
    return running || this.waiting.some((other) => isSame(other, task));
  }

  private async runNext(): Promise<void> {
    const task = this.waiting.shift();
    if (!task || this.isClosed) return;
    const stop = new AbortController();
    this.running = { task, stop };
    const ending = await this.run(task, stop.signal);
    this.running = undefined;
    await this.tidings
      ?.ended(task, ending)
      .catch((error: unknown) => this.place.log(`task ${task.id}: ${asMarrowError(error).message}`));
  }

  private run(task: Task, signal: AbortSignal): Promise<Ending> {
    return runTask(task, this.place, signal, {
      onStart: (pid) => this.tidings?.began(task, pid),
      onLook: (advance) => this.tidings?.advanced(task, advance),
    });
  }
}

const isSame = (a: TurnOf, b: TurnOf) => a.id === b.id && a.turn === b.turn;
