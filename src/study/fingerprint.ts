/** Measures every case's voxels once and keeps the result in derivatives/marrow/fingerprint.json. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { asMarrowError, type MarrowError } from "../base/errors.js";
import { readMask, readNifti } from "../volume/nifti.js";
import type { Volume } from "../volume/volume.js";
import { exists, readJson, writeText } from "./files.js";
import { places } from "./names.js";
import {
  fingerprintSchema,
  type Case,
  type CaseRecord,
  type Fingerprint,
  type ImageRecord,
} from "./types.js";
import type { MaskRecord, Study } from "./types.js";

export interface Measured {
  readonly fingerprint: Fingerprint;
  /** Cases with a file that could not be read, and why. */
  readonly failures: readonly { readonly case: string; readonly error: MarrowError }[];
}

export interface FingerprintOptions {
  /** Called after each case. */
  onCase?: (done: number, total: number) => void;
}

/**
 * Fingerprint of a study's cases. Cases whose files have not changed since are taken from the saved one; the rest is
 * measured, one case in memory at a time. A case that cannot be read is listed in `failures` and left out.
 */
export async function fingerprintOf(
  study: Pick<Study, "dir" | "cases">,
  options: FingerprintOptions = {},
): Promise<Measured> {
  const file = join(study.dir, places.fingerprint);
  const saved = await savedRecords(file);
  const cases: CaseRecord[] = [];
  const failures: { case: string; error: MarrowError }[] = [];
  for (const [n, one] of study.cases.entries()) {
    try {
      const stamps = await Promise.all(filesOf(one).map(stampOf));
      const old = saved.get(one.id);
      const fresh = old !== undefined && old.stamps.join() === stamps.join();
      cases.push(fresh ? { ...old, ...identityOf(one) } : await measureCase(study.dir, one, stamps));
    } catch (error) {
      failures.push({ case: one.id, error: asMarrowError(error) });
    }
    options.onCase?.(n + 1, study.cases.length);
  }
  const fingerprint: Fingerprint = { version: 1, cases };
  await writeText(file, JSON.stringify(fingerprint, null, 1) + "\n");
  return { fingerprint, failures };
}

async function savedRecords(file: string): Promise<Map<string, CaseRecord>> {
  if (!(await exists(file))) return new Map();
  const saved = fingerprintSchema.safeParse(await readJson(file).catch(() => undefined));
  return new Map(saved.success ? saved.data.cases.map((record) => [record.id, record]) : []);
}

const filesOf = ({ images, mask }: Case) => [...images, ...(mask === undefined ? [] : [mask])];

async function stampOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return `${file.split(/[\\/]/).at(-1)} ${size} ${Math.round(mtimeMs)}`;
}

function identityOf({ id, subject, site }: Case) {
  return { id, subject, ...(site !== undefined && { site }) };
}

async function measureCase(dir: string, one: Case, stamps: string[]): Promise<CaseRecord> {
  const images: ImageRecord[] = [];
  for (const path of one.images) images.push(measureImage(await readNifti(path), relative(dir, path)));
  const mask = one.mask === undefined ? {} : { mask: await measureMask(one.mask, relative(dir, one.mask)) };
  return { ...identityOf(one), stamps, images, ...mask };
}

const placeOf = ({ size, affine }: Pick<Volume, "size" | "affine">) => ({
  size: [...size] as [number, number, number],
  affine: [...affine],
});

/** Facts about an image's voxels; a pure function. Percentiles interpolate linearly, as NumPy does. */
export function measureImage(volume: Volume, file: string): ImageRecord {
  const { data } = volume;
  let count = 0;
  let mean = 0;
  let squares = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    const step = value - mean;
    mean += step / ++count;
    squares += step * (value - mean);
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const spread = count
    ? { minimum, maximum, sd: Math.sqrt(squares / count) }
    : { minimum: 0, maximum: 0, sd: 0 };
  const notFinite = data.length - count;
  return {
    file,
    ...placeOf(volume),
    hash: hashOf(volume),
    notFinite,
    mean,
    ...spread,
    percentiles: percentilesOf(data),
  };
}

const sampleSize = 20_000;

function percentilesOf(data: Float32Array): [number, number, number] {
  const step = Math.max(1, Math.ceil(data.length / sampleSize));
  const sample = new Float32Array(Math.ceil(data.length / step));
  for (let n = 0; n < sample.length; n++) sample[n] = data[n * step];
  const sorted = sample.filter(Number.isFinite).sort();
  return [quantile(sorted, 0.005), quantile(sorted, 0.5), quantile(sorted, 0.995)];
}

/** Quantile of sorted values with linear interpolation (Hyndman and Fan's type 7); 0 of none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return 0;
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

function hashOf({ data, size }: Volume): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return createHash("sha256").update(size.join("x")).update(bytes).digest("hex");
}

async function measureMask(path: string, file: string): Promise<MaskRecord> {
  const mask = await readMask(path);
  const counts = new Uint32Array(256);
  for (const value of mask.data) counts[value]++;
  const present = [...counts.entries()].filter(([, count]) => count > 0);
  return {
    file,
    ...placeOf(mask),
    counts: Object.fromEntries(present.map(([value, count]) => [`${value}`, count])),
  };
}
