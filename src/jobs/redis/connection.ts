/** How server and workers find each other in Redis: by address, and by a name that lies in the study folder. */
import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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

/** How long Redis may take to answer at the start, ms. */
const patience = 10_000;

/** Waits for a first answer. Throws QUEUE_UNREACHABLE, which tells the host, not the password. */
export async function reached<T>(address: string, ready: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience / 1000} s`)), patience);
  });
  try {
    return await Promise.race([ready, late]);
  } catch (error) {
    const found = `${hostOf(address)}: ${error instanceof Error ? error.message : String(error)}`;
    throw new MarrowError("QUEUE_UNREACHABLE", { found, cause: error });
  } finally {
    clearTimeout(timer);
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
