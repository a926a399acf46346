/** What the loader and its workers send each other. Batch buffers are transferred, back and forth, never copied. */
import type { Plan } from "../../study/types.js";
import type { CachedCase } from "./cache-file.js";
import type { Prepared } from "./prepared.js";

/** What a worker is started with. */
export interface WorkerSetup {
  readonly plan: Plan;
  readonly seed: number;
  readonly fold: number;
  /** All cases in shared memory, or the files to read them from. */
  readonly cases: readonly (Prepared | CachedCase)[];
}

/** Order for one batch, with the buffers to fill. */
export interface Order {
  readonly iteration: number;
  /** N,C,D,H,W. */
  readonly images: Float32Array<ArrayBuffer>;
  /** N,D,H,W. */
  readonly masks: Uint8Array<ArrayBuffer>;
}

/** A filled batch, and the memory (bytes) of the worker that filled it. */
export interface Delivery extends Order {
  readonly memory: number;
}
