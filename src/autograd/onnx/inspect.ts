/**
 * Looks into an ONNX file without loading it: walks over the messages by their lengths, reads what is small and skips
 * the weights, so that the answer comes at once however large the file is. What it finds must make sense: a file that
 * passes is whole, and holds as many numbers as its tensors' shapes say.
 */
import { MarrowError } from "../../base/errors.js";
import { opset } from "./compile.js";
import { decode } from "./wire.js";

export interface OnnxSummary {
  readonly bytes: number;
  readonly opset: number;
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly inputs: readonly ValueShape[];
  readonly outputs: readonly ValueShape[];
  readonly nodes: number;
  /** Numbers stored in the file. */
  readonly stored: number;
}

export interface ValueShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Bytes read at a time. */
const block = 1 << 16;
/** Longest text in a model: a plan has some thousand characters. */
const longestText = 1 << 24;
/** Most numbers of one tensor or image. */
const mostNumbers = 2 ** 40;
/** Bytes of one element by TensorProto.DataType. */
const elementBytes: Readonly<Record<number, number>> = { 1: 4, 2: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 16: 2 };

/** A file, or what stands for one: bytes that are read piece by piece. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `from` on, fewer than `length` only at the end. */
  read(from: number, length: number): Promise<Uint8Array>;
}

interface Field {
  readonly number: number;
  /** Of a length-delimited field where it begins and its length; of others the value. */
  readonly from: number;
  readonly length: number;
  readonly value: number;
  readonly isMessage: boolean;
}

/** A file read through a window that moves on. */
class Reader {
  private window: Uint8Array = new Uint8Array();
  private windowAt = 0;

  constructor(
    private readonly source: ByteSource,
    readonly fail: (found: string) => MarrowError,
  ) {}

  get size(): number {
    return this.source.size;
  }

  private async fill(at: number): Promise<void> {
    this.window = await this.source.read(at, Math.min(block, this.size - at));
    this.windowAt = at;
  }

  private async byte(at: number): Promise<number> {
    const inWindow = at - this.windowAt;
    if (inWindow < 0 || inWindow >= this.window.length) await this.fill(at);
    const value = this.window[at - this.windowAt];
    if (value === undefined) throw this.fail("an end too early");
    return value;
  }

  async bytes(from: number, length: number): Promise<Uint8Array> {
    const bytes = await this.source.read(from, length);
    if (bytes.length < length) throw this.fail("an end too early");
    return bytes;
  }

  /** A base-128 number and where it ends. */
  async varint(at: number, end: number): Promise<[value: number, next: number]> {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (at + i >= end) throw this.fail("an end too early");
      const b = await this.byte(at + i);
      value += (b & 127) * 2 ** (7 * i);
      if (b < 128) return [value, at + i + 1];
    }
    throw this.fail("a number that does not end");
  }

  /** Fields of the message between `from` and `end`. */
  async *fields(from: number, end: number): AsyncGenerator<Field> {
    for (let at = from; at < end;) {
      const [tag, behindTag] = await this.varint(at, end);
      const [number, wireType] = [Math.floor(tag / 8), tag % 8];
      if (number === 0 || number > 536_870_911) throw this.fail("bytes that are no ONNX model");
      if (wireType === 0) {
        const [value, next] = await this.varint(behindTag, end);
        yield { number, value, from: behindTag, length: 0, isMessage: false };
        at = next;
        continue;
      }
      const [length, start] =
        wireType === 2
          ? await this.varint(behindTag, end)
          : [{ 1: 8, 5: 4 }[wireType] ?? Infinity, behindTag];
      if (length === Infinity) throw this.fail("bytes that are no ONNX model");
      if (start + length > end) throw this.fail("an end too early: the file is truncated or damaged");
      yield { number, value: 0, from: start, length, isMessage: wireType === 2 };
      at = start + length;
    }
  }

  async small({ from, length }: Field): Promise<Uint8Array> {
    if (length > longestText) throw this.fail(`a text of ${length} bytes`);
    return this.bytes(from, length);
  }
}

/**
 * The summary; `file` names the source in errors. Throws MODEL_INVALID where it is damaged, too new, or holds what no
 * model of ours holds.
 */
export function inspectOnnx(source: ByteSource, file: string): Promise<OnnxSummary> {
  return summaryOf(new Reader(source, (found) => new MarrowError("MODEL_INVALID", { file, found })));
}

async function summaryOf(reader: Reader): Promise<OnnxSummary> {
  const metadata = new Map<string, string>();
  const text = new TextDecoder();
  let [version, producer] = [0, ""];
  let graph: GraphSummary | undefined;
  for await (const field of reader.fields(0, reader.size)) {
    if (field.number === 2 && field.isMessage) producer = text.decode(await reader.small(field));
    if (field.number === 7 && field.isMessage) graph = await graphOf(reader, field);
    if (field.number === 8 && field.isMessage) {
      const { domain = "", version: found = 0 } = decode("OperatorSetIdProto", await reader.small(field));
      if (domain !== "" && domain !== "ai.onnx") throw reader.fail(`operators of ${domain.slice(0, 60)}`);
      version = found;
    }
    if (field.number === 14 && field.isMessage) {
      const { key = "", value = "" } = decode("StringStringEntryProto", await reader.small(field));
      metadata.set(key, value);
    }
    if (field.number === 25) throw reader.fail("functions of its own");
  }
  if (!graph || version === 0) throw reader.fail("no graph: this is no ONNX model");
  if (version > opset)
    throw new MarrowError("MODEL_INVALID", {
      ...reader.fail("").details,
      expected: `operator set ${opset} or older`,
      found: `operator set ${version}`,
      next: "Update Marrow, or export the model again.",
    });
  return { bytes: reader.size, opset: version, producer, metadata, ...graph };
}

type GraphSummary = Pick<OnnxSummary, "inputs" | "outputs" | "nodes" | "stored">;

async function graphOf(reader: Reader, { from, length }: Field): Promise<GraphSummary> {
  const [inputs, outputs]: [ValueShape[], ValueShape[]] = [[], []];
  let [nodes, stored] = [0, 0];
  for await (const field of reader.fields(from, from + length)) {
    if (!field.isMessage) continue;
    if (field.number === 1) nodes++;
    if (field.number === 5) stored += await numbersOf(reader, field);
    if (field.number === 11) inputs.push(await shapeOf(reader, field));
    if (field.number === 12) outputs.push(await shapeOf(reader, field));
  }
  if (nodes === 0) throw reader.fail("a graph without nodes");
  return { inputs, outputs, nodes, stored };
}

async function shapeOf(reader: Reader, field: Field): Promise<ValueShape> {
  const { name = "", type } = decode("ValueInfoProto", await reader.small(field));
  const shape = type?.tensorType?.shape?.dim?.map(({ dimValue = 1 }) => dimValue) ?? [];
  checkedCount(reader, shape, name);
  return { name, shape };
}

function checkedCount(reader: Reader, dims: readonly number[], name: string): number {
  const count = dims.reduce((a, b) => a * b, 1);
  if (dims.some((n) => !Number.isSafeInteger(n) || n < 0) || count > mostNumbers)
    throw reader.fail(`shape [${dims.slice(0, 6).join(", ")}] of ${name.slice(0, 60) || "a tensor"}`);
  return count;
}

/** Numbers in a stored tensor, which must lie in this file and be as many as its shape says. */
async function numbersOf(reader: Reader, { from, length }: Field): Promise<number> {
  const dims: number[] = [];
  let [type, bytes, name] = [0, 0, ""];
  for await (const field of reader.fields(from, from + length)) {
    if (field.number === 1) dims.push(...(field.isMessage ? await packed(reader, field) : [field.value]));
    if (field.number === 2) type = field.value;
    if (field.number === 8) name = new TextDecoder().decode(await reader.small(field));
    if (field.number === 9) bytes = field.length;
    if (field.number === 13 || (field.number === 14 && field.value !== 0))
      throw reader.fail(`weights outside the file (${name.slice(0, 60)})`);
  }
  const count = checkedCount(reader, dims, name);
  if (count * (elementBytes[type] ?? NaN) !== bytes)
    throw reader.fail(
      `${bytes} bytes for shape [${dims.slice(0, 6).join(", ")}] of ${name.slice(0, 60) || "a tensor"}`,
    );
  return count;
}

async function packed(reader: Reader, { from, length }: Field): Promise<number[]> {
  const values: number[] = [];
  for (let at = from; at < from + length;) {
    const [value, next] = await reader.varint(at, from + length);
    values.push(value);
    at = next;
  }
  return values;
}
