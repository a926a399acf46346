import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MarrowError } from "../../src/base/errors.js";
import { emptyDataSet } from "../../src/dicom/data-set.js";
import { setItems, setText } from "../../src/dicom/set-values.js";
import { openSource } from "../../src/dicom/source.js";
import { explicitLittleEndian } from "../../src/dicom/transfer-syntax.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import { bytesOfSlice } from "./make-dicom.js";
import { zip } from "./make-zip.js";

let dir = "";
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "marrow-source-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));

const slice = (instance: number) => Buffer.from(bytesOfSlice({ instance }));

async function contents(path: string) {
  const source = await openSource(path);
  try {
    const read = await Promise.all(source.names.map((name) => source.read(name)));
    return { names: source.names, missing: source.missing, read: read.map((bytes) => Buffer.from(bytes)) };
  } finally {
    await source.close();
  }
}

describe("openSource", () => {
  it("reads a tree of files, gzipped ones too, hidden ones not", async () => {
    const root = join(dir, "tree");
    await mkdir(join(root, "a", "b"), { recursive: true });
    await writeFile(join(root, "a", "b", "2"), slice(2));
    await writeFile(join(root, "a", "1.dcm.gz"), gzipSync(slice(1)));
    await writeFile(join(root, ".hidden"), "x");
    const { names, read } = await contents(root);
    expect(names).toEqual([join("a", "1.dcm.gz"), join("a", "b", "2")]);
    expect(read).toEqual([slice(1), slice(2)]);
  });

  it("reads a zip archive, stored and deflated entries", async () => {
    const file = join(dir, "scan.zip");
    await writeFile(file, zip({ "x/1": slice(1), "x/2": slice(2), "__MACOSX/x": slice(3) }));
    const { names, read } = await contents(file);
    expect(names).toEqual(["x/1", "x/2"]);
    expect(read).toEqual([slice(1), slice(2)]);
  });

  it("reads the archives in a folder too, each of them; one that is damaged is a file that cannot be used", async () => {
    const root = join(dir, "archives");
    await mkdir(join(root, "deep"), { recursive: true });
    await writeFile(join(root, "a.zip"), zip({ "x/1": slice(1), "x/2": gzipSync(slice(2)) }));
    await writeFile(join(root, "deep", "B.ZIP"), zip({ "x/1": slice(3) }));
    await writeFile(join(root, "plain"), slice(4));
    await writeFile(join(root, "torn.zip"), zip({ "x/1": slice(5) }).subarray(0, 90));
    const { names, read } = await contents(root);
    expect(names).toEqual(["a.zip/x/1", "a.zip/x/2", "deep/B.ZIP/x/1", "plain", "torn.zip"]);
    expect(read.slice(0, 4)).toEqual([1, 2, 3, 4].map(slice));
  });

  it("reads the files a DICOMDIR lists, whatever their case, and names those that are not there", async () => {
    const root = join(dir, "medium");
    await mkdir(join(root, "dicom"), { recursive: true });
    await writeFile(join(root, "dicom", "im1"), slice(1));
    await writeFile(join(root, "dicom", "other"), slice(2));
    const dataset = emptyDataSet();
    const records = ["IM1", "IM2"].map((name) => {
      const record = emptyDataSet();
      setText(record, "00041500", ["DICOM", name]);
      return record;
    });
    setItems(dataset, "00041220", records);
    const directory = { meta: emptyDataSet(), dataset, transferSyntax: explicitLittleEndian, problems: [] };
    await writeFile(join(root, "DICOMDIR"), writeDicom(directory));
    const { names, missing } = await contents(join(root, "DICOMDIR"));
    expect([names, missing]).toEqual([[join("dicom", "im1")], ["DICOM/IM2"]]);
  });

  it.each([
    ["an archive cut off", () => zip({ a: slice(1) }).subarray(0, 100), "ZIP_DAMAGED"],
    ["an encrypted archive", () => zip({ a: slice(1) }, 1), "ZIP_DAMAGED"],
    ["a damaged entry", () => Buffer.from(zip({ a: slice(1) })).fill(7, 40, 60), "ZIP_DAMAGED"],
    ["a DICOMDIR that is none", () => slice(1), "DICOM_DAMAGED"],
  ])("refuses %s by its code", async (what, bytes, code) => {
    const file = join(dir, what.includes("DICOMDIR") ? "DICOMDIR" : `${code}.zip`);
    await writeFile(file, bytes());
    const error = await contents(file).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(MarrowError);
    expect((error as MarrowError).code).toBe(code);
  });

  it("says that a path does not exist", async () => {
    await expect(openSource(join(dir, "nowhere"))).rejects.toThrow("FILE_NOT_FOUND");
  });
});
