/**
 * Reads pickles without running anything. A pickle is a program for a small stack machine, two of whose instructions name
 * Python functions and call them; here names stay names, calls go through a table that the caller gives, and a name
 * that is not in it ends the reading. Instructions that torch.save does not write do not exist. (Python's pickletools
 * documents the instructions.)
 */
import { MarrowError } from "../../base/errors.js";

/** A Python function or class by name. It does nothing. */
export class Global {
  constructor(readonly name: string) {}
}

/** Key–value pairs; keys of checkpoints are strings and numbers. */
export type PickleDict = Map<unknown, unknown>;

/** What a call of each known name gives. */
export type Calls = Readonly<Record<string, (args: readonly unknown[]) => unknown>>;

export interface PickleOptions {
  readonly calls: Calls;
  /** Names that may occur without being called, e.g. types. */
  readonly names: ReadonlySet<string>;
  /** What a persistent id stands for. */
  readonly persistent: (id: unknown) => unknown;
  /** Names the file in errors. */
  readonly file: string;
}

const mark = Symbol("mark");

class Machine {
  readonly stack: unknown[] = [];
  private readonly memo: unknown[] = [];
  private readonly view: DataView;
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    readonly options: PickleOptions,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(found: string): MarrowError {
    return new MarrowError("WEIGHTS_INVALID", { file: this.options.file, found: `a pickle with ${found}` });
  }

  run(): unknown {
    for (;;) {
      const code = this.byte();
      if (code === 0x2e) return this.pop();
      const instruction = instructions[code];
      if (!instruction) throw this.fail(`the instruction 0x${code.toString(16)}, which weights do not need`);
      instruction(this);
    }
  }

  take(length: number): Uint8Array {
    if (length < 0 || this.at + length > this.bytes.length) throw this.fail("an end too early");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  number(length: number, read: (view: DataView, at: number) => number | bigint): number {
    this.take(length);
    return Number(read(this.view, this.at - length));
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.fail("an end too early");
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length === 0) throw this.fail("an empty stack");
    return this.stack.pop();
  }

  top(): unknown {
    if (this.stack.length === 0) throw this.fail("an empty stack");
    return this.stack.at(-1);
  }

  /** Everything above the last mark. */
  popMark(): unknown[] {
    const from = this.stack.lastIndexOf(mark);
    if (from < 0) throw this.fail("a missing mark");
    return this.stack.splice(from).slice(1);
  }

  remember(index: number): void {
    // Indices are given in turn; a gap would let a few bytes ask for gigabytes.
    if (index > this.memo.length) throw this.fail("memory out of order");
    this.memo[index] = this.top();
  }

  rememberNext(): void {
    this.remember(this.memo.length);
  }

  recall(index: number): void {
    if (index >= this.memo.length) throw this.fail("memory that is not there");
    this.push(this.memo[index]);
  }

  /** Puts a name on the stack, if it is allowed. */
  global(module: string, name: string): void {
    const full = `${module}.${name}`;
    if (!Object.hasOwn(this.options.calls, full) && !this.options.names.has(full))
      throw new MarrowError("WEIGHTS_UNSAFE", {
        file: this.options.file,
        expected: "tensors and nothing else",
        found: `the Python name ${full.slice(0, 80)}`,
      });
    this.push(new Global(full));
  }

  call(): void {
    const args = this.pop();
    const callee = this.pop();
    const call =
      callee instanceof Global && Object.hasOwn(this.options.calls, callee.name)
        ? this.options.calls[callee.name]
        : undefined;
    if (!call || !Array.isArray(args)) throw this.fail("a call of what is no function");
    this.push(call(args));
  }

  items(pairs: readonly unknown[]): void {
    const target = this.top();
    if (!(target instanceof Map)) throw this.fail("items for what is no dictionary");
    for (let i = 0; i + 1 < pairs.length; i += 2) target.set(pairs[i], pairs[i + 1]);
  }

  append(values: readonly unknown[]): void {
    const target = this.top();
    if (!Array.isArray(target)) throw this.fail("elements for what is no list");
    for (const value of values) target.push(value);
  }
}

const u8 = (m: Machine) => m.byte();
const u16 = (m: Machine) => m.number(2, (v, at) => v.getUint16(at, true));
const i32 = (m: Machine) => m.number(4, (v, at) => v.getInt32(at, true));
const u32 = (m: Machine) => m.number(4, (v, at) => v.getUint32(at, true));
const u64 = (m: Machine) => m.number(8, (v, at) => v.getBigUint64(at, true));

/** A little-endian two's-complement number of up to 8 bytes. */
function long(m: Machine): number {
  const bytes = m.take(m.byte());
  if (bytes.length > 8) throw m.fail("a number of more than 8 bytes");
  const value = bytes.reduceRight((n, b) => n * 256n + BigInt(b), 0n);
  return Number(BigInt.asIntN(8 * bytes.length, value));
}

const tuple = (m: Machine, length: number) => {
  const parts = Array.from({ length }, () => m.pop()).reverse();
  m.push(parts);
};

/** By opcode; names in the comments are pickletools'. */
const instructions: Readonly<Record<number, (m: Machine) => void>> = {
  0x80: (m) => void m.byte(), // PROTO
  0x95: (m) => void m.take(8), // FRAME
  0x28: (m) => m.push(mark), // MARK
  0x30: (m) => void m.pop(), // POP
  0x7d: (m) => m.push(new Map()), // EMPTY_DICT
  0x5d: (m) => m.push([]), // EMPTY_LIST
  0x29: (m) => m.push([]), // EMPTY_TUPLE
  0x74: (m) => m.push(m.popMark()), // TUPLE
  0x85: (m) => tuple(m, 1), // TUPLE1
  0x86: (m) => tuple(m, 2), // TUPLE2
  0x87: (m) => tuple(m, 3), // TUPLE3
  0x4e: (m) => m.push(undefined), // NONE
  0x88: (m) => m.push(true), // NEWTRUE
  0x89: (m) => m.push(false), // NEWFALSE
  0x4a: (m) => m.push(i32(m)), // BININT
  0x4b: (m) => m.push(u8(m)), // BININT1
  0x4d: (m) => m.push(u16(m)), // BININT2
  0x8a: (m) => m.push(long(m)), // LONG1
  0x47: (m) => m.push(m.number(8, (v, at) => v.getFloat64(at, false))), // BINFLOAT
  0x58: (m) => m.push(m.text(u32(m))), // BINUNICODE
  0x8c: (m) => m.push(m.text(u8(m))), // SHORT_BINUNICODE
  0x8d: (m) => m.push(m.text(u64(m))), // BINUNICODE8
  0x55: (m) => m.push(m.text(u8(m))), // SHORT_BINSTRING
  0x54: (m) => m.push(m.text(i32(m))), // BINSTRING
  0x71: (m) => m.remember(u8(m)), // BINPUT
  0x72: (m) => m.remember(u32(m)), // LONG_BINPUT
  0x94: (m) => m.rememberNext(), // MEMOIZE
  0x68: (m) => m.recall(u8(m)), // BINGET
  0x6a: (m) => m.recall(u32(m)), // LONG_BINGET
  0x63: (m) => m.global(m.line(), m.line()), // GLOBAL
  // STACK_GLOBAL
  0x93: (m) => {
    const [name, module] = [m.pop(), m.pop()];
    m.global(String(module), String(name));
  },
  0x52: (m) => m.call(), // REDUCE
  0x51: (m) => m.push(m.options.persistent(m.pop())), // BINPERSID
  // BUILD: attributes of an object. Of dictionaries torch keeps version numbers there, which nobody needs.
  0x62: (m) => void m.pop(),
  // SETITEM
  0x73: (m) => {
    const [value, key] = [m.pop(), m.pop()];
    m.items([key, value]);
  },
  0x75: (m) => m.items(m.popMark()), // SETITEMS
  // APPEND
  0x61: (m) => {
    const value = m.pop();
    m.append([value]);
  },
  0x65: (m) => m.append(m.popMark()), // APPENDS
};

/**
 * The value that a pickle describes: numbers, strings, lists (tuples too), maps, and what `calls` and `persistent` give.
 * Throws WEIGHTS_UNSAFE at a name that is not allowed, WEIGHTS_INVALID where the pickle is damaged.
 */
export function readPickle(bytes: Uint8Array, options: PickleOptions): unknown {
  return new Machine(bytes, options).run();
}
