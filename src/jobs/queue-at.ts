/** The queue that an address names. */
import { MarrowError } from "../base/errors.js";
import { EmbeddedQueue } from "./embedded-queue.js";
import type { WorkQueue, Workplace } from "./queue.js";

/** The embedded queue without an address, else Redis. Throws BAD_ARGUMENT, QUEUE_UNREACHABLE. */
export async function queueAt(address: string | undefined, place: Workplace): Promise<WorkQueue> {
  if (address === undefined) return new EmbeddedQueue(place);
  requireRedis(address);
  // BullMQ is loaded only where it is used.
  const { RedisQueue } = await import("./redis/queue.js");
  return RedisQueue.open(address, place);
}

/** Throws BAD_ARGUMENT; the address may hold a password and is not told. */
export function requireRedis(address: string): void {
  if (!/^rediss?:\/\//.test(address))
    throw new MarrowError("BAD_ARGUMENT", { expected: "--queue redis://… or rediss://…" });
}
