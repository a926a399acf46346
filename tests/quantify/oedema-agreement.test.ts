/** Oedema volumes of two readers, each twice, in real patients: agreement within and between readers. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { smallestDetectableChange } from "../../src/quantify/change.js";
import { quantifyCase } from "../../src/quantify/quantify-files.js";
import { blandAltman } from "../../src/statistics/agreement/bland-altman.js";
import { icc } from "../../src/statistics/agreement/icc.js";

interface Reference {
  volumes: Record<string, Record<string, number>>;
  pairs: Record<string, { icc: number; bias: number; lower: number; upper: number; sdc: number }>;
}

/** Made by fixtures/oedema_agreement.py with NumPy and nibabel. */
const reference = JSON.parse(
  readFileSync(new URL("fixtures/oedema_agreement.json", import.meta.url), "utf8"),
) as Reference;
const root = join(process.env["MARROW_SHARED"] ?? "../shared", "data", "sij-bone-mri");
const masks = join(root, "data", "segmentations", "Inflammation_manual_segmentation");
const patients = Object.keys(reference.volumes["R11"]);

/** ml of each patient, by reading. */
const volumes: Record<string, number[]> = {};

describe.skipIf(!existsSync(masks))("oedema volumes in ml", () => {
  beforeAll(async () => {
    const options = { labels: [{ value: 1, name: "bone-marrow-oedema" }], analyses: ["lesions"] };
    for (const reading of Object.keys(reference.volumes))
      for (const patient of patients) {
        const mask = join(masks, reading, `${patient}_inflammation_${reading}.nii.gz`);
        const { measurements } = await quantifyCase({ id: patient, subject: patient, mask }, options);
        const row = measurements.find(({ measure }) => measure === "volume-ml");
        (volumes[reading] ??= []).push(Number(row?.value));
      }
  }, 120_000);

  it.each(Object.entries(reference.volumes))(
    "of %s equal the masks' counts by nibabel's affine",
    (reading, expected) =>
      patients.forEach((patient, n) => expect(volumes[reading][n] / expected[patient]).toBeCloseTo(1, 6)),
  );

  it.each(Object.entries(reference.pairs))(
    "%s: ICC, Bland–Altman and smallest detectable change",
    (pair, expected) => {
      const [first, second] = pair.split(" ").map((reading) => volumes[reading]);
      expect(icc([first, second], "ICC(2,1)").effect?.value).toBeCloseTo(expected.icc, 5);
      const { bias, lower, upper } = blandAltman(first, second);
      expect(bias.value).toBeCloseTo(expected.bias, 4);
      expect(lower.value).toBeCloseTo(expected.lower, 4);
      expect(upper.value).toBeCloseTo(expected.upper, 4);
      const readings = first.map((value, n) => [value, second[n]] as const);
      expect(smallestDetectableChange(readings)).toBeCloseTo(expected.sdc, 4);
    },
  );
});
