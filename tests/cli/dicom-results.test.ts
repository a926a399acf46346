import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DicomFile } from "../../src/dicom/data-set.js";
import { readDicom } from "../../src/dicom/read-dicom.js";
import { readSegmentation } from "../../src/dicom/seg/read-seg.js";
import { measurementsIn, readReport } from "../../src/dicom/sr/read-sr.js";
import { text } from "../../src/dicom/values.js";
import { readMask } from "../../src/volume/nifti.js";
import { shared } from "../dicom/real-data.js";
import { runMarrow } from "./run-marrow.js";

const data = join(shared, "pelvis-mri-bones");
const labels = "1=femur-left,2=femur-right,3=pelvis-left,4=pelvis-right";
const hasValidator = spawnSync("dciodvfy", ["-version"]).error === undefined;

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

  it("reports what the mask holds: volumes by voxel count", async () => {
    const mask = await readMask(maskFile);
    const measured = measurementsIn(readReport(load("report.dcm"), "report"));
    const [a, b, c, , d, e, f, , g, h, i] = mask.affine;
    const voxel = Math.abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g));
    const volume = measured.find((one) => one.group === "femur-left" && one.name?.value === "118565006");
    expect(volume?.unit?.value).toBe("mm3");
    expect(Number(volume?.value) / voxel).toBeCloseTo(mask.data.filter((one) => one === 1).length, 2);
    expect(volume?.segment?.sopInstanceUid).toBe(text(load("segmentation.dcm").dataset, "00080018"));
    const segments = readSegmentation(load("segmentation.dcm"), "seg").segments;
    expect(segments.map(({ label }) => label)).toEqual([
      "femur-left",
      "femur-right",
      "pelvis-left",
      "pelvis-right",
    ]);
    expect(segments.every(({ trackingUid }) => /^2\.25\.\d+$/.test(trackingUid ?? ""))).toBe(true);
  });

  it.skipIf(!hasValidator)("passes dciodvfy", () => {
    for (const name of readdirSync(folder)) {
      const { stdout, stderr } = spawnSync("dciodvfy", [join(folder, name)], { encoding: "utf8" });
      expect(`${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
    }
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
