import { writeFileSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { openSource } from "../../../src/dicom/source.js";
import { sourceImages, placeMask } from "../../../src/dicom/results/source-image.js";
import { binarySegmentation } from "../../../src/dicom/seg/write-seg.js";
import { readSegmentation } from "../../../src/dicom/seg/read-seg.js";
import { segmentationMask } from "../../../src/dicom/seg/segmentation-mask.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { readMask } from "../../../src/volume/nifti.js";
import { code } from "../../../src/dicom/code.js";
import { filesIn, load, shared } from "../real-data.js";

it("scratch", async () => {
  const images = await sourceImages(await openSource(`${shared}/pelvis-mri-bones/dicom_pelvis_21`));
  const mask = await readMask(`${shared}/pelvis-mri-bones/labelsTr/pelvis_21.nii.gz`);
  const placed = placeMask(mask, images, "mask");
  const values = [...new Set(placed.mask.data)].filter((v) => v > 0).sort((a, b) => a - b);
  console.log(values, placed.mask.size, images.length);
  const seg = binarySegmentation(placed.mask, placed.image, values.map((value, n) => ({ value, number: n + 1, label: `l${value}`, category: code("123037004", "SCT", "Anatomical Structure"), type: code("272673000", "SCT", "Bone"), trackingId: `l${value}`, trackingUid: "1.2.3", algorithm: { type: "AUTOMATIC", name: "x", version: "1" }, colour: [40000, 30000, 20000] })), { description: "Bones", number: 100, version: "0.1", made: new Date() });
  writeFileSync("/tmp/seg21.dcm", writeDicom(seg));
  const again = readSegmentation(load("/tmp/seg21.dcm"), "seg");
  const back = await segmentationMask(again, { grid: placed.image.grid });
  console.log(back.overlapping, back.outside, back.resampled);
  expect(Buffer.compare(back.mask.data, placed.mask.data)).toBe(0);
});
it("real", async () => {
  for (const file of ["dicom-seg-sr-pm", "dicom-pydicom"].flatMap(filesIn)) {
    if (!/seg|liver|overlap|labelmap/.test(file) || /nrrd|json/.test(file)) continue;
    try {
      const seg = readSegmentation(load(file), file);
      const { mask, overlapping } = await segmentationMask(seg);
      const counts = [...mask.data].reduce((c, v) => c.set(v, (c.get(v) ?? 0) + 1), new Map<number, number>());
      console.log(file.slice(shared.length), seg.type, mask.size.join("x"), overlapping, JSON.stringify([...counts]));
    } catch (e) { console.log(file.slice(shared.length), String((e as Error).message).split("\n").slice(0,4).join(" ")); }
  }
});
