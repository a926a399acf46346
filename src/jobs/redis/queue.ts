/**
 * The server's end of a queue in Redis (BullMQ). Redis hands tasks out and carries word of them; what counts is the server's
 * database. Every so often, and at the start, the two are compared: a task that Redis has lost is offered again, an ending
 * that nobody heard of is taken over.
 */
import { Queue, QueueEvents, type Job as Entry } from "bullmq";
import { asMarrowError } from "../../base/errors.js";
import type { Advance, Ending, OpenTask, Task, Tidings, TurnOf, WorkQueue, Workplace } from "../queue.js";
import { announceVersion, prefix, queueNameOf, requireReachable } from "./connection.js";

/** What an entry in Redis holds. */
export interface EntryData extends Task {
  /** The server wants it no more; whoever runs it stops. */
  readonly withdrawn?: boolean;
}

const compareMs = 15_000;
/** Endings stay a week, for a server that is away. */
const keep = { age: 7 * 86_400 };

export class RedisQueue implements WorkQueue {
  private tidings: Tidings | undefined;
  private timer: NodeJS.Timeout | undefined;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly queue: Queue<EntryData, Ending>,
    private readonly events: QueueEvents,
    private readonly place: Workplace,
  ) {}

  /** Throws QUEUE_UNREACHABLE. */
  static async open(address: string, place: Workplace): Promise<RedisQueue> {
    await requireReachable(address);
    const options = { connection: { url: address }, prefix };
    const name = await queueNameOf(place.dir);
    await announceVersion(place.dir, place.version);
    const queue = new Queue<EntryData, Ending>(name, options);
    const events = new QueueEvents(name, options);
    const complain = (error: Error) => place.log(`queue: ${error.message}`);
    queue.on("error", complain);
    events.on("error", complain);
    await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
    return new RedisQueue(queue, events, place);
  }

  async start(tidings: Tidings, open: () => readonly OpenTask[]): Promise<void> {
    this.tidings = tidings;
    this.events.on("active", ({ jobId }) => tidings.began(turnOf(jobId)));
    this.events.on("progress", ({ jobId, data }) =>
      tidings.advanced(turnOf(jobId), data as unknown as Advance),
    );
    this.events.on("stalled", ({ jobId }) => tidings.waits(turnOf(jobId)));
    this.events.on("waiting", ({ jobId, prev }) => {
      if (prev === "active") tidings.waits(turnOf(jobId));
    });
    this.events.on("completed", ({ jobId }) => void this.takeOver(jobId));
    this.events.on("failed", ({ jobId }) => void this.takeOver(jobId));
    await this.compare(open);
    this.timer = setInterval(() => void this.compare(open), compareMs);
    this.timer.unref();
  }

  offer(task: Task): Promise<void> {
    return this.inTurn(() => this.add(task));
  }

  withdraw(turn: TurnOf): Promise<void> {
    return this.inTurn(async () => {
      const entry = await this.queue.getJob(nameOf(turn));
      // What a worker has cannot be removed; it looks for this mark.
      await entry?.remove().catch(() => entry.updateData({ ...entry.data, withdrawn: true }));
    });
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.events.close();
    await this.last;
    await this.queue.close();
  }

  private async add(task: Task): Promise<void> {
    const options = { jobId: nameOf(task), removeOnComplete: keep, removeOnFail: keep };
    await this.queue.add(task.part, task, options);
  }

  private async compare(open: () => readonly OpenTask[]): Promise<void> {
    for (const { task } of open()) await this.guarded(() => this.inTurn(() => this.compareTask(task, open)));
  }

  private async compareTask(task: Task, open: () => readonly OpenTask[]): Promise<void> {
    const entry = await this.queue.getJob(nameOf(task));
    // It may have ended while Redis was asked.
    if (!open().some(({ task: { id, turn } }) => id === task.id && turn === task.turn)) return;
    if (!entry) return this.add(task);
    const state = await entry.getState();
    if (state === "completed" || state === "failed") await this.settle(entry);
    else if (state !== "active") this.tidings?.waits(task);
  }

  private takeOver(name: string): Promise<void> {
    return this.guarded(() =>
      this.inTurn(async () => {
        const entry = await this.queue.getJob(name);
        if (entry) await this.settle(entry);
      }),
    );
  }

  /** The ending is in the database before it leaves Redis. */
  private async settle(entry: Entry<EntryData, Ending>): Promise<void> {
    await this.tidings?.ended(entry.data, endingOf(entry));
    await entry.remove().catch(() => undefined);
  }

  /** One after the other, so that nothing is offered while it is being taken back or has just ended. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => this.place.log(`queue: ${asMarrowError(error).message}`));
  }
}

/** Entries fail where BullMQ gave them up: their workers disappeared too often. Workers themselves tell each ending. */
function endingOf({ returnvalue, failedReason }: Entry<EntryData, Ending>): Ending {
  return returnvalue ?? { kind: "failed", fault: { code: "JOB_LOST", message: failedReason } };
}

/** Name of a turn in Redis. */
export const nameOf = ({ id, turn }: TurnOf) => `${id}@${turn}`;

function turnOf(name: string): TurnOf {
  const at = name.lastIndexOf("@");
  return { id: name.slice(0, at), turn: Number(name.slice(at + 1)) };
}
