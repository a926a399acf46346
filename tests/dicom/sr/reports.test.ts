import { describe, expect, it } from "vitest";
import { text } from "../../../src/dicom/values.js";
import { measurementsIn, readReport } from "../../../src/dicom/sr/read-sr.js";
import { filesIn, load, present } from "../real-data.js";

/** Of dcmqi's report, as pydicom 3.0.2 reads it. */
const readByPydicom = [
  ["SUVbw", 6.01529, "{SUVbw}g/ml"],
  ["Volume", 33.5824, "ml"],
  ["Total Lesion Glycolysis", 202.008, "g"],
  ["Percent Within Fourth Quarter of Intensity Range", 8.55346, "%"],
];

const folders = ["dicom-seg-sr-pm", "dicom-pydicom", "dicom-fodicom"];

describe.skipIf(!present(...folders))("real structured reports", () => {
  const files = folders
    .flatMap(filesIn)
    .filter((file) => /(sr|sr_document.*|reportsi.*|test[-_]SR)\.dcm$/.test(file));

  it("are all read, whatever their template is", () => {
    expect(files).toHaveLength(7);
    for (const file of files) {
      const root = readReport(load(file), file);
      expect(root.children.length, file).toBeGreaterThan(0);
      expect(root.name, file).toBeDefined();
    }
  });

  it("give their measurements with group, unit and segment", () => {
    const file = files.find((one) => one.includes("sr-example")) ?? "";
    const measured = measurementsIn(readReport(load(file), file));
    const segmentation = filesIn("dicom-seg-sr-pm").find((one) => one.endsWith("sr-example/seg.dcm")) ?? "";
    const uid = text(load(segmentation).dataset, "00080018");
    const grouped = measured.filter(({ group, value }) => group !== "" && typeof value === "number");
    expect(grouped).toHaveLength(22);
    expect(grouped.every(({ segment }) => segment?.sopInstanceUid === uid)).toBe(true);
    const found = grouped.map(({ name, value, unit }) => [name?.meaning, value, unit?.value]);
    for (const one of readByPydicom) expect(found).toContainEqual(one);
  });

  it("refuses what is no report", () => {
    const image = filesIn("dicom-seg-sr-pm").find((one) => one.endsWith("ct_image.dcm")) ?? "";
    expect(() => readReport(load(image), image)).toThrow(/DICOM_IMAGE_TYPE/);
  });
});
