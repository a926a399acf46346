/** Encodes and decodes the messages of schema.ts; the wire format itself is @bufbuild/protobuf's. */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type Message, type MessageName, messages } from "./schema.js";

type Field = readonly [number, string];
type Fields = Readonly<Record<string, unknown>>;

const scalarWriters: Readonly<Record<string, (w: BinaryWriter, n: number, value: unknown) => void>> = {
  int64: (w, n, value) => w.tag(n, WireType.Varint).int64(value as number),
  float: (w, n, value) => w.tag(n, WireType.Bit32).float(value as number),
  string: (w, n, value) => w.tag(n, WireType.LengthDelimited).string(value as string),
};

/** Bytes of a message. Fields that are undefined are left out. Large fields are copied once. */
export function encode<M extends MessageName>(name: M, message: Message<M>): Uint8Array<ArrayBuffer> {
  const pieces = piecesOf(name, message);
  const bytes = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const lengthOf = (pieces: readonly Uint8Array[]) => pieces.reduce((sum, piece) => sum + piece.length, 0);

/** The bytes of a message in pieces, of which the large ones are the message's own. */
function piecesOf(name: MessageName, message: Fields): Uint8Array[] {
  const writer = new BinaryWriter();
  const pieces: Uint8Array[] = [];
  const append = (number: number, inner: readonly Uint8Array[]) => {
    pieces.push(writer.tag(number, WireType.LengthDelimited).uint32(lengthOf(inner)).finish());
    for (const piece of inner) pieces.push(piece);
  };
  for (const [key, [number, type]] of Object.entries<Field>(messages[name])) {
    const value = message[key];
    if (value === undefined) continue;
    const element = type.replace("[]", "");
    for (const item of type.endsWith("[]") ? (value as unknown[]) : [value]) {
      const scalar = scalarWriters[element];
      if (scalar) scalar(writer, number, item);
      else if (element === "bytes") append(number, [item as Uint8Array]);
      else append(number, piecesOf(element as MessageName, item as Fields));
    }
  }
  pieces.push(writer.finish());
  return pieces;
}

const scalarReaders: Readonly<Record<string, (r: BinaryReader) => unknown>> = {
  int64: (r) => Number(r.int64()),
  float: (r) => r.float(),
  string: (r) => r.string(),
  bytes: (r) => r.bytes(),
};

/** The message in `bytes`. Fields that are not in the schema are skipped. */
export function decode<M extends MessageName>(name: M, bytes: Uint8Array): Message<M> {
  const reader = new BinaryReader(bytes);
  return read(reader, name, reader.len) as Message<M>;
}

function read(reader: BinaryReader, name: MessageName, end: number): Fields {
  const byNumber = new Map(
    Object.entries<Field>(messages[name]).map(([key, [n, type]]) => [n, { key, type }]),
  );
  const message: Record<string, unknown> = {};
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = byNumber.get(number);
    if (!field) reader.skip(wireType, number);
    else readField(reader, field.key, field.type, wireType, message);
  }
  return message;
}

function readField(
  reader: BinaryReader,
  key: string,
  type: string,
  wireType: WireType,
  message: Record<string, unknown>,
): void {
  const element = type.replace("[]", "");
  const one = () => {
    const scalar = scalarReaders[element];
    if (scalar) return scalar(reader);
    const length = reader.uint32();
    return read(reader, element as MessageName, reader.pos + length);
  };
  if (!type.endsWith("[]")) {
    message[key] = one();
    return;
  }
  const list = (message[key] ??= []) as unknown[];
  const packed = wireType === WireType.LengthDelimited && (element === "int64" || element === "float");
  if (!packed) {
    list.push(one());
    return;
  }
  const length = reader.uint32();
  for (const end = reader.pos + length; reader.pos < end;) list.push(one());
}
