import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { flipRows, qformOf } from "../../src/volume/nifti-affine.js";
import { readMask, readNifti, readNiftiFrames, readNiftiHeader, writeNifti } from "../../src/volume/nifti.js";
import { unwritable } from "../../src/volume/nifti-write.js";
import type { VoxelArray } from "../../src/volume/volume.js";
import { largestDifference, loadFixture } from "./load-fixture.js";

interface Fixture {
  files: { name: string; file: string; shape: number[]; affine: number[]; values: number[] }[];
  affines: { name: string; affine: number[]; axcodes: string; qfac: number; quaternion: number[] }[];
}

const { files, affines } = loadFixture<Fixture>("nifti-files");
const folder = mkdtempSync(join(tmpdir(), "marrow-nifti-"));
afterAll(() => rmSync(folder, { recursive: true }));

let number = 0;
const fresh = (ending = ".nii") => join(folder, `${number++}${ending}`);
const bytesOf = (name: string) => Buffer.from(files.find((file) => file.name === name)!.file, "base64");

/** A file with these bytes; `change` may edit them first. */
function put(bytes: Buffer, ending = ".nii", change?: (view: DataView) => void): string {
  const path = fresh(ending);
  const copy = Buffer.from(new Uint8Array(bytes));
  change?.(new DataView(copy.buffer, copy.byteOffset, copy.length));
  writeFileSync(path, copy);
  return path;
}

const plain = () => gunzipSync(bytesOf("NIfTI-1 < uint8"));

describe("reading files written by nibabel", () => {
  it.each(files)("$name", async ({ file, shape, affine, values }) => {
    const packed = Buffer.from(file, "base64");
    for (const path of [put(packed, ".nii.gz"), put(gunzipSync(packed))]) {
      const image = await readNifti(path);
      expect(image.size).toEqual([shape[0], shape[1] ?? 1, shape[2] ?? 1]);
      expect(largestDifference(flipRows(image.affine), affine)).toBeLessThan(2e-6);
      expect(Array.from(image.data)).toEqual(values.map(Math.fround));
      expect(await readNiftiHeader(path)).toEqual(image.header);
    }
  });

  it("reads .hdr with .img, whichever is named, packed or not", async () => {
    const bytes = plain();
    const expected = await readNifti(put(bytes));
    const stem = fresh("");
    writeFileSync(`${stem}.hdr`, bytes.subarray(0, 348));
    new DataView(bytes.buffer, bytes.byteOffset).setFloat32(108, 0, true);
    writeFileSync(`${stem}.hdr`, bytes.subarray(0, 348));
    writeFileSync(`${stem}.img.gz`, gzipSync(bytes.subarray(352)));
    for (const ending of [".hdr", ".img.gz"])
      expect((await readNifti(stem + ending)).data).toEqual(expected.data);
  });

  it("reads frames in the file's order and refuses to take them for one image", async () => {
    const path = put(plain(), ".nii", (view) => {
      [4, 3, 2, 1, 2].forEach((n, at) => view.setInt16(40 + 2 * at, n, true));
    });
    const { frames, header } = await readNiftiFrames(path);
    const { values } = files[0];
    expect(header.frames).toBe(2);
    expect(frames.map(({ data }) => Array.from(data))).toEqual([values.slice(0, 6), values.slice(6)]);
    await expect(readNifti(path)).rejects.toMatchObject({ code: "NIFTI_FRAMES" });
  });
});

describe("files that are refused", () => {
  const cases: [string, string, () => string][] = [
    ["no file", "FILE_NOT_FOUND", () => fresh()],
    ["no NIfTI", "NIFTI_NOT_NIFTI", () => put(Buffer.alloc(600, 7))],
    ["an empty file", "NIFTI_TRUNCATED", () => put(Buffer.alloc(0))],
    ["part of a header", "NIFTI_TRUNCATED", () => put(plain().subarray(0, 200))],
    ["a header alone", "NIFTI_NO_VOXELS", () => put(plain().subarray(0, 352))],
    ["missing voxels", "NIFTI_TRUNCATED", () => put(plain().subarray(0, -1))],
    [
      "half a gzip file",
      "NIFTI_TRUNCATED",
      () => put(bytesOf("NIfTI-1 < uint8").subarray(0, 100), ".nii.gz"),
    ],
    ["Analyze 7.5", "NIFTI_NOT_NIFTI", () => put(plain(), ".nii", (view) => view.setInt32(344, 0))],
    ["complex64", "NIFTI_DATATYPE", () => put(plain(), ".nii", (view) => view.setInt16(70, 32, true))],
    ["RGB24", "NIFTI_DATATYPE", () => put(plain(), ".nii", (view) => view.setInt16(70, 128, true))],
    ["eight dimensions", "NIFTI_HEADER", () => put(plain(), ".nii", (view) => view.setInt16(40, 8, true))],
    ["no slices", "NIFTI_HEADER", () => put(plain(), ".nii", (view) => view.setInt16(46, 0, true))],
    ["an affine of zeros", "NIFTI_AFFINE", () => put(plain(), ".nii", zeroSform)],
    ["a NaN in the affine", "NIFTI_AFFINE", () => put(plain(), ".nii", (v) => v.setFloat32(284, NaN, true))],
    ["FreeSurfer", "IMAGE_FORMAT", () => fresh(".mgz")],
    ["NRRD", "IMAGE_FORMAT", () => fresh(".nrrd")],
    ["a number beyond 2^53", "NIFTI_INTEGER_RANGE", () => put(tooLarge())],
  ];
  const zeroSform = (view: DataView) => Array.from({ length: 12 }, (_, n) => view.setFloat32(280 + 4 * n, 0));
  const tooLarge = () => {
    const bytes = gunzipSync(bytesOf("NIfTI-1 < int64"));
    bytes.writeBigInt64LE(2n ** 53n + 1n, bytes.length - 8);
    return bytes;
  };

  it.each(cases)("%s: %s", async (_, code, make) => {
    const path = make();
    await expect(readNifti(path)).rejects.toMatchObject({ code, details: { file: path } });
  });

  it("damaged gzip data", async () => {
    const bytes = Buffer.from(gzipSync(plain()));
    bytes.writeUInt32LE(0, bytes.length - 8);
    await expect(readNifti(put(bytes, ".nii.gz"))).rejects.toMatchObject({ code: "NIFTI_DAMAGED" });
  });

  it("names the tool that converts another format", async () => {
    await expect(readNiftiHeader("brain.mgz")).rejects.toThrow(/mri_convert/);
  });

  it("a .hdr without its .img says which file is missing", async () => {
    const path = put(plain().subarray(0, 348), ".hdr");
    const details = { file: path, expected: path.replace(".hdr", ".img") };
    await expect(readNifti(path)).rejects.toMatchObject({ code: "NIFTI_NO_VOXELS", details });
  });
});

describe("readMask", () => {
  const affine = affines[0].affine;
  const write = async (data: VoxelArray) => {
    const path = fresh();
    await writeNifti(path, { data, size: [3, 1, 1], affine });
    return path;
  };

  it("gives bytes for whole numbers of any type", async () => {
    for (const data of [
      new Uint8Array([0, 1, 255]),
      new Float32Array([0, 1, 255]),
      new Int16Array([0, 1, 255]),
    ])
      expect((await readMask(await write(data))).data).toEqual(new Uint8Array([0, 1, 255]));
  });

  it.each([[0.5], [-1], [256], [NaN]])("names %f as no label", async (value) => {
    const refusal = readMask(await write(new Float32Array([0, value, 1])));
    await expect(refusal).rejects.toMatchObject({ code: "MASK_NOT_LABELS" });
    await expect(refusal).rejects.toThrow(`found:    ${value} at voxel 1, 0, 0`);
  });
});

describe("writeNifti", () => {
  const arrays = [
    Uint8Array,
    Int8Array,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
    Float64Array,
  ];
  const data = Float32Array.from({ length: 24 }, (_, n) => n * 3.25 - 7);

  it.each(affines)("gives back voxels and places: $name", async ({ affine: ras, qfac, quaternion }) => {
    const affine = flipRows(ras);
    for (const ending of [".nii", ".nii.gz"]) {
      const path = fresh(ending);
      await writeNifti(path, { data, size: [4, 3, 2], affine });
      const image = await readNifti(path);
      expect(image.data).toEqual(data);
      expect(image.size).toEqual([4, 3, 2]);
      expect(largestDifference(image.affine, affine)).toBeLessThan(1e-5);
      expect(image.header.sformCode).toBe(1);
      expect(image.header.qformCode).toBe(qformOf(ras) ? 1 : 0);
    }
    const qform = qformOf(ras);
    if (!qform) return;
    expect(qform.qfac).toBe(qfac);
    const turned = [quaternion, quaternion.map((value) => -value)]; // of a half turn both are the same rotation
    expect(Math.min(...turned.map((q) => largestDifference(qform.quatern, q)))).toBeLessThan(1e-5);
  });

  it("writes a qform that alone says the same, and none for a sheared grid", async () => {
    for (const { affine: ras, name } of affines) {
      const path = fresh();
      const affine = flipRows(ras);
      await writeNifti(path, { data, size: [4, 3, 2], affine });
      const withoutSform = put(readFileSync(path), ".nii", (view) => view.setInt16(254, 0, true));
      const { header } = await readNifti(withoutSform);
      expect(header.qformCode === 0).toBe(name === "sheared");
      if (name !== "sheared") expect(largestDifference(header.affine, affine)).toBeLessThan(1e-4);
    }
  });

  it.each(arrays.map((kind) => [kind.name, kind] as const))("keeps the type of %s", async (name, kind) => {
    const path = fresh();
    await writeNifti(path, { data: new kind([0, 1, 100]), size: [3, 1, 1], affine: affines[0].affine });
    const image = await readNifti(path);
    expect(image.header.datatypeName).toBe(name.replace("Array", "").toLowerCase());
    expect(Array.from(image.data)).toEqual([0, 1, 100]);
  });

  it("takes codes, units, intent and description from the image it is like", async () => {
    const path = put(plain(), ".nii", (view) => {
      view.setInt16(254, 4, true);
      view.setInt16(68, 1002, true);
    });
    const like = (await readNifti(path)).header;
    const copy = fresh();
    await writeNifti(
      copy,
      { data, size: [4, 3, 2], affine: like.affine },
      { like, description: "made by a test" },
    );
    const header = await readNiftiHeader(copy);
    expect(header).toMatchObject({ sformCode: 4, intent: 1002, description: "made by a test" });
  });

  it("leaves nothing behind when it fails", async () => {
    const before = readdirSync(folder);
    const missing = join(folder, "missing", "image.nii");
    const volume = { data, size: [4, 3, 2] as const, affine: affines[0].affine };
    await expect(writeNifti(missing, volume)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(writeNifti(join(folder, "a.png"), volume)).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
    const short = { ...volume, size: [4, 3, 3] as const };
    await expect(writeNifti(fresh(), short)).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
    const flat = { ...volume, affine: new Array<number>(16).fill(0) };
    await expect(writeNifti(fresh(), flat)).rejects.toMatchObject({ code: "NIFTI_AFFINE" });
    expect(readdirSync(folder)).toEqual(before);
  });

  it("packs a noisy image otherwise, with the same content", async () => {
    const data = Int16Array.from({ length: 8000 }, (_, n) => 400 + ((n * 7919) % 251));
    const volume = { data, size: [20, 20, 20] as const, affine: affines[0].affine };
    const [usual, noisy] = [fresh(".nii.gz"), fresh(".nii.gz")];
    await writeNifti(usual, volume);
    await writeNifti(noisy, volume, { noisy: true });
    const [a, b] = [usual, noisy].map((file) => readFileSync(file));
    expect(b.equals(a)).toBe(false);
    expect(gunzipSync(b).equals(gunzipSync(a))).toBe(true);
  });

  it("says that the disk is full", () => {
    const { code } = unwritable(
      Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" }),
      "out.nii",
    );
    expect(code).toBe("DISK_FULL");
  });
});
