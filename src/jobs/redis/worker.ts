/** `marrow worker`: takes tasks from Redis and runs them, until it is stopped. Any number may work on one study. */
import { hostname } from "node:os";
import { Job as EntryOf, WaitingError, Worker } from "bullmq";
import type { Ending, Workplace } from "../queue.js";
import { runTask } from "../run-task.js";
import { prefix, queueNameOf, requireReachable, requireServersVersion } from "./connection.js";
import type { EntryData } from "./queue.js";

export interface WorkOptions extends Workplace {
  readonly queue: string;
  /** Tasks at the same time. */
  readonly tasks: number;
  /** After so long (s) without a sign of a worker its task goes to another one. */
  readonly lease: number;
}

export interface RunningWorker {
  /** Gives back what is under way, for another worker to go on with. */
  readonly close: () => Promise<void>;
  /** Rejects with WORKER_VERSION once the server is of another version; the worker has then stopped. */
  readonly refused: Promise<never>;
}

type Entry = EntryOf<EntryData, Ending>;

/** So often workers may disappear with one task before it is given up. */
const maximalDisappearances = 20;

/** Throws QUEUE_UNREACHABLE, WORKER_VERSION. */
export async function startWorker(options: WorkOptions): Promise<RunningWorker> {
  await requireReachable(options.queue);
  await requireServersVersion(options.dir, options.version);
  const closing = new AbortController();
  const holds = new Map<string, number>();
  const name = await queueNameOf(options.dir);
  const worker = new Worker<EntryData, Ending>(
    name,
    (entry, token, signal) =>
      perform(entry, token ?? "", AbortSignal.any([closing.signal, ...given(signal)])),
    {
      ...{ connection: { url: options.queue }, prefix, name: hostname(), autorun: false },
      ...{ concurrency: options.tasks, maxStalledCount: maximalDisappearances },
      ...{ lockDuration: options.lease * 1000, stalledInterval: options.lease * 1000 },
    },
  );
  worker.on("error", (error) => options.log(`queue: ${error.message}`));
  worker.on("lockRenewalFailed", (names) => names.forEach((one) => worker.cancelJob(one, "lost")));
  worker.on("locksRenewed", ({ jobIds }) => jobIds.forEach((one) => holds.set(one, performance.now())));
  await worker.waitUntilReady();

  const perform = async (entry: Entry, token: string, signal: AbortSignal): Promise<Ending> => {
    const id = entry.id ?? "";
    await refuseOtherVersion(entry, token);
    holds.set(id, performance.now());
    options.log(`${id}: ${entry.name} of a ${entry.data.request.kind} job begun`);
    const look = async () => {
      // Another worker may have it by now; two must not write into one folder.
      if (performance.now() - (holds.get(id) ?? 0) > options.lease * 1000) worker.cancelJob(id, "lost");
      const known = await EntryOf.fromId<EntryData, Ending>(worker, id);
      if (!known || known.data.withdrawn === true) worker.cancelJob(id, "withdrawn");
    };
    const ending = await runTask(entry.data, options, signal, {
      onLook: async ({ share, doing }) => {
        await look();
        await entry.updateProgress({ share, doing });
      },
    });
    holds.delete(id);
    options.log(`${id}: ${ending.kind}`);
    if (ending.kind === "stopped" && closing.signal.aborted) {
      await entry.moveToWait(token);
      throw new WaitingError();
    }
    return ending;
  };
  const close = async () => {
    closing.abort();
    await worker.close();
  };
  let refuse: (error: unknown) => void = () => undefined;
  const refused = new Promise<never>((_, reject) => (refuse = reject));
  refused.catch(() => undefined);
  /** The server may have been replaced since: the task is given back, and no other is taken. */
  const refuseOtherVersion = async (entry: Entry, token: string) => {
    try {
      await requireServersVersion(options.dir, options.version);
    } catch (error) {
      void close().then(() => refuse(error));
      await entry.moveToWait(token);
      throw new WaitingError();
    }
  };
  void worker.run().catch((error: unknown) => options.log(String(error)));
  return { close, refused };
}

const given = (signal: AbortSignal | undefined) => (signal ? [signal] : []);
