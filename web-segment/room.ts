/** Whether models fit into a way of computing, before it is tried. */
import type { WindowCost } from "../src/inference/window-cost.js";

export interface Room {
  /** Of a single tensor. */
  readonly largestBytes: number;
  readonly totalBytes: number;
}

/** The runtime holds a model twice while it opens it, and its arena grows by powers of two. */
const perModel = 2;

const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(2)} GB`;

/** Why this many models of this cost do not fit; undefined where they do. */
export function tooLarge(room: Room, cost: WindowCost, models: number): string | undefined {
  if (cost.largestBytes > room.largestBytes)
    return `one of the network's tensors takes ${gigabytes(cost.largestBytes)}, and it allows ${gigabytes(room.largestBytes)}`;
  const total = perModel * models * cost.peakBytes;
  if (total <= room.totalBytes) return undefined;
  const advice = models > 1 ? "; take fewer models" : "; use `marrow segment` on the command line";
  return `about ${gigabytes(total)} would be needed, and it has ${gigabytes(room.totalBytes)}${advice}`;
}
