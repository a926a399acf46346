/** A zip archive of small files, stored as they are. Source: APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16. */

/** Names in ASCII; below 4 GB altogether. */
export function zipOf(files: readonly (readonly [name: string, bytes: Uint8Array])[]): Buffer {
  const [locals, entries]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, bytes] of files) {
    const common = commonPart(name, bytes);
    const local = Buffer.concat([signature(0x04034b50), common, Buffer.from(name), bytes]);
    entries.push(
      Buffer.concat([signature(0x02014b50), uint16(20), common, placeOf(offset), Buffer.from(name)]),
    );
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  return Buffer.concat([...locals, directory, endOf(files.length, directory.length, offset)]);
}

/** Version needed, flags, method 0, time and date (1 January 1980), CRC-32, both sizes, lengths of name and extra field. */
function commonPart(name: string, bytes: Uint8Array): Buffer {
  const part = Buffer.alloc(26);
  part.writeUInt16LE(20, 0);
  part.writeUInt16LE(0x21, 8);
  part.writeUInt32LE(crc32(bytes), 10);
  part.writeUInt32LE(bytes.length, 14);
  part.writeUInt32LE(bytes.length, 18);
  part.writeUInt16LE(name.length, 22);
  return part;
}

/** Comment, disk, attributes: all 0; then where the entry begins. */
function placeOf(offset: number): Buffer {
  const part = Buffer.alloc(14);
  part.writeUInt32LE(offset, 10);
  return part;
}

function endOf(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of ISO 3309, as zip has it. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
