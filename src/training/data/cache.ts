/**
 * Prepared cases kept on disk. The name of a file covers the source files and everything in the plan that changes the
 * result, so a stale file is never read; a damaged one is noticed by its checksum and made again.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import type { Case, Plan } from "../../study/types.js";
import { formatVersion, pack, type CachedCase, type Description } from "./cache-file.js";
import type { Prepared } from "./prepared.js";
import { preprocessCase } from "./preprocess.js";

const descriptionSchema: z.ZodType<Description> = z.object({
  version: z.literal(formatVersion),
  id: z.string(),
  size: z.tuple([z.int(), z.int(), z.int()]),
  affine: z.array(z.number()).length(16),
  channelCount: z.int().positive(),
  foreground: z.array(z.object({ label: z.int(), count: z.int().positive() })),
  bytes: z.int().positive(),
  sha256: z.string(),
});

export interface FailedCase {
  readonly id: string;
  readonly error: MarrowError;
}

export interface PrepareOptions {
  /** `throw` (default) stops at the first case that cannot be prepared, `skip` reports it and goes on. */
  onFailure?: "throw" | "skip";
  onProgress?: (done: number, total: number, id: string) => void;
}

export class PreparedCache {
  /** Files go directly into `folder`, which is made where needed. */
  constructor(readonly folder: string) {}

  /** Prepares whatever is not in the cache yet. Throws DISK_FULL, FILE_UNWRITABLE whatever `onFailure` says. */
  async prepare(
    cases: readonly Case[],
    plan: Plan,
    { onFailure = "throw", onProgress }: PrepareOptions = {},
  ): Promise<{ ready: CachedCase[]; failed: FailedCase[] }> {
    const ready: CachedCase[] = [];
    const failed: FailedCase[] = [];
    for (const [n, source] of cases.entries()) {
      try {
        ready.push(await this.prepareCase(source, plan));
      } catch (cause) {
        const error = asMarrowError(cause);
        if (onFailure === "throw" || unwritable.has(error.code)) throw error;
        failed.push({ id: source.id, error });
      }
      onProgress?.(n + 1, cases.length, source.id);
    }
    return { ready, failed };
  }

  private async prepareCase(source: Case, plan: Plan): Promise<CachedCase> {
    const stem = join(this.folder, `${source.id}-${await cacheKey(source, plan)}`);
    const known = await readChecked(stem);
    if (known) return known;
    return this.write(stem, await preprocessCase(source, plan));
  }

  /** The data first, the description last: a case without its description does not count. */
  private async write(stem: string, prepared: Prepared): Promise<CachedCase> {
    const { bytes, description } = pack(prepared);
    try {
      await mkdir(this.folder, { recursive: true });
      await place(`${stem}.bin`, bytes);
      await place(`${stem}.json`, Buffer.from(JSON.stringify(description, null, 1) + "\n"));
    } catch (cause) {
      throw writeError(cause, this.folder);
    }
    return { id: prepared.id, file: `${stem}.bin`, description };
  }
}

const unwritable = new Set(["DISK_FULL", "FILE_UNWRITABLE", "OUT_OF_MEMORY"]);

async function place(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(temporary, bytes, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function writeError(cause: unknown, folder: string): MarrowError {
  const error = asMarrowError(cause, folder);
  return error.code === "DISK_FULL"
    ? error
    : new MarrowError("FILE_UNWRITABLE", { file: folder, cause, found: String(cause) });
}

/** Size and time of each source file stand for its content. */
async function cacheKey(source: Case, plan: Plan): Promise<string> {
  const files: unknown[] = [];
  for (const path of [...source.images, source.mask ?? ""].filter((path) => path !== "")) {
    const { size, mtimeMs } = await stat(path).catch((error: unknown) =>
      Promise.reject(asMarrowError(error, path)),
    );
    files.push([basename(path), size, mtimeMs]);
  }
  const { channels, orientation, spacing, normalisation, labels } = plan;
  const values = labels.map((label) => label.value);
  const parts = {
    formatVersion,
    id: source.id,
    files,
    channels,
    orientation,
    spacing,
    normalisation,
    values,
  };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** The case where it is in the cache and whole; undefined where it must be made. */
async function readChecked(stem: string): Promise<CachedCase | undefined> {
  try {
    const description = descriptionSchema.parse(JSON.parse(await readFile(`${stem}.json`, "utf8")));
    const bytes = await readFile(`${stem}.bin`);
    if (createHash("sha256").update(bytes).digest("hex") !== description.sha256) return undefined;
    return { id: description.id, file: `${stem}.bin`, description };
  } catch {
    return undefined;
  }
}
