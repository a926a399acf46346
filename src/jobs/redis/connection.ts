/** How server and workers find each other in Redis: by address, and by a name that lies in the study folder. */
import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RedisConnection } from "bullmq";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { readingPlaces } from "../../reading/places.js";

/** Before all of Marrow's keys. */
export const prefix = "marrow";

/**
 * The study's name in Redis, which several studies may share. It is drawn once and lies in the folder, which each machine
 * may see at another path. Whoever comes first makes it, whole.
 */
export async function queueNameOf(dir: string): Promise<string> {
  const file = join(dir, readingPlaces.queueName);
  try {
    await mkdir(dirname(file), { recursive: true });
    const own = `${file}.${randomBytes(6).toString("hex")}`;
    await writeFile(own, randomBytes(12).toString("hex"), { flush: true });
    // Fails where another one was first.
    await link(own, file).catch(() => undefined);
    await rm(own);
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw asMarrowError(error, file);
  }
}

/** Notes of which version the server is. Throws FILE_UNWRITABLE, DISK_FULL. */
export async function announceVersion(dir: string, version: string): Promise<void> {
  const file = join(dir, readingPlaces.queueVersion);
  try {
    const own = `${file}.${randomBytes(6).toString("hex")}`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(own, version, { flush: true });
    await rename(own, file);
  } catch (error) {
    throw asMarrowError(error, file);
  }
}

/**
 * Two versions may understand a task differently: a worker of another version than the server must not take any. Before the
 * first server nothing is compared. Throws WORKER_VERSION.
 */
export async function requireServersVersion(dir: string, version: string): Promise<void> {
  const servers = await readFile(join(dir, readingPlaces.queueVersion), "utf8").catch(() => version);
  if (servers === version) return;
  throw new MarrowError("WORKER_VERSION", { expected: `version ${servers}`, found: `version ${version}` });
}

/** How long Redis may take to answer at the start (it may be starting too), and between two tries, ms. */
const patience = { whole: 10_000, pause: 500, try: 3000 };

/**
 * Waits until Redis answers and lets us in. Throws QUEUE_UNREACHABLE, which tells the host, not the password. Later losses of
 * the connection are mended by themselves.
 */
export async function requireReachable(address: string): Promise<void> {
  const end = performance.now() + patience.whole;
  for (;;)
    try {
      return await tryOnce(address);
    } catch (error) {
      if (performance.now() < end) await new Promise((resolve) => setTimeout(resolve, patience.pause));
      else {
        const found = `${hostOf(address)}: ${error instanceof Error ? error.message : String(error)}`;
        throw new MarrowError("QUEUE_UNREACHABLE", { found, cause: error });
      }
    }
}

async function tryOnce(address: string): Promise<void> {
  const options = { url: address, retryStrategy: () => null, connectTimeout: patience.try };
  const connection = new RedisConnection(options, { blocking: false });
  connection.on("error", () => undefined);
  try {
    await connection.client;
  } finally {
    await connection.close(true).catch(() => undefined);
  }
}

/** Host and port of an address. */
export function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return "an address that cannot be read";
  }
}
