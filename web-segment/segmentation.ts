/** Goes down the ladder of ways to compute until one gives the mask; each attempt has a worker of its own. */
import { windowCost } from "../src/inference/window-cost.js";
import type { Plan } from "../src/study/types.js";
import type { Mask } from "../src/volume/volume.js";
import type { Answer, Order } from "./messages.js";
import { tooLarge } from "./room.js";
import { type Rung, type RungName, rungs } from "./rungs.js";

export interface Wish extends Omit<Order, "rung" | "runtime"> {
  /** A way to compute; unless given, the best that works. */
  readonly rung?: RungName;
}

export interface Listener {
  readonly say: (message: string) => void;
  readonly progress: (share: number) => void;
}

export interface Result {
  readonly mask: Mask;
  readonly rung: Rung;
  readonly seconds: number;
}

/** What went wrong, in words for people; `byRuntime` where another way of computing may still work. */
class Failed extends Error {
  constructor(
    message: string,
    readonly byRuntime: boolean,
  ) {
    super(message);
  }
}

/** Throws an error with a plain message: of the input, or of the last way that was tried; the signal's on cancelling. */
export async function segmentInBrowser(
  wish: Wish,
  plan: Plan,
  listener: Listener,
  signal: AbortSignal,
): Promise<Result> {
  const cost = windowCost(plan);
  const ladder = rungs.filter(({ name }) => wish.rung === undefined || name === wish.rung);
  let last: unknown = new Error("There is no way to compute here.");
  for (const rung of ladder) {
    const why = (await rung.missing()) ?? tooLarge(await rung.room(), cost, wish.models.length);
    if (why !== undefined) {
      last = new Error(`Not on the ${rung.title}: ${why}.`);
      listener.say((last as Error).message);
      continue;
    }
    listener.say(`Computing on the ${rung.title}.`);
    const started = performance.now();
    try {
      const mask = await attempt(rung, wish, listener, signal);
      return { mask, rung, seconds: (performance.now() - started) / 1000 };
    } catch (error) {
      if (!(error instanceof Failed && error.byRuntime)) throw error;
      last = error;
      listener.say(`The ${rung.title} failed: ${error.message}`);
    }
  }
  throw last;
}

function attempt(rung: Rung, wish: Wish, { progress }: Listener, signal: AbortSignal): Promise<Mask> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const order: Order = { ...wish, rung: rung.name, runtime: new URL("ort/", document.baseURI).href };
  return new Promise<Mask>((resolve, reject) => {
    const handlers: { [K in Answer["kind"]]: (answer: Extract<Answer, { kind: K }>) => void } = {
      progress: ({ share }) => progress(share),
      mask: ({ mask }) => resolve(mask),
      failed: ({ message, byRuntime }) => reject(new Failed(message, byRuntime)),
    };
    worker.onmessage = ({ data }: MessageEvent<Answer>) =>
      (handlers[data.kind] as (answer: Answer) => void)(data);
    // A worker that ran out of memory, or could not be loaded.
    worker.onerror = ({ message }) => reject(new Failed(message || "its worker ended", true));
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    worker.postMessage(order);
  }).finally(() => worker.terminate());
}
