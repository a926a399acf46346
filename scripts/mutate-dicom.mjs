/** Damages DICOM files in the ways disks, networks, bad writers and attackers do; the same seed gives the same damage. */

/** Mulberry32. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const below = (random, n) => Math.floor(random() * n);
/** Most of what matters stands at the beginning. */
const place = (random, bytes) => below(random, random() < 0.7 ? Math.min(bytes.length, 4096) : bytes.length);

const element = (group, number, vr, value) => {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.write(vr, 4, "latin1");
  header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
};

const short = (n) => {
  const value = Buffer.alloc(2);
  value.writeUInt16LE(n, 0);
  return value;
};

const find = (bytes, group, number) => {
  const tag = Buffer.from([group & 255, group >> 8, number & 255, number >> 8]);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(tag, 128);
};

export const mutations = {
  flipBits(bytes, random) {
    const out = Buffer.from(bytes);
    for (let n = 1 + below(random, 20); n > 0; n--) out[place(random, out)] ^= 1 << below(random, 8);
    return out;
  },
  truncate(bytes, random) {
    return Buffer.from(bytes.subarray(0, place(random, bytes)));
  },
  removeBytes(bytes, random) {
    const at = place(random, bytes);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 64))]);
  },
  insertBytes(bytes, random) {
    const at = place(random, bytes);
    const noise = Buffer.from(Array.from({ length: 1 + below(random, 64) }, () => below(random, 256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  lieAboutLength(bytes, random) {
    const out = Buffer.from(bytes);
    const lies = [0xffffffff, 0xfffffffe, 0x7fffffff, 0x80000000, 0, 1, 0xffff, below(random, 1 << 30)];
    const at = (place(random, out) >> 1) << 1;
    if (at + 4 <= out.length) out.writeUInt32LE(lies[below(random, lies.length)], at);
    return out;
  },
  nestDeeply(bytes, random) {
    const depth = 1 + below(random, 20_000);
    const open = Buffer.from([
      0x08, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 0xfe, 255, 0, 0xe0, 255, 255, 255, 255,
    ]);
    const at = Math.max(0, find(bytes, 0x0008, 0x0016));
    return Buffer.concat([
      bytes.subarray(0, at),
      ...Array.from({ length: depth }, () => open),
      bytes.subarray(at),
    ]);
  },
  hugeImage(bytes, random) {
    const out = Buffer.from(bytes);
    for (const number of [0x0010, 0x0011]) {
      const at = find(out, 0x0028, number);
      if (at > 0 && at + 10 <= out.length)
        out.writeUInt16LE(random() < 0.5 ? 0xffff : below(random, 0x10000), at + 8);
    }
    return out;
  },
  manyFrames(bytes, random) {
    const at = find(bytes, 0x0028, 0x0010);
    if (at < 0) return Buffer.from(bytes);
    const frames = element(0x0028, 0x0008, "IS", Buffer.from(String(below(random, 2 ** 31)).padStart(12)));
    return Buffer.concat([bytes.subarray(0, at), frames, bytes.subarray(at)]);
  },
  otherBits(bytes, random) {
    const out = Buffer.from(bytes);
    const numbers = [0x0100, 0x0101, 0x0102, 0x0103, 0x0002];
    const values = [0, 1, 7, 8, 12, 15, 16, 24, 31, 32, 64, 255, 65535];
    for (const number of numbers) {
      const at = find(out, 0x0028, number);
      if (random() < 0.5 && at > 0 && at + 10 <= out.length)
        short(values[below(random, values.length)]).copy(out, at + 8);
    }
    return out;
  },
  otherSyntax(bytes, random) {
    const uids = [
      "1.2.840.10008.1.2\0",
      "1.2.840.10008.1.2.2\0",
      "1.2.840.10008.1.2.1.99",
      "1.2.840.10008.1.2.5\0",
    ];
    const codecs = ["50", "57", "70", "80", "81", "90", "91", "201", "203"].map(
      (n) => `1.2.840.10008.1.2.4.${n}`,
    );
    const at = find(bytes, 0x0002, 0x0010);
    if (at < 0) return Buffer.from(bytes);
    const all = [...uids, ...codecs];
    const uid = all[below(random, all.length)];
    const length = bytes[at + 6] + 256 * bytes[at + 7];
    const value = Buffer.from(uid.length % 2 ? `${uid}\0` : uid);
    return Buffer.concat([
      bytes.subarray(0, at),
      element(0x0002, 0x0010, "UI", value),
      bytes.subarray(at + 8 + length),
    ]);
  },
  damagePixels(bytes, random) {
    const out = Buffer.from(bytes);
    const start = Math.max(0, find(out, 0x7fe0, 0x0010));
    for (let n = 1 + below(random, 30); n > 0; n--)
      out[start + below(random, out.length - start)] = below(random, 256);
    return out;
  },
  noise(_, random) {
    const out = Buffer.from(Array.from({ length: below(random, 4096) }, () => below(random, 256)));
    if (out.length > 140) out.write("DICM", 128, "latin1");
    return out;
  },
};

const names = Object.keys(mutations);

/** One to three damages, chosen by the seed. */
export function mutate(bytes, seed) {
  const random = randomFrom(seed);
  const chosen = Array.from({ length: 1 + below(random, 3) }, () => names[below(random, names.length)]);
  return { name: chosen.join("+"), bytes: chosen.reduce((now, name) => mutations[name](now, random), bytes) };
}
