/** Agreement on a case: the consensus of readers' masks becomes the study's reference mask. */
import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MarrowError } from "../base/errors.js";
import type { Label } from "../study/types.js";
import { writeNifti } from "../volume/nifti.js";
import type { Mask } from "../volume/volume.js";
import {
  consensusOf,
  diceByLabel,
  voxelsByLabel,
  type Method,
  type ReadersMask,
} from "./consensus/consensus.js";
import type { Agreement } from "./contract/index.js";
import type { Desk } from "./desk.js";
import { readerMaskFile, readingPlaces } from "./places.js";
import type { ReaderMasks } from "./reader-masks.js";

export interface AgreeRequest {
  readonly case: string;
  readonly method: Method;
  readonly readers: readonly string[];
}

export type Combined = ReturnType<typeof combine>;

/** A consensus of masks on one grid, and how far each reader is from it. Throws CONSENSUS_MASKS. */
export function combine(method: Method, readers: readonly ReadersMask[], labels: readonly Label[]) {
  const { data, performance } = consensusOf(method, readers, labels);
  const dice = readers.flatMap(({ reader, data: mask }) =>
    Object.entries(diceByLabel(mask, data, labels)).map(([label, value]) => ({ reader, label, dice: value })),
  );
  return { data, performance, dice, voxels: voxelsByLabel(data, labels) };
}

/**
 * The consensus as it would be written. `combining` does what `combine` does, where it is too slow to be done here. Throws
 * CONSENSUS_MASKS, CASE_UNKNOWN.
 */
export async function lookAtConsensus(
  desk: Desk,
  masks: ReaderMasks,
  request: AgreeRequest,
  combining: (...input: Parameters<typeof combine>) => Combined | Promise<Combined> = combine,
): Promise<{ mask: Mask; agreement: Agreement }> {
  const { labels } = (await desk.study()).config;
  const readers: ReadersMask[] = [];
  for (const reader of new Set(request.readers))
    readers.push({ reader, data: await maskOf(masks, request.case, reader) });
  const { data, ...rest } = await combining(request.method, readers, labels);
  const agreement = {
    ...{ case: request.case, method: request.method, readers: readers.map(({ reader }) => reader) },
    ...{ ...rest, written: false },
  };
  return { mask: { ...(await desk.gridOf(request.case)), data }, agreement };
}

async function maskOf(masks: ReaderMasks, caseId: string, reader: string): Promise<Uint8Array> {
  const key = { case: caseId, reader };
  if (!masks.exists(key)) throw new MarrowError("CONSENSUS_MASKS", { found: `no mask of ${reader}` });
  return (await masks.current(key)).mask.data;
}

/** Writes the consensus into the reference reader's folder; a mask that was there is kept beside the study's results. */
export async function writeConsensus(desk: Desk, caseId: string, mask: Mask, when: Date): Promise<void> {
  const { reference } = await desk.where(caseId);
  const file = readerMaskFile(desk.dir, caseId, reference);
  if (existsSync(file)) {
    const stamp = when.toISOString().replace(/[:.]/g, "-");
    const ending = file.endsWith(".gz") ? ".nii.gz" : ".nii";
    const kept = join(desk.dir, readingPlaces.replaced, reference, `${caseId}_${stamp}${ending}`);
    await mkdir(dirname(kept), { recursive: true });
    await copyFile(file, kept);
  }
  await mkdir(dirname(file), { recursive: true });
  await writeNifti(file, mask, { description: "Marrow consensus. Research use only." });
}
