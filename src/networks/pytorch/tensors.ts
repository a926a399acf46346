/** Tensors of a PyTorch checkpoint: numbers of a storage, seen through an offset, sizes and strides. */
import type { SafeTensor } from "../../autograd/safetensors.js";
import { type Shape, sizeOf } from "../../autograd/tensor.js";

interface ElementType {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

/** Half precision (IEEE 754 binary16) as a number. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));
/** bfloat16 is the upper half of a float32. */
function brain(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** By the name of the storage's class. */
export const elementTypes: Readonly<Record<string, ElementType>> = {
  "torch.FloatStorage": { bytes: 4, read: (v, at) => v.getFloat32(at, true) },
  "torch.DoubleStorage": { bytes: 8, read: (v, at) => v.getFloat64(at, true) },
  "torch.HalfStorage": { bytes: 2, read: (v, at) => half(v.getUint16(at, true)) },
  "torch.BFloat16Storage": { bytes: 2, read: (v, at) => brain(v.getUint16(at, true)) },
  "torch.LongStorage": { bytes: 8, read: (v, at) => Number(v.getBigInt64(at, true)) },
  "torch.IntStorage": { bytes: 4, read: (v, at) => v.getInt32(at, true) },
  "torch.ShortStorage": { bytes: 2, read: (v, at) => v.getInt16(at, true) },
  "torch.CharStorage": { bytes: 1, read: (v, at) => v.getInt8(at) },
  "torch.ByteStorage": { bytes: 1, read: (v, at) => v.getUint8(at) },
  "torch.BoolStorage": { bytes: 1, read: (v, at) => v.getUint8(at) },
};

export class Storage {
  constructor(
    readonly type: ElementType,
    readonly bytes: Uint8Array,
  ) {}

  get length(): number {
    return this.bytes.length / this.type.bytes;
  }
}

/** A tensor that has not been read yet. */
export class StoredTensor {
  constructor(
    private readonly storage: Storage,
    private readonly offset: number,
    readonly shape: Shape,
    private readonly strides: Shape,
  ) {}

  /** What does not fit, or undefined. Every element must be one of the storage's, and none may be shared. */
  get fault(): string | undefined {
    const all = [this.offset, ...this.shape, ...this.strides];
    if (!all.every((n) => Number.isSafeInteger(n) && n >= 0) || this.shape.length !== this.strides.length)
      return "sizes that make no sense";
    const count = sizeOf(this.shape);
    if (count === 0) return undefined;
    const last = this.shape.reduce((at, n, axis) => at + (n - 1) * (this.strides[axis] ?? 0), this.offset);
    if (count > this.storage.length || last >= this.storage.length)
      return `shape [${this.shape.join(", ")}] in ${this.storage.length} stored numbers`;
    return undefined;
  }

  /** The numbers, row by row, as float32. */
  read(): SafeTensor {
    const { type, bytes } = this.storage;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const data = new Float32Array(sizeOf(this.shape));
    const index = this.shape.map(() => 0);
    let at = this.offset;
    for (let i = 0; i < data.length; i++) {
      data[i] = type.read(view, at * type.bytes);
      for (let axis = index.length - 1; axis >= 0; axis--) {
        const stride = this.strides[axis] ?? 0;
        at += stride;
        if (++index[axis] < (this.shape[axis] ?? 1)) break;
        at -= index[axis] * stride;
        index[axis] = 0;
      }
    }
    return { shape: this.shape, data };
  }
}
