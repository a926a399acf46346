/**
 * Images on their way into the study. What was sent lies in a folder that only the server's account can read and that no
 * other part of Marrow looks into; files are called by their number, since names of files may name people. It is removed
 * when the import has ended.
 */
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { uploadLimits } from "./contract/import.js";
import { readingPlaces } from "./places.js";

/** A study, or a series of it, to be retrieved; `config` is the file of PACS connections. */
const wantedSchema = z.object({
  connection: z.string(),
  study: z.string(),
  series: z.string().optional(),
  config: z.string(),
});
export type Wanted = z.infer<typeof wantedSchema>;

const aboutSchema = z.object({ by: z.string(), made: z.string(), wanted: wantedSchema.optional() });
type About = z.infer<typeof aboutSchema>;

/** What was sent and never imported is kept for so long, ms. */
const forgottenMs = 24 * 3600_000;

const folderOf = (dir: string, id: string) => join(dir, readingPlaces.incoming, id);
const filesOf = (dir: string, id: string) => join(folderOf(dir, id), "files");
const nameOf = (number: number) => String(number).padStart(6, "0");
/** Archives are told by their ending, so that what reads a folder unpacks each of them. */
const archiveNameOf = (number: number) => `${nameOf(number)}.zip`;

export class Incoming {
  /** Bytes of each import under way, by file. */
  private readonly sizes = new Map<string, Map<number, number>>();

  constructor(
    private readonly dir: string,
    private readonly now: () => Date,
    /** Bytes that one import may have. */
    readonly mostBytes: number,
  ) {}

  /** Begins an import for an account and returns its id. */
  async begin(by: string, wanted?: Wanted): Promise<string> {
    const id = randomBytes(12).toString("base64url");
    const about: About = { by, made: this.now().toISOString(), ...(wanted && { wanted }) };
    await mkdir(filesOf(this.dir, id), { recursive: true, mode: 0o700 });
    await writeFile(join(folderOf(this.dir, id), "about.json"), JSON.stringify(about), { mode: 0o600 });
    return id;
  }

  /**
   * Takes a file as it comes and returns its bytes. Throws IMPORT_UNKNOWN for another account's import, REQUEST_TOO_LARGE,
   * DISK_FULL, FILE_UNWRITABLE; what was begun is removed then.
   */
  async take(id: string, by: string, number: number, content: Readable): Promise<number> {
    const { wanted } = await this.about(id, by);
    if (wanted) throw new MarrowError("IMPORT_UNKNOWN", { found: "an import from a PACS takes no files" });
    const folder = filesOf(this.dir, id);
    const part = join(folder, `.${nameOf(number)}-${randomBytes(4).toString("hex")}`);
    try {
      const counted = this.counted(await this.sizesOf(id), number, content);
      await pipeline(counted, createWriteStream(part, { mode: 0o600, flags: "wx" }));
      const names = [nameOf(number), archiveNameOf(number)];
      const [other, name] = (await isArchive(part)) ? names : names.reverse();
      await rename(part, join(folder, name));
      await rm(join(folder, other), { force: true });
    } catch (error) {
      await rm(part, { force: true });
      throw asMarrowError(error, folder);
    }
    return this.sizes.get(id)?.get(number) ?? 0;
  }

  /** Passes bytes on while they are within the limits; a file that breaks off counts as none. */
  private async *counted(sizes: Map<number, number>, number: number, content: Readable) {
    const others = [...sizes].reduce((sum, [n, bytes]) => (n === number ? sum : sum + bytes), 0);
    let bytes = 0;
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        sizes.set(number, bytes);
        const all = [...sizes.values()].reduce((sum, one) => sum + one, 0);
        if (bytes > uploadLimits.fileBytes || all > this.mostBytes)
          throw new MarrowError("REQUEST_TOO_LARGE", {
            expected: `at most ${this.mostBytes} bytes altogether`,
            found: `${others + bytes} bytes or more`,
          });
        yield chunk;
      }
      sizes.set(number, bytes);
    } catch (error) {
      sizes.delete(number);
      throw error;
    }
  }

  /** Sizes are told anew where the server was started again in between. */
  private async sizesOf(id: string): Promise<Map<number, number>> {
    const known = this.sizes.get(id);
    if (known) return known;
    const sizes = new Map<number, number>();
    for (const name of await readdir(filesOf(this.dir, id)))
      if (/^\d+(\.zip)?$/.test(name))
        sizes.set(Number.parseInt(name), (await stat(join(filesOf(this.dir, id), name))).size);
    this.sizes.set(id, sizes);
    return sizes;
  }

  /** Throws IMPORT_UNKNOWN unless this account has begun it. */
  async about(id: string, by: string): Promise<About> {
    const about = await aboutOf(this.dir, id);
    if (about?.by !== by) throw new MarrowError("IMPORT_UNKNOWN", { found: id });
    return about;
  }

  async remove(id: string): Promise<void> {
    this.sizes.delete(id);
    await rm(folderOf(this.dir, id), { recursive: true, force: true });
  }

  /** Removes what no job needs: `stateOf` tells of an import's job, undefined where there is none. */
  async sweep(stateOf: (id: string) => "open" | "ended" | undefined): Promise<void> {
    const ids = await readdir(join(this.dir, readingPlaces.incoming)).catch(() => []);
    for (const id of ids) {
      const state = stateOf(id);
      if (state === "ended" || (state === undefined && (await this.isForgotten(id)))) await this.remove(id);
    }
  }

  private async isForgotten(id: string): Promise<boolean> {
    const made = (await aboutOf(this.dir, id))?.made ?? 0;
    return this.now().getTime() - new Date(made).getTime() > forgottenMs;
  }
}

/** Begins as APPNOTE 6.3, section 4.3.7, has it. */
async function isArchive(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString("latin1", 0, bytesRead) === "PK\u0003\u0004";
  } finally {
    await handle.close();
  }
}

async function aboutOf(dir: string, id: string): Promise<About | undefined> {
  const text = await readFile(join(folderOf(dir, id), "about.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  return aboutSchema.safeParse(JSON.parse(text)).data;
}

/**
 * Arguments of `marrow import` for what was sent or is wanted. A single file is named itself, since it may be a zip archive.
 * Throws IMPORT_UNKNOWN where it was removed.
 */
export async function importArguments(dir: string, id: string, report: string): Promise<string[]> {
  const about = await aboutOf(dir, id);
  if (!about) throw new MarrowError("IMPORT_UNKNOWN", { found: id });
  const folder = filesOf(dir, id);
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  const isSingle = names.length === 1 && !about.wanted;
  const path = isSingle ? join(folder, names[0]) : folder;
  return ["import", path, "--study", dir, "--report", report, ...retrievalArguments(about.wanted)];
}

function retrievalArguments(wanted: Wanted | undefined): string[] {
  if (!wanted) return [];
  const { connection, study, series, config } = wanted;
  const one = series === undefined ? [] : ["--pacs-series", series];
  return ["--connection", connection, "--config", config, "--pacs-study", study, ...one];
}
