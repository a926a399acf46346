/** From bytes on disk to float32 values: byte order, 64-bit integers, slope and intercept. */
import { MarrowError } from "../base/errors.js";
import { datatypes } from "./nifti-datatypes.js";
import type { NiftiInfo } from "./nifti-header.js";

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Values of all voxels of all frames, scaled, as float32. `bytes` is the unpacked file that holds the voxels. Throws
 * NIFTI_TRUNCATED where it is too short and NIFTI_INTEGER_RANGE for an integer beyond 2⁵³.
 */
export function decodeVoxels(bytes: Uint8Array, header: NiftiInfo, file: string): Float32Array<ArrayBuffer> {
  const type = datatypes[header.datatype];
  const count = header.shape.reduce((product, n) => product * n, 1);
  const end = header.voxelOffset + count * type.bytes;
  if (bytes.length < end)
    throw new MarrowError("NIFTI_TRUNCATED", {
      file,
      expected: `${end} bytes`,
      found: `${bytes.length} bytes`,
    });
  const stored = type.view(
    inHostOrder(bytes.subarray(header.voxelOffset, end), header.littleEndian, type.bytes),
  );
  const numbers = "BYTES_PER_ELEMENT" in stored && isBig(stored) ? smallEnough(stored, file) : stored;
  return scaled(numbers, header);
}

function inHostOrder(bytes: Uint8Array, little: boolean, width: 1 | 2 | 4 | 8): ArrayBuffer {
  const copy = new Uint8Array(bytes);
  if (little !== hostIsLittle) turn(copy, width);
  return copy.buffer;
}

/** Turns the bytes of every number round. */
function turn(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width)
    for (let a = at, b = at + width - 1; a < b; a++, b--) [bytes[a], bytes[b]] = [bytes[b], bytes[a]];
}

type BigArray = BigInt64Array | BigUint64Array;

const isBig = (array: object): array is BigArray =>
  array instanceof BigInt64Array || array instanceof BigUint64Array;

const limit = 2 ** 53;
const bigLimit = BigInt(limit);

function smallEnough(stored: BigArray, file: string): Float64Array {
  const numbers = Float64Array.from(stored as Iterable<bigint>, Number);
  const index = numbers.findIndex(
    (value, n) => Math.abs(value) >= limit && !(stored[n] >= -bigLimit && stored[n] <= bigLimit),
  );
  if (index < 0) return numbers;
  throw new MarrowError("NIFTI_INTEGER_RANGE", { file, expected: "at most 2^53", found: `${stored[index]}` });
}

function scaled(stored: ArrayLike<number>, { slope, intercept }: NiftiInfo): Float32Array<ArrayBuffer> {
  if (slope === 1 && intercept === 0)
    return stored instanceof Float32Array ? (stored as Float32Array<ArrayBuffer>) : new Float32Array(stored);
  const values = new Float32Array(stored.length);
  for (let n = 0; n < values.length; n++) values[n] = stored[n] * slope + intercept;
  return values;
}
