import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  type SafeTensor,
  writeSafetensors,
} from "../../src/autograd/safetensors.js";

/** Made with the safetensors library, see fixtures/make-formats-reference.py. */
const url = new URL("./fixtures/formats-reference.json", import.meta.url);
const { safetensors: reference } = JSON.parse(readFileSync(url, "utf8")) as {
  safetensors: { base64: string; values: Record<string, { shape: number[]; data: number[] }> };
};
const outside = Buffer.from(reference.base64, "base64");
const folder = mkdtempSync(join(tmpdir(), "marrow-safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tensors = new Map<string, SafeTensor>([
  ["a.weight", { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, NaN, Infinity, 1e-40) }],
  ["labels", { shape: [3], data: Uint8Array.of(0, 128, 255) }],
  ["Größe#m", { shape: [], data: BigInt64Array.of(-(2n ** 62n)) }],
  ["index", { shape: [1, 2], data: Int32Array.of(-5, 7) }],
  ["empty", { shape: [0, 4], data: new Float32Array() }],
]);
const metadata = { network: "unet-3d", note: "ä\n" };

describe("decodeSafetensors", () => {
  it("reads what the safetensors library wrote", () => {
    const file = decodeSafetensors(outside, "a.safetensors");
    const read = [...file.tensors].map(([name, { shape, data }]) => [
      name,
      { shape, data: Array.from(data, Number) },
    ]);
    expect(Object.fromEntries(read)).toEqual(reference.values);
    expect(file.metadata).toEqual({ network: "unet", note: "Grüße" });
  });

  it("reads a file without metadata", () => {
    expect(decodeSafetensors(withHeader("{}"), "a").metadata).toEqual({});
  });

  it("copies: the tensors do not change with the bytes", () => {
    const bytes = encodeSafetensors({ tensors, metadata });
    const { tensors: read } = decodeSafetensors(bytes, "a");
    bytes.fill(0);
    expect(read.get("labels")?.data).toEqual(Uint8Array.of(0, 128, 255));
  });
});

describe("writeSafetensors", () => {
  it("writes what readSafetensors reads, in one piece", async () => {
    const path = join(folder, "whole.safetensors");
    await writeSafetensors(path, { tensors, metadata });
    const file = await readSafetensors(path);
    expect(file.tensors).toEqual(tensors);
    expect(file.metadata).toEqual(metadata);
    expect(readdirSync(folder)).toEqual(["whole.safetensors"]);
  });

  it("begins the data at a multiple of 8, whatever the names", () => {
    for (const name of ["a", "ä", "äö", "€", "abcdefg"]) {
      const bytes = encodeSafetensors({
        tensors: new Map([[name, { shape: [1], data: Float32Array.of(1) }]]),
        metadata,
      });
      expect((bytes.length - 4) % 8).toBe(0);
      expect(decodeSafetensors(bytes, "a").tensors.get(name)?.data).toEqual(Float32Array.of(1));
    }
  });

  it("says where a file cannot be written", async () => {
    const path = join(folder, "missing", "a.safetensors");
    await expect(writeSafetensors(path, { tensors, metadata })).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      details: { file: path },
    });
  });
});

function withHeader(text: string, body: readonly number[] = []): Uint8Array {
  const json = Buffer.from(text);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.from(body)]);
}

const entry = (over: object) =>
  withHeader(
    JSON.stringify({ t: { dtype: "F32", shape: [1], data_offsets: [0, 4], ...over } }),
    [0, 0, 0, 0],
  );

describe("malformed files", () => {
  it.each<[string, Uint8Array, RegExp]>([
    ["empty", new Uint8Array(), /0 bytes/],
    ["shorter than its length field", new Uint8Array(5), /5 bytes/],
    ["a header longer than the file", outside.subarray(0, 60), /a header of \d+ bytes in a file of 60/],
    ["a header that is not JSON", withHeader("{broken"), /not JSON/],
    ["a header that is null", withHeader("null"), /header/],
    ["a header that is a list", withHeader("[1]"), /header/],
    ["metadata that are no texts", withHeader('{"__metadata__": {"a": 1}}'), /header/],
    ["an entry that is a number", withHeader('{"t": 3}'), /entry of tensor t/],
    ["an entry without offsets", entry({ data_offsets: undefined }), /entry of tensor t/],
    ["negative offsets", entry({ data_offsets: [-4, 0] }), /entry of tensor t/],
    ["offsets the wrong way round", entry({ data_offsets: [4, 0] }), /-4 bytes/],
    ["an unknown type", entry({ dtype: "F8_E5M2" }), /tensor t of type F8_E5M2/],
    ["a type called like a method", entry({ dtype: "toString" }), /tensor t of type toString/],
    ["a shape that does not fit", entry({ shape: [2] }), /shape \[2\] in 4 bytes/],
    ["a length that is no multiple", entry({ data_offsets: [0, 3] }), /shape \[1\] in 3 bytes/],
    ["truncated data", outside.subarray(0, outside.length - 1), /the file ends inside tensor/],
  ])("%s", (_, bytes, found) => {
    const decode = () => decodeSafetensors(bytes, "bad.safetensors");
    expect(decode).toThrow(expect.objectContaining({ code: "SAFETENSORS_INVALID" }));
    expect(decode).toThrow(found);
    expect(decode).toThrow("bad.safetensors");
  });

  it("a missing file, a folder", async () => {
    await expect(readSafetensors(join(folder, "none"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(readSafetensors(folder)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });

  it("an invalid file read from disk is named", async () => {
    const path = join(folder, "bad.safetensors");
    writeFileSync(path, "no such thing");
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: "SAFETENSORS_INVALID",
      details: { file: path },
    });
  });
});
