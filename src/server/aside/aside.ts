/**
 * Heavy work beside the server, in a thread: a measure of a large examination takes seconds, in which nobody's stroke could
 * be saved. One piece after the other, so that memory stays bounded however many people ask.
 */
import { Worker } from "node:worker_threads";
import { MarrowError } from "../../base/errors.js";
import { workerUrl } from "../../base/worker-url.js";
import type { HeavyWork } from "./heavy-work.js";
import type { HeavyAnswer, HeavyOrder } from "./messages.js";

export class Aside {
  private last: Promise<unknown> = Promise.resolve();
  private thread: Worker | undefined;
  private isClosed = false;

  /** Throws as the work itself does; WORKER_DIED where its thread ended without an answer. */
  do<N extends keyof HeavyWork>(
    work: N,
    ...input: Parameters<HeavyWork[N]>
  ): Promise<ReturnType<HeavyWork[N]>> {
    const result = this.last.then(() => this.inThread({ work, input }));
    this.last = result.catch(() => undefined);
    return result as Promise<ReturnType<HeavyWork[N]>>;
  }

  /** Ends what is under way; whoever waits for it gets WORKER_DIED. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.thread?.terminate();
    await this.last;
  }

  private inThread(order: HeavyOrder): Promise<unknown> {
    if (this.isClosed) return Promise.reject(ended("the server stops"));
    const thread = new Worker(workerUrl(import.meta.url, "./aside-worker.js"), { workerData: order });
    this.thread = thread;
    return new Promise((resolve, reject) => {
      thread.once("message", (answer: HeavyAnswer) =>
        "fault" in answer
          ? reject(new MarrowError(answer.fault.code, answer.fault.details))
          : resolve(answer.result),
      );
      thread.once("error", (error) => reject(ended(error.message)));
      thread.once("exit", (code) => reject(ended(`exit code ${code}`)));
    });
  }
}

const ended = (found: string) =>
  new MarrowError("WORKER_DIED", { found, next: "Try again; see whether memory is short." });
