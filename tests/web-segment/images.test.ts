import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { writeNifti } from "../../src/volume/nifti.js";
import type { Affine } from "../../src/volume/volume.js";
import { loadImages } from "../../web-segment/images.js";
import { stackOf } from "../dicom/make-dicom.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";

const folder = mkdtempSync(join(tmpdir(), "marrow-images-"));
afterAll(() => rmSync(folder, { recursive: true }));
const affine: Affine = [-1, 0, 0, 4, 0, 1, 0, 5, 0, 0, 3, 6, 0, 0, 0, 1];
const data = Float32Array.from({ length: 24 }, (_, n) => n);
const fileOf = (bytes: Uint8Array, name: string) => new File([new Uint8Array(bytes)], name);

async function nifti(): Promise<Uint8Array> {
  const path = join(folder, "a.nii");
  await writeNifti(path, { data, size: [4, 3, 2], affine });
  return readFileSync(path);
}

describe("loadImages", () => {
  it.each(["plain", "gzip", "gzip without the ending"])("reads NIfTI: %s", async (how) => {
    const bytes = await nifti();
    const packed = how === "plain" ? bytes : gzipSync(bytes);
    const { images, errors } = await loadImages([fileOf(packed, how === "gzip" ? "a.nii.gz" : "a.nii")]);
    expect(errors).toEqual([]);
    expect(images.map(({ volume }) => volume)).toEqual([{ data, size: [4, 3, 2], affine }]);
  });

  it("sorts DICOM slices into volumes and leaves out what is no image", async () => {
    const slices = stackOf([2, 0, 1], [0, 0, 4]).map((file, n) => fileOf(writeDicom(file), `IM${n}`));
    const other = stackOf([0, 1], [0, 0, 4], { series: 2 }).map((file, n) =>
      fileOf(writeDicom(file), `B${n}.dcm`),
    );
    const notes = fileOf(Buffer.from("notes"), "notes.txt");
    const { images, errors } = await loadImages([...slices, notes, ...other]);
    expect(errors).toEqual([]);
    expect(images.map(({ volume }) => volume.size)).toEqual([
      [4, 3, 3],
      [4, 3, 2],
    ]);
    expect(images[0].name).toContain("series 1");
    expect([0, 12, 24].map((at) => images[0].volume.data[at])).toEqual([100, 101, 102]);
  });

  it("says what is wrong with each file and reads the rest", async () => {
    const files = [
      fileOf(await nifti(), "good.nii"),
      fileOf((await nifti()).subarray(0, 400), "short.nii"),
      fileOf(gzipSync(await nifti()).subarray(0, 60), "cut.nii.gz"),
      fileOf(Buffer.from("NRRD0004"), "other.nrrd"),
    ];
    const { images, errors } = await loadImages(files);
    expect(images.map(({ name }) => name)).toEqual(["good.nii"]);
    expect(errors.map(({ code, details }) => [code, details.file])).toEqual([
      ["NIFTI_TRUNCATED", "short.nii"],
      ["NIFTI_DAMAGED", "cut.nii.gz"],
      ["IMAGE_FORMAT", "other.nrrd"],
    ]);
  });

  it("says why there is no image among files that are something else", async () => {
    const { images, errors } = await loadImages([fileOf(Buffer.from("something"), "IM1")]);
    expect(images).toEqual([]);
    expect(errors.map(({ code }) => code)).toEqual(["DICOM_NOT_DICOM"]);
  });
});
