/** The voxel types of NIfTI, which of them are read, and how their bytes become float32. */
import type { VoxelArray } from "./volume.js";

/** Bytes in the machine's own order, aligned, seen as numbers. */
type Viewer = (buffer: ArrayBuffer) => ArrayLike<number> | BigInt64Array | BigUint64Array;

export interface Datatype {
  readonly name: string;
  /** Bytes of one voxel. */
  readonly bytes: 1 | 2 | 4 | 8;
  readonly view: Viewer;
}

/** NIfTI data type code to reader. What is not here is refused. */
export const datatypes: Readonly<Record<number, Datatype>> = {
  2: { name: "uint8", bytes: 1, view: (b) => new Uint8Array(b) },
  4: { name: "int16", bytes: 2, view: (b) => new Int16Array(b) },
  8: { name: "int32", bytes: 4, view: (b) => new Int32Array(b) },
  16: { name: "float32", bytes: 4, view: (b) => new Float32Array(b) },
  64: { name: "float64", bytes: 8, view: (b) => new Float64Array(b) },
  256: { name: "int8", bytes: 1, view: (b) => new Int8Array(b) },
  512: { name: "uint16", bytes: 2, view: (b) => new Uint16Array(b) },
  768: { name: "uint32", bytes: 4, view: (b) => new Uint32Array(b) },
  1024: { name: "int64", bytes: 8, view: (b) => new BigInt64Array(b) },
  1280: { name: "uint64", bytes: 8, view: (b) => new BigUint64Array(b) },
};

/** Types that exist and are refused, by name. */
export const refusedDatatypes: Readonly<Record<number, string>> = {
  0: "unknown (0)",
  1: "binary (1 bit)",
  32: "complex64",
  128: "RGB24 (colour)",
  1536: "float128",
  1792: "complex128",
  2048: "complex256",
  2304: "RGBA32 (colour)",
};

const codes: readonly (readonly [new (...args: never[]) => VoxelArray, number])[] = [
  [Uint8Array, 2],
  [Int16Array, 4],
  [Int32Array, 8],
  [Float32Array, 16],
  [Float64Array, 64],
  [Int8Array, 256],
  [Uint16Array, 512],
  [Uint32Array, 768],
];

/** The NIfTI code under which a voxel array is written. */
export function datatypeCodeOf(data: VoxelArray): number {
  const row = codes.find(([kind]) => data instanceof kind);
  return row![1];
}
