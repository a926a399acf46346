/** Encodes and decodes the messages of schema.ts; the wire format itself is @bufbuild/protobuf's. */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type Message, type MessageName, messages } from "./schema.js";

type Field = readonly [number, string];
type Fields = Readonly<Record<string, unknown>>;

const scalarWriters: Readonly<Record<string, (w: BinaryWriter, n: number, value: unknown) => void>> = {
  int64: (w, n, value) => w.tag(n, WireType.Varint).int64(value as number),
  float: (w, n, value) => w.tag(n, WireType.Bit32).float(value as number),
  string: (w, n, value) => w.tag(n, WireType.LengthDelimited).string(value as string),
  bytes: (w, n, value) => w.tag(n, WireType.LengthDelimited).bytes(value as Uint8Array),
};

/** Bytes of a message. Fields that are undefined are left out. */
export function encode<M extends MessageName>(name: M, message: Message<M>): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  write(writer, name, message);
  return writer.finish();
}

function write(writer: BinaryWriter, name: MessageName, message: Fields): void {
  for (const [key, [number, type]] of Object.entries<Field>(messages[name])) {
    const value = message[key];
    if (value === undefined) continue;
    const element = type.replace("[]", "");
    for (const item of type.endsWith("[]") ? (value as unknown[]) : [value]) {
      const scalar = scalarWriters[element];
      if (scalar) {
        scalar(writer, number, item);
      } else {
        writer.tag(number, WireType.LengthDelimited).fork();
        write(writer, element as MessageName, item as Fields);
        writer.join();
      }
    }
  }
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
