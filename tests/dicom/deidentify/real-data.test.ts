/** The public DICOM sets, de-identified: nothing of what the profile removes is left in the bytes, and they stay valid. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MarrowError } from "../../../src/base/errors.js";
import { isPrivate, type DataSet, type DicomFile, type Tag } from "../../../src/dicom/data-set.js";
import { cleanText } from "../../../src/dicom/deidentify/clean-text.js";
import { deidentifier } from "../../../src/dicom/deidentify/deidentify.js";
import { researchOptions, type OptionName } from "../../../src/dicom/deidentify/options.js";
import { writingInPixels } from "../../../src/dicom/deidentify/writing-in-pixels.js";
import { openSource } from "../../../src/dicom/source.js";
import { readDicom } from "../../../src/dicom/read-dicom.js";
import { text } from "../../../src/dicom/values.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { key } from "./make-file.js";

const shared = join(process.env["MARROW_SHARED"] ?? "../shared", "data");
const table = join(shared, "dicom-standard/confidentiality_profile_attributes.json");
const sets = existsSync(table)
  ? readdirSync(shared).filter((name) => /^(dicom|dcmqa)-/.test(name) && name !== "dicom-standard")
  : [];

/** The published table itself, not Marrow's transcription. */
type Row = Record<string, string | undefined>;
const rows = new Map<string, Row>(
  existsSync(table)
    ? (JSON.parse(readFileSync(table, "utf8")) as Row[]).map((row) => [
        row["tag"]?.replace(/[(),]/g, "") ?? "",
        row,
      ])
    : [],
);
const rowOf = (tag: Tag) =>
  rows.get(tag) ?? rows.get(`${tag.slice(0, 2)}XX${tag.slice(4)}`) ?? rows.get(`${tag.slice(0, 2)}XXXXXX`);
const columns: Partial<Record<OptionName, string>> = {
  "retain-modified-dates": "rtnLongModifDatesOpt",
  "clean-descriptors": "cleanDescOpt",
  "retain-patient-characteristics": "rtnPatCharsOpt",
  "retain-device": "rtnDevIdOpt",
};

/** Files of a set; of many in one folder every tenth or so, which differ in the slice only. */
async function samples(set: string): Promise<[string, DicomFile, Uint8Array][]> {
  const { names: files, read: fileBytes } = await openSource(join(shared, set));
  const step = files.length > 150 && !set.startsWith("dicom-") ? 10 : 1;
  const read: [string, DicomFile, Uint8Array][] = [];
  for (const file of files.filter((_, n) => n % step === 0))
    try {
      const bytes = await fileBytes(file);
      read.push([file, readDicom(bytes, file), bytes]);
    } catch (error) {
      if (!(error instanceof MarrowError)) throw error;
    }
  return read;
}

/** Texts of a data set: those the profile and options let stay, and those that have to go. */
interface Texts {
  readonly kept: Set<string>;
  readonly gone: { tag: Tag; value: string }[];
}

const textual = /^(AE|AS|CS|DA|DS|DT|IS|LO|LT|PN|SH|ST|TM|UC|UI|UR|UT|UN)$/;

function collect(dataset: DataSet, options: readonly OptionName[], inRemoved: boolean, into: Texts): void {
  for (const [tag, element] of dataset.elements) {
    const row = rowOf(tag);
    const chosen = options.map((name) => row?.[columns[name] ?? ""]);
    const goes =
      inRemoved || isPrivate(tag) || (row !== undefined && (chosen.includes("C") || !chosen.includes("K")));
    const whole =
      goes &&
      (isPrivate(tag) ||
        tag === "0040A730" ||
        (/^[XZ](?!.*U)/.test(row?.["basicProfile"] ?? "") && !chosen.some(Boolean)));
    if ("items" in element) element.items.forEach((item) => collect(item, options, inRemoved || whole, into));
    if (!("bytes" in element) || element.bytes.length > 4096 || !textual.test(element.vr)) continue;
    for (const part of Buffer.from(element.bytes).toString("latin1").split("\\")) {
      const value = part.replace(/^[\0\s]+|[\0\s]+$/g, "");
      if (goes) into.gone.push({ tag, value });
      else if (value !== "") into.kept.add(value);
    }
  }
}

/**
 * Shorter values, and short numbers, occur by chance: six signs, eight for numbers. Terms of the standard and the fixed
 * words of a report's frame identify nobody.
 */
function isTelling(value: string): boolean {
  const fixed = /^(1\.2\.840\.10008\.|19000101|CONTAINS$|CONTAINER$|SEPARATE$|Device$)/;
  return value.length >= (/^[\d.+-]+$/.test(value) ? 8 : 6) && !fixed.test(value);
}

function leaks({ dataset }: DicomFile, bytes: Uint8Array, options: readonly OptionName[]): string[] {
  const texts: Texts = { kept: new Set(), gone: [] };
  collect(dataset, options, false, texts);
  const kept = [...texts.kept].join("\n");
  const output = Buffer.from(bytes).toString("latin1");
  const harmless = (value: string) => options.length > 0 && cleanText(value).length >= value.length;
  const gone = new Map(texts.gone.map(({ tag, value }) => [value, tag]));
  return [...gone]
    .map(([value, tag]) => ({ value, tag }))
    .filter(
      ({ value }) => isTelling(value) && output.includes(value) && !kept.includes(value) && !harmless(value),
    )
    .map(({ tag }) => tag);
}

describe.skipIf(sets.length === 0).each(sets)("%s", (set) => {
  it.each([
    ["the Basic Profile", []],
    ["the options for research", researchOptions],
  ] as [string, OptionName[]][])(
    "loses every value that %s removes",
    { timeout: 120_000 },
    async (_, options) => {
      const one = deidentifier({ key, options, allowBurnedIn: true });
      const found: string[] = [];
      for (const [file, image] of await samples(set)) {
        const { file: after, held } = one.apply(image);
        if (held) continue;
        found.push(...leaks(image, writeDicom(after), options).map((tag) => `${file} ${tag}`));
      }
      expect(found).toEqual([]);
    },
  );
});

/** Three images in which somebody can read the writing; a set of MR images in which there is none. */
const written = [
  "dicom-fodicom/CT-MONO2-16-ankle",
  "dicom-pydicom/pydicom-data/JPGLosslessP14SV1_1s_1f_8b.dcm",
  "dicom-pydicom/pydicom-data/vlut_04.dcm",
].filter((file) => existsSync(join(shared, file)));
const clean = ["dcmqa-sag", "dcmqa-transfer-syntax", "dcmqa-nih-ge-siemens"].filter((set) =>
  sets.includes(set),
);

describe.skipIf(written.length === 0)("burned-in writing", () => {
  it.each(written)("is found in %s", async (file) => {
    const { names, read: fileBytes } = await openSource(join(shared, file));
    const image = readDicom(await fileBytes(names[0]), file);
    expect(await writingInPixels(image, file)).toBe(true);
  });

  it.each(clean)("is not found in %s", async (set) => {
    for (const [file, image] of await samples(set))
      expect(await writingInPixels(image, file), file).toBe(false);
  });
});

const hasValidator = spawnSync("dciodvfy", ["-version"]).error === undefined;
const scratch = mkdtempSync(join(tmpdir(), "marrow-valid-"));

/** Errors of dciodvfy without numbers of items and values. */
function errorsOf(bytes: Uint8Array): string[] {
  const file = join(scratch, "a.dcm");
  writeFileSync(file, bytes);
  const { stdout, stderr } = spawnSync("dciodvfy", [file], { encoding: "latin1", maxBuffer: 2 ** 28 });
  return `${stdout}\n${stderr}`
    .split("\n")
    .filter((one) => one.startsWith("Error"))
    .map((one) => one.replace(/\[\d+\]/g, "[]").replace(/<[^>]*\/([^/>]+)>/g, "<$1>"));
}

const validated = [
  "dcmqa-enh-xa10-philips",
  "dcmqa-philips-enh",
  "dcmqa-sag",
  "dicom-seg-sr-pm",
  "dicom-wg04",
];

describe.skipIf(sets.length === 0 || !hasValidator).each(validated)("dciodvfy on %s", (set) => {
  it("finds no error that the original, written by Marrow, does not have", { timeout: 120_000 }, async () => {
    const one = deidentifier({ key, options: researchOptions, allowBurnedIn: true });
    for (const [file, image] of await samples(set)) {
      if (text(image.dataset, "00080016") === undefined) continue;
      const before = new Set(errorsOf(writeDicom(image)));
      const after = errorsOf(writeDicom(one.apply(image).file));
      expect(
        after.filter((error) => !before.has(error)),
        file,
      ).toEqual([]);
    }
  });
});
