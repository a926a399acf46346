/** Thread that does one piece of heavy work and ends. Runs compiled only (see base/worker-url.ts). */
import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { asMarrowError } from "../../base/errors.js";
import { heavyWork } from "./heavy-work.js";
import type { HeavyAnswer, HeavyOrder } from "./messages.js";

const { work, input } = workerData as HeavyOrder;
yieldToServer();
parentPort?.postMessage(answer());

/** On Linux a priority is a thread's own; elsewhere it would be the server's too. */
function yieldToServer(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // As fast as the server, then.
  }
}

function answer(): HeavyAnswer {
  try {
    return { result: (heavyWork[work] as (...input: readonly unknown[]) => unknown)(...input) };
  } catch (error) {
    const { code, details } = asMarrowError(error);
    // Causes may hold what cannot be handed over.
    return { fault: { code, details: { ...details, cause: undefined } } };
  }
}
