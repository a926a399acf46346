import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MarrowError } from "../../src/base/errors.js";
import type { DicomFile } from "../../src/dicom/data-set.js";
import { frameBytes } from "../../src/dicom/frame-bytes.js";
import { imageLayout } from "../../src/dicom/image-layout.js";
import { framePixels } from "../../src/dicom/pixels.js";
import { setNumbers, setText } from "../../src/dicom/set-values.js";
import { sliceOf } from "./make-dicom.js";
import { filesIn, load, present, shared } from "./real-data.js";

const pixelsOf = (image: DicomFile, n = 0) => framePixels(image, imageLayout(image.dataset, "f"), n, "f");

/** Bits Allocated, Stored, High Bit, Pixel Representation, stored bytes, values. */
const layouts = [
  ["unsigned 16", 16, 16, 15, 0, [0xff, 0xff, 1, 0], [65535, 1]],
  ["signed 16", 16, 16, 15, 1, [0xff, 0xff, 1, 0], [-1, 1]],
  ["12 in 16 under an overlay", 16, 12, 11, 0, [0xff, 0xff, 1, 0xf0], [4095, 1]],
  ["signed 12 in 16", 16, 12, 11, 1, [0xff, 0x0f, 0xff, 0x07], [-1, 2047]],
  ["12 at the top of 16", 16, 12, 15, 0, [0xf0, 0xff, 0x10, 0], [4095, 1]],
  ["unsigned 8", 8, 8, 7, 0, [255, 3], [255, 3]],
  ["signed 8", 8, 8, 7, 1, [255, 3], [-1, 3]],
  ["unsigned 32", 32, 32, 31, 0, [255, 255, 255, 255, 1, 0, 0, 0], [4294967295, 1]],
  ["packed 12", 12, 12, 11, 0, [0xbc, 0x2a, 0x11], [0xabc, 0x112]],
  ["single bits", 1, 1, 0, 0, [0b10], [0, 1]],
] as const;

describe("framePixels", () => {
  it.each(layouts)("%s", async (_, allocated, stored, high, sign, bytes, values) => {
    const image = sliceOf({ rows: 1, columns: 2 });
    setNumbers(image.dataset, "00280100", [allocated]);
    setNumbers(image.dataset, "00280101", [stored]);
    setNumbers(image.dataset, "00280102", [high]);
    setNumbers(image.dataset, "00280103", [sign]);
    image.dataset.elements.set("7FE00010", { vr: "OW", bytes: Uint8Array.from(bytes) });
    expect([...(await pixelsOf(image))]).toEqual(values);
  });

  it("reads floating-point pixels", async () => {
    const image = sliceOf({ rows: 1, columns: 2 });
    setNumbers(image.dataset, "00280100", [32]);
    setNumbers(image.dataset, "00280101", [32]);
    setNumbers(image.dataset, "00280102", [31]);
    image.dataset.elements.delete("7FE00010");
    image.dataset.elements.set("7FE00008", {
      vr: "OF",
      bytes: new Uint8Array(Float32Array.of(0.5, -2).buffer),
    });
    expect([...(await pixelsOf(image))]).toEqual([0.5, -2]);
  });

  it.each([
    ["short data", (image: DicomFile) => setNumbers(image.dataset, "00280010", [4]), "DICOM_PIXELS"],
    ["colour", (image: DicomFile) => setText(image.dataset, "00280004", "PALETTE COLOR"), "DICOM_IMAGE_TYPE"],
    ["no rows", (image: DicomFile) => setNumbers(image.dataset, "00280010", [0]), "DICOM_PIXELS"],
    ["15 bits allocated", (image: DicomFile) => setNumbers(image.dataset, "00280100", [15]), "DICOM_PIXELS"],
    [
      "too many frames",
      (image: DicomFile) => setText(image.dataset, "00280008", "999999999"),
      "DICOM_TOO_LARGE",
    ],
    ["no pixels", (image: DicomFile) => image.dataset.elements.delete("7FE00010"), "DICOM_NO_IMAGE"],
  ])("refuses %s", async (_, damage, code) => {
    const image = sliceOf();
    damage(image);
    const error = await (async () => pixelsOf(image))().catch((one: unknown) => one);
    expect((error as MarrowError).code).toBe(code);
  });
});

/** Largest difference to the uncompressed original: 0 for lossless codecs, NEAR = 4 for JPEG-LS near-lossless. */
const codecs = [
  ["RLE", 0],
  ["JPLL", 0],
  ["JLSL", 0],
  ["J2KR", 0],
  ["JLSN", 4],
] as const;

describe.skipIf(!present("dicom-wg04"))("DICOM WG-04's images against their uncompressed originals", () => {
  it.each(codecs)("%s", async (codec, allowed) => {
    const names = readdirSync(join(shared, "dicom-wg04", codec));
    const differences = await Promise.all(
      names.map(async (name) => {
        const packed = await pixelsOf(load(join(shared, "dicom-wg04", codec, name)));
        const original = await pixelsOf(load(join(shared, "dicom-wg04", "REF", name.replace(codec, "UNC"))));
        return [...packed].reduce((most, value, n) => Math.max(most, Math.abs(value - original[n])), 0);
      }),
    );
    expect(differences.length).toBeGreaterThan(4);
    expect(Math.max(...differences)).toBe(allowed);
  });
});

const pydicom = join("dicom-pydicom", "test_files");
/** The same image in other transfer syntaxes, as pydicom's documentation pairs them. */
const pairs = [
  ["MR_small_RLE.dcm", "MR_small.dcm"],
  ["MR_small_bigendian.dcm", "MR_small.dcm"],
  ["MR_small_expb.dcm", "MR_small.dcm"],
  ["MR_small_implicit.dcm", "MR_small.dcm"],
  ["MR_small_jp2klossless.dcm", "MR_small.dcm"],
  ["MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"],
  ["MR2_J2KR.dcm", "MR2_UNCR.dcm"],
  ["emri_small_RLE.dcm", "emri_small.dcm"],
  ["emri_small_big_endian.dcm", "emri_small.dcm"],
  ["emri_small_jpeg_2k_lossless.dcm", "emri_small.dcm"],
  ["emri_small_jpeg_ls_lossless.dcm", "emri_small.dcm"],
].filter((pair) => pair.every((name) => present(join(pydicom, name))));

describe.skipIf(pairs.length === 0)("pydicom's images in other transfer syntaxes", () => {
  it.each(pairs)("%s equals %s, every frame", async (packed, plain) => {
    const [a, b] = [packed, plain].map((name) => load(join(shared, pydicom, name)));
    const { frames } = imageLayout(b.dataset, plain);
    for (let n = 0; n < frames; n++) expect([...(await pixelsOf(a, n))]).toEqual([...(await pixelsOf(b, n))]);
  });
});

/** SHA-256 and sum of the decoded samples, by OpenJPEG 2.5.4 (Pillow 12 on the codestream that pydicom 3.0.2 gives). */
const highThroughput = [
  ["HTJ2KLossless_08_RGB.dcm", "9d87240604f5d7522c6a8056ace6cefc2c8d6d0b07bd6e7303d5e5b21af9a49e", 117_137_474],
  ["HTJ2K_08_RGB.dcm", undefined, 117_138_982],
] as const; // prettier-ignore
const inFolder = (name: string) => filesIn("dicom-pydicom").find((file) => file.endsWith(`/${name}`)) ?? name;

describe.skipIf(!present("dicom-pydicom"))("high-throughput JPEG 2000", () => {
  it.each(highThroughput)("%s is what OpenJPEG decodes", async (name, sha256, sum) => {
    const image = load(inFolder(name));
    const bytes = await frameBytes(image, imageLayout(image.dataset, name), 0, name);
    if (sha256) expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    // Lossy decoders round differently: a thousandth of a grey value on the average.
    const total = bytes.reduce((all, value) => all + value, 0);
    expect(Math.abs(total - sum) / bytes.length).toBeLessThan(1e-3);
  });
});
