import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DicomFile } from "../../src/dicom/data-set.js";
import { readDicom } from "../../src/dicom/read-dicom.js";
import { readSegmentation } from "../../src/dicom/seg/read-seg.js";
import { measurementsIn, readReport } from "../../src/dicom/sr/read-sr.js";
import { placeMask, sourceImages } from "../../src/dicom/results/source-image.js";
import { openSource } from "../../src/dicom/source.js";
import { items, text } from "../../src/dicom/values.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import { reorient } from "../../src/volume/geometry.js";
import { readMask, writeNifti } from "../../src/volume/nifti.js";
import { stackOf } from "../dicom/make-dicom.js";
import { shared } from "../dicom/real-data.js";
import { runMarrow } from "./run-marrow.js";

const data = join(shared, "pelvis-mri-bones");
const labels = "1=femur-left,2=femur-right,3=pelvis-left,4=pelvis-right";
const hasValidator = spawnSync("dciodvfy", ["-version"]).error === undefined;

const hasReader = spawnSync("dsrdump", ["--version"]).error === undefined;

const folder = mkdtempSync(join(tmpdir(), "marrow-results-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (name: string): DicomFile => readDicom(readFileSync(join(folder, name)), name);

describe.skipIf(!existsSync(data))("a mask of a real pelvis as DICOM results", () => {
  const maskFile = join(data, "labelsTr", "pelvis_21.nii.gz");
  const images = join(data, "dicom_pelvis_21");

  beforeAll(async () => {
    const made = await runMarrow(
      "dicom-results",
      maskFile,
      "--dicom",
      images,
      "--out",
      folder,
      "--labels",
      labels,
      "--measures",
      "sij-location",
    );
    expect(made.stderr).toBe("");
    expect(made.code).toBe(0);
  });

  it("writes a segmentation, a report and one key image for each label", () => {
    const files = ["key-image-1.dcm", "key-image-2.dcm", "key-image-3.dcm", "key-image-4.dcm", "report.dcm", "segmentation.dcm"]; // prettier-ignore
    expect(readdirSync(folder).sort()).toEqual(files);
  });

  it("files all of them in the original's study, with its patient", () => {
    const [first] = readdirSync(images);
    const original = readDicom(readFileSync(join(images, first)), first);
    for (const name of readdirSync(folder))
      for (const tag of ["0020000D", "00100020", "00100010", "00080020"])
        expect(text(load(name).dataset, tag)).toBe(text(original.dataset, tag));
  });

  it("reads back as the identical mask", async () => {
    const out = join(folder, "again");
    const args = ["--dicom", images, "--labels", labels, "--out", out];
    const { stdout } = await runMarrow("dicom-masks", join(folder, "segmentation.dcm"), ...args);
    expect(stdout).not.toContain("resampled");
    const [mask, again] = [await readMask(maskFile), await readMask(join(out, "segmentation.nii.gz"))];
    rmSync(out, { recursive: true });
    const counts = (values: Uint8Array) =>
      [1, 2, 3, 4].map((value) => values.filter((one) => one === value).length);
    expect(counts(again.data)).toEqual(counts(mask.data));
    expect(placesOf(again)).toEqual(placesOf(mask));
  });

  it("names its segments and gives each a tracking UID, which the report repeats", () => {
    const { segments } = readSegmentation(load("segmentation.dcm"), "seg");
    expect(segments.map(({ label }) => label)).toEqual(labels.split(",").map((one) => one.slice(2)));
    expect(segments.every(({ trackingUid }) => /^2\.25\.\d+$/.test(trackingUid ?? ""))).toBe(true);
    const references = measurementsIn(readReport(load("report.dcm"), "report")).map(({ segment }) => segment);
    const sopInstanceUid = text(load("segmentation.dcm").dataset, "00080018");
    for (const { number } of segments) expect(references).toContainEqual({ sopInstanceUid, segment: number });
  });

  it.skipIf(!hasValidator)("passes dciodvfy", () => {
    for (const name of readdirSync(folder)) {
      const { stdout, stderr } = spawnSync("dciodvfy", [join(folder, name)], { encoding: "utf8" });
      expect(`${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
    }
  });

  it.skipIf(!hasReader)("is a report that dcmtk's dsrdump reads without an error", () => {
    const { stdout, stderr, status } = spawnSync("dsrdump", [join(folder, "report.dcm")], {
      encoding: "utf8",
    });
    expect([status, stderr.match(/^[EF]: .*/gm)]).toEqual([0, null]);
    expect(stdout).toContain("Referenced Segment");
  });
});

describe("other forms of segmentations", () => {
  const work = mkdtempSync(join(tmpdir(), "marrow-forms-"));
  afterAll(() => rmSync(work, { recursive: true, force: true }));
  const place = (name: string) => join(work, name);
  const orientation = [0.8, 0.6, 0, 0, 0, -1];
  const count = 9 * 7 * 5;
  const probability = Float32Array.from({ length: count }, (_, n) => (n % 13) / 12);
  const data = Uint8Array.from({ length: count }, (_, n) => (n % 13 > 6 ? 1 : n % 4 === 0 ? 2 : 0));
  const options = ["--dicom", place("in"), "--labels", "1=fat-metaplasia,2=effusion"];

  beforeAll(async () => {
    mkdirSync(place("in"));
    const images = stackOf([0, 1, 2, 3, 4], [-2.4, 3.2, 0], {
      orientation,
      spacing: [0.7, 0.9],
      columns: 9,
      rows: 7,
    });
    images.forEach((file, n) => writeFileSync(join(place("in"), `${n}.dcm`), writeDicom(file)));
    const [{ grid }] = await sourceImages(await openSource(place("in")));
    await writeNifti(place("mask.nii.gz"), { data, ...grid });
    // The axes of files need not be those of the images.
    const turned = reorient({ data: probability, ...grid }, "RAS");
    await writeNifti(place("p.nii.gz"), turned);
    const forms = ["--seg-type", "labelmap", "--probabilities", `fat-metaplasia=${place("p.nii.gz")}`];
    const made = await runMarrow(
      "dicom-results",
      place("mask.nii.gz"),
      ...options,
      "--out",
      place("out"),
      ...forms,
    );
    expect(made).toMatchObject({ code: 0, stderr: "" });
  });

  const read = async (name: string, ...more: string[]) => {
    const masks = await runMarrow(
      "dicom-masks",
      join(place("out"), `${name}.dcm`),
      ...options,
      "--out",
      place("masks"),
      ...more,
    );
    expect(masks.code).toBe(0);
    const [image] = await sourceImages(await openSource(place("in")));
    return placeMask(await readMask(join(place("masks"), `${name}.nii.gz`)), [image], name).mask.data;
  };
  const fileOf = (name: string) => readDicom(readFileSync(join(place("out"), `${name}.dcm`)), name);

  it("a label map reads back as the identical mask, and the report refers to it", async () => {
    expect(readSegmentation(fileOf("segmentation"), "seg").type).toBe("LABELMAP");
    expect(await read("segmentation")).toEqual(data);
    const references = measurementsIn(readReport(fileOf("report"), "report")).map(({ segment }) => segment);
    const sopInstanceUid = text(fileOf("segmentation").dataset, "00080018");
    expect(references).toContainEqual({ sopInstanceUid, segment: 1 });
    expect(Buffer.from(writeDicom(fileOf("report"))).includes("1.2.840.10008.5.1.4.1.1.66.7")).toBe(true);
  });

  it.each([0.25, 0.5, 0.9])("probabilities read back: those of %d and more", async (threshold) => {
    const expected = Uint8Array.from(probability, (p) => Number(Math.round(255 * p) >= 255 * threshold));
    expect(await read("probabilities", "--threshold", String(threshold))).toEqual(expected);
  });

  // Debian's dciodvfy (2022) is older than label maps.
  it.skipIf(!hasValidator)("the fractional segmentation passes dciodvfy", () => {
    const file = join(place("out"), "probabilities.dcm");
    const { stdout, stderr } = spawnSync("dciodvfy", [file], { encoding: "utf8" });
    expect(`${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
    expect(`${stdout}${stderr}`).toContain("Segmentation");
  });

  it("refuses probabilities of a label that there is not", async () => {
    const { code, stderr } = await runMarrow(
      "dicom-results",
      place("mask.nii.gz"),
      ...options,
      "--out",
      place("no"),
      "--probabilities",
      `bone=${place("p.nii.gz")}`,
    );
    expect([code, stderr.includes("fat-metaplasia, effusion")]).toEqual([1, true]);
  });
});

describe("results of de-identified images", () => {
  const work = mkdtempSync(join(tmpdir(), "marrow-reidentified-"));
  afterAll(() => rmSync(work, { recursive: true, force: true }));
  const place = (name: string) => join(work, name);
  const originals = stackOf([0, 1, 2, 3], [0, 3.2, 2.4], {
    ...{
      study: "1.2.840.99.7",
      patient: "Doe^Jane",
      rows: 12,
      columns: 10,
      orientation: [1, 0, 0, 0, 0.6, -0.8],
    },
    value: (i, j) => 100 + i * j,
  });

  it("go back to the patient, study and images by the pseudonym map, with the measured volume", async () => {
    mkdirSync(place("in"));
    originals.forEach((file, n) => writeFileSync(join(place("in"), `${n}.dcm`), writeDicom(file)));
    const keys = ["--key", place("key"), "--map", place("map")];
    expect((await runMarrow("deidentify", place("in"), place("out"), ...keys)).code).toBe(0);
    const [{ grid }] = await sourceImages(await openSource(place("out")));
    const data = new Uint8Array(480).map((_, n) => Number(n % 120 < 7));
    await writeNifti(place("mask.nii.gz"), { data, ...grid });
    const made = await runMarrow("dicom-results", place("mask.nii.gz"), "--dicom", place("out"), "--task", "sij-fat", "--out", place("results"), ...keys); // prettier-ignore
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const [segmentation, report] = ["segmentation", "report"].map((name) => readDicom(readFileSync(join(place("results"), `${name}.dcm`)), name)); // prettier-ignore
    for (const { dataset } of [segmentation, report])
      expect([text(dataset, "00100010"), text(dataset, "0020000D")]).toEqual(["Doe^Jane", "1.2.840.99.7"]);
    const referenced = items(items(segmentation.dataset, "00081115")[0], "0008114A").map((one) =>
      text(one, "00081155"),
    );
    expect(referenced).toEqual(originals.map(({ dataset }) => text(dataset, "00080018")));
    const measured = measurementsIn(readReport(report, "report"));
    const volume = measured.find(({ name }) => name?.value === "118565006");
    expect(Number(volume?.value)).toBeCloseTo(4 * 7 * 4, 3);
    expect([volume?.unit?.value, volume?.finding?.value]).toEqual(["mm3", "fat-metaplasia"]);
  });

  it("are refused without the key that opens the map", async () => {
    const { code, stderr } = await runMarrow("dicom-results", place("mask.nii.gz"), "--dicom", place("out"), "--task", "sij-fat", "--out", place("results"), "--map", place("map")); // prettier-ignore
    expect([code, stderr.includes("BAD_ARGUMENT")]).toEqual([1, true]);
  });
});

/** Centre of each label in LPS+ mm, whatever the order of the axes is. */
function placesOf({ data, size, affine }: Awaited<ReturnType<typeof readMask>>): string[] {
  return [1, 2, 3, 4].map((label) => {
    const sum = [0, 0, 0, 0];
    for (let n = 0; n < data.length; n++) {
      if (data[n] !== label) continue;
      const at = [n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / size[0] / size[1])];
      for (const row of [0, 1, 2])
        sum[row] += affine[4 * row] * at[0] + affine[4 * row + 1] * at[1] + affine[4 * row + 2] * at[2] + affine[4 * row + 3]; // prettier-ignore
      sum[3]++;
    }
    return sum.slice(0, 3).map((one) => (one / sum[3]).toFixed(2)).join(" "); // prettier-ignore
  });
}
