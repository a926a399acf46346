/** How unsure the newest segmentation of a case is, from the record that `marrow segment` writes beside each mask. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readingPlaces } from "./places.js";
import { foldersIn } from "./sources.js";

const record = z.object({ uncertainty: z.number().min(0).max(1) });

interface Known {
  readonly stamp: string;
  readonly value: number | null;
}

/** Reads each record once, until it changes. */
export class Uncertainties {
  private readonly known = new Map<string, Known>();

  constructor(private readonly dir: string) {}

  /** Names of the segmentations, read once for a whole work list. */
  segmentations(): Promise<string[]> {
    return foldersIn(join(this.dir, readingPlaces.segmentations));
  }

  /** Mean voxel-wise entropy, 0…1, of the newest of `segmentations` that has the case; null where none says. */
  async of(caseId: string, segmentations: readonly string[]): Promise<number | null> {
    const files = segmentations.map((name) =>
      join(this.dir, readingPlaces.segmentations, name, `${caseId}.json`),
    );
    const found = await Promise.all(
      files.map(async (file) => ({ file, about: await stat(file).catch(() => undefined) })),
    );
    const there = found.flatMap(({ file, about }) => (about ? [{ file, about }] : []));
    const newest = there.sort((a, b) => b.about.mtimeMs - a.about.mtimeMs)[0];
    return newest ? this.read(newest.file, `${newest.about.mtimeMs} ${newest.about.size}`) : null;
  }

  private async read(file: string, stamp: string): Promise<number | null> {
    const before = this.known.get(file);
    if (before?.stamp === stamp) return before.value;
    const value = await readRecord(file);
    this.known.set(file, { stamp, value });
    return value;
  }
}

/** A record that cannot be read says nothing. */
async function readRecord(file: string): Promise<number | null> {
  try {
    return record.parse(JSON.parse(await readFile(file, "utf8"))).uncertainty;
  } catch {
    return null;
  }
}
