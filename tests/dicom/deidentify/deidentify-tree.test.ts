import { mkdtemp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { main } from "../../../src/cli/main.js";
import { deidentifyTree, type TreeSettings } from "../../../src/dicom/deidentify/deidentify-tree.js";
import { emptyDataSet } from "../../../src/dicom/data-set.js";
import { throwAwayKey } from "../../../src/dicom/deidentify/project-key.js";
import { dataSetFrom } from "../../../src/dicom/natural.js";
import { openSource } from "../../../src/dicom/source.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { explicitLittleEndian } from "../../../src/dicom/transfer-syntax.js";
import { zip } from "../make-zip.js";
import { fileOf, imageOf, key } from "./make-file.js";

/** Two patients, one file gzipped, a screen capture, a text, a damaged file. */
async function tree(): Promise<{ from: string; out: string }> {
  const from = await mkdtemp(join(tmpdir(), "marrow-deid-"));
  await mkdir(join(from, "Doe^John"));
  const place = (name: string, bytes: Uint8Array) => writeFile(join(from, name), bytes);
  await place("Doe^John/1.dcm", writeDicom(fileOf({ SOPInstanceUID: "1.2.3.1" })));
  await place("Doe^John/2.dcm.gz", gzipSync(writeDicom(fileOf({ SOPInstanceUID: "1.2.3.2" }))));
  await place(
    "other.dcm",
    writeDicom(fileOf({ PatientID: "99", PatientName: "Roe^Jane", SOPInstanceUID: "1.2.9.1" })),
  );
  await place("screen.dcm", writeDicom(imageOf(4, 4, new Uint8Array(16), { BurnedInAnnotation: "YES" })));
  await place("notes.txt", Buffer.from("nothing to see"));
  const damaged = Buffer.alloc(160);
  damaged.write("DICM", 128);
  await place("damaged.dcm", damaged);
  return { from, out: join(from, "..", `${from.split("/").at(-1)}-out`) };
}

async function run(from: string, out: string, more: Partial<TreeSettings> = {}) {
  const source = await openSource(from);
  return deidentifyTree(source, { key, options: [], out, ...more }).finally(() => source.close());
}

const names = async (dir: string) =>
  (await readdir(dir, { recursive: true })).filter((name) => name.endsWith(".dcm")).sort();

describe("deidentifyTree", () => {
  it("writes what it can and lists the rest with its reason", async () => {
    const { from, out } = await tree();
    const report = await run(from, out);
    expect(report.written).toBe(3);
    expect(report.patients.map(({ files }) => files).sort()).toEqual([1, 2]);
    expect(report.held.map(({ code }) => code)).toEqual(["BURNED_IN_YES"]);
    expect(report.failed.map(({ code }) => code)).toEqual(["DICOM_DAMAGED"]);
    expect(report.skipped.map(({ code }) => code)).toEqual(["DICOM_NOT_DICOM"]);
    expect(await names(out)).toHaveLength(3);
  });

  it("leaves no trace of the originals in names, files and audits", async () => {
    const { from, out } = await tree();
    await run(from, out);
    const all = await readdir(out, { recursive: true, withFileTypes: true });
    for (const entry of all) {
      const content = entry.isFile() ? await readFile(join(entry.parentPath, entry.name), "latin1") : "";
      expect(entry.name + content).not.toMatch(/Doe|Roe|4711|1\.2\.3\.[1245]|1\.2\.9/);
    }
    expect(all.filter(({ name }) => name.endsWith(".json"))).toHaveLength(2);
  });

  it("gives the same names with the key, and others without it", async () => {
    const { from, out } = await tree();
    await run(from, `${out}-1`);
    await run(from, `${out}-2`);
    await run(from, `${out}-3`, { key: throwAwayKey() });
    const first = await names(`${out}-1`);
    expect(await names(`${out}-2`)).toEqual(first);
    const parts = new Set(first.flatMap((name) => name.split("/")));
    expect(
      (await names(`${out}-3`)).flatMap((name) => name.split("/")).filter((part) => parts.has(part)),
    ).toEqual([]);
  });

  it("gives the same from a zip archive and from a DICOMDIR as from the folder", async () => {
    const { from, out } = await tree();
    const paths = (await readdir(from, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(from, join(entry.parentPath, entry.name)));
    const files = await Promise.all(
      paths.map(async (path) => [path, await readFile(join(from, path))] as const),
    );
    await writeFile(`${from}.zip`, zip(Object.fromEntries(files)));
    const directory = dataSetFrom({
      DirectoryRecordSequence: [...paths, "gone.dcm"].map((path) => ({ ReferencedFileID: path.split("/") })),
    });
    const medium = {
      meta: emptyDataSet(),
      dataset: directory,
      transferSyntax: explicitLittleEndian,
      problems: [],
    };
    await writeFile(join(from, "DICOMDIR"), writeDicom(medium));
    const [folder, archive, listed] = [`${out}-1`, `${out}-2`, `${out}-3`];
    await run(from, folder);
    const fromZip = await run(`${from}.zip`, archive);
    const fromMedium = await run(join(from, "DICOMDIR"), listed);
    expect([fromZip.written, fromZip.held.length, fromZip.skipped.length]).toEqual([3, 1, 1]);
    expect(fromMedium.failed.map(({ file, code }) => [file, code])).toContainEqual([
      "gone.dcm",
      "FILE_NOT_FOUND",
    ]);
    for (const other of [archive, listed]) {
      expect(await names(other)).toEqual(await names(folder));
      for (const name of await names(folder))
        expect(await readFile(join(other, name)), name).toEqual(await readFile(join(folder, name)));
    }
  });

  it("keeps two files that claim the same instance", async () => {
    const { from, out } = await tree();
    await writeFile(join(from, "again.dcm"), writeDicom(fileOf({ SOPInstanceUID: "1.2.3.1" })));
    expect((await run(from, out)).written).toBe(4);
    expect(await names(out)).toHaveLength(4);
  });

  it("blanks rectangles, and lets through what they settle", async () => {
    const { from, out } = await tree();
    const report = await run(from, out, { rectangles: [{ x: 0, y: 0, width: 4, height: 1 }] });
    expect(report.held).toEqual([]);
    expect(report.written).toBe(4);
  });
});

describe("marrow deidentify", () => {
  const quiet = async (args: string[]) => {
    const spies = [vi.spyOn(console, "log"), vi.spyOn(console, "error")];
    const lines: string[] = [];
    spies.forEach((spy) => spy.mockImplementation((text: unknown) => void lines.push(String(text))));
    const code = await main(["deidentify", ...args]);
    spies.forEach((spy) => spy.mockRestore());
    process.exitCode = undefined;
    return { code, text: lines.join("\n") };
  };

  it("asks for a key or for none", async () => {
    const { from, out } = await tree();
    const { code, text } = await quiet([from, out]);
    expect(code).toBe(1);
    expect(text).toMatch(/--throw-away-key/);
  });

  it("writes files, audit, map and the list of what was left out", async () => {
    const { from, out } = await tree();
    const list = `${out}.tsv`;
    const args = [
      from,
      out,
      "--key",
      `${out}.key`,
      "--map",
      `${out}.map`,
      "--list",
      list,
      "--option",
      "none",
    ];
    const { code, text } = await quiet(args);
    expect(code).toBe(1);
    expect(text).toMatch(/3 files of 2 patients/);
    expect(text).toMatch(/BURNED_IN_YES/);
    expect(text).toMatch(/Research use only/);
    expect(await readFile(list, "utf8")).toMatch(/held\tBURNED_IN_YES\t.*screen\.dcm/);
    expect(await readFile(`${out}.map`, "utf8")).toMatch(/marrow-sealed-1/);
  });

  it("does not write into the originals", async () => {
    const { from } = await tree();
    const { text } = await quiet([from, join(from, "out"), "--throw-away-key"]);
    expect(text).toMatch(/BAD_ARGUMENT/);
  });
});
