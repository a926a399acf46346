/** Images as the page wants them: raw voxels with size, place and a first window, kept in memory while there is room. */
import { stat } from "node:fs/promises";
import { MarrowError } from "../base/errors.js";
import { percentiles } from "../volume/intensity.js";
import { readNifti } from "../volume/nifti.js";
import type { ImageMeta } from "./contract/index.js";
import type { Desk } from "./desk.js";

export interface Payload {
  readonly meta: ImageMeta;
  /** Little-endian voxels of the type that `meta.dtype` names. */
  readonly bytes: Buffer;
  /** Changes when the file does. */
  readonly etag: string;
}

/** Bytes of voxels kept in memory. */
const budget = 256 * 2 ** 20;

export class Images {
  private readonly kept = new Map<string, Promise<Payload>>();
  private readonly sizes = new Map<string, number>();

  constructor(private readonly desk: Desk) {}

  /** Throws CASE_UNKNOWN, CASE_CHANNEL, and as readNifti does. */
  async payload(caseId: string, channel: string): Promise<Payload> {
    const file = await this.file(caseId, channel);
    const { size, mtimeMs } = await stat(file).catch(() => ({ size: 0, mtimeMs: 0 }));
    const key = `${file} ${size} ${mtimeMs}`;
    const known =
      this.kept.get(key) ?? this.load(key, file, `"${size.toString(36)}-${mtimeMs.toString(36)}"`);
    this.kept.delete(key);
    this.kept.set(key, known);
    return known;
  }

  async file(caseId: string, channel: string): Promise<string> {
    const { config } = await this.desk.study();
    const index = config.channels.indexOf(channel);
    const { images } = await this.desk.caseOf(caseId);
    if (index < 0)
      throw new MarrowError("CASE_CHANNEL", { expected: config.channels.join(", "), found: channel });
    return images[index];
  }

  private load(key: string, file: string, etag: string): Promise<Payload> {
    const payload = readPayload(file, etag);
    payload.then(
      ({ bytes }) => {
        this.sizes.set(key, bytes.length);
        this.forgetOldest();
      },
      () => this.kept.delete(key),
    );
    return payload;
  }

  /** The newest stays, however large. */
  private forgetOldest(): void {
    let sum = [...this.sizes.values()].reduce((a, b) => a + b, 0);
    for (const key of [...this.kept.keys()].slice(0, -1)) {
      if (sum <= budget) return;
      sum -= this.sizes.get(key) ?? 0;
      this.kept.delete(key);
      this.sizes.delete(key);
    }
  }
}

async function readPayload(file: string, etag: string): Promise<Payload> {
  const { data, size, affine } = await readNifti(file);
  const { minimum, maximum, isWhole } = rangeOf(data);
  const fitsShort = isWhole && minimum >= -32768 && maximum <= 32767;
  const voxels = fitsShort ? new Int16Array(data) : data;
  const meta: ImageMeta = {
    size: [...size],
    affine: [...affine],
    window: windowOf(data),
    dtype: fitsShort ? "int16" : "float32",
    minimum,
    maximum,
  };
  return { meta, bytes: Buffer.from(voxels.buffer, voxels.byteOffset, voxels.byteLength), etag };
}

/** Of the finite values; `isWhole`: all are finite whole numbers. A plain loop: there are millions, and somebody waits. */
function rangeOf(data: Float32Array): { minimum: number; maximum: number; isWhole: boolean } {
  let [minimum, maximum, isWhole] = [Infinity, -Infinity, true];
  for (let n = 0; n < data.length; n++) {
    const value = data[n];
    if (Math.trunc(value) !== value) isWhole = false;
    if (value < minimum && value !== -Infinity) minimum = value;
    if (value > maximum && value !== Infinity) maximum = value;
    if (value === Infinity || value === -Infinity) isWhole = false;
  }
  return minimum <= maximum ? { minimum, maximum, isWhole } : { minimum: 0, maximum: 0, isWhole: false };
}

/** From the 1st to the 99th percentile of up to 50 000 evenly spaced voxels; 1 wide where the image is constant. */
function windowOf(data: Float32Array): ImageMeta["window"] {
  const step = Math.max(1, Math.floor(data.length / 50_000));
  const sample = Float32Array.from(
    { length: Math.ceil(data.length / step) },
    (_, n) => data[n * step],
  ).filter(Number.isFinite);
  const [low, high] = sample.length === 0 ? [0, 0] : percentiles(sample, [1, 99]);
  return { centre: (low + high) / 2, width: Math.max(high - low, high === low ? 1 : 1e-6) };
}
