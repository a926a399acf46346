/** Real data: Hepburn et al., PLoS ONE 18:e0284508 (2023). Their published numbers are what is compared with. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readExactly } from "../../src/quantify/files.js";
import { quantify } from "../../src/quantify/quantify.js";
import { quantifyCase } from "../../src/quantify/quantify-files.js";
import { printedAs18e, voxelList } from "../../src/quantify/voxel-list.js";
import { readMask } from "../../src/volume/nifti.js";

const root = join(process.env["MARROW_SHARED"] ?? "../shared", "data", "sij-bone-mri");
const masks = join(root, "data", "segmentations");
const published = join(root, "generated_files");
const there = existsSync(published);

/** `1003_STIR.nii.gz` lies in Pre_Scans or Post_Scans; two of the ten cases with a list have no STIR image. */
const image = (patient: string) =>
  ["Pre_Scans", "Post_Scans"]
    .map((folder) => join(root, "data", "images_study", "STIR", folder, `${patient}_STIR.nii.gz`))
    .find(existsSync);
const rowsOf = (...path: string[]) =>
  readFileSync(join(published, ...path), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
const lists = there
  ? readdirSync(join(published, "normal_bone_intensities")).map((name) => name.split("_")[0])
  : [];

describe.skipIf(!there)("published normal-marrow intensities", () => {
  it.each(lists)("case %s: every voxel, to the last printed digit, in the printed order", async (patient) => {
    const mask = await readMask(
      join(masks, "Normal_marrow_manual_segmentation", `${patient}_normal_marrow.nii.gz`),
    );
    const list = rowsOf("normal_bone_intensities", `${patient}_normal_bone_ints.txt`);
    const file = image(patient);
    const count = mask.data.reduce((sum, value) => sum + value, 0);
    expect(count).toBe(list.length);
    if (file === undefined) return expect(["2014", "2015"]).toContain(patient);
    const values = voxelList(await readExactly(file), mask);
    expect(values.map(printedAs18e)).toEqual(list);
    return undefined;
  });

  it("make the reference mean and SD that lesions are compared with", async () => {
    const list = rowsOf("normal_bone_intensities", "1003_normal_bone_ints.txt").map(Number);
    const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
    const sd = Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (list.length - 1));
    const normal = await readMask(
      join(masks, "Normal_marrow_manual_segmentation", "1003_normal_marrow.nii.gz"),
    );
    const stir = await readExactly(image("1003") ?? "");
    const oedema = await readMask(
      join(masks, "Inflammation_manual_segmentation", "R11", "1003_inflammation_R11.nii.gz"),
    );
    const { measurements, basis } = quantify(
      {
        mask: oedema,
        image: stir,
        labels: [{ value: 1, name: "bone-marrow-oedema" }],
        reference: { tissue: "marrow", mask: normal, origin: "1003_normal_marrow.nii.gz" },
      },
      ["lesions"],
    );
    const value = (measure: string) => Number(measurements.find((row) => row.measure === measure)?.value);
    expect(value("relative-intensity")).toBeCloseTo(value("mean-intensity") / mean, 10);
    expect(value("standard-intensity")).toBeCloseTo((value("mean-intensity") - mean) / sd, 9);
    // Oedema is brighter than normal marrow on STIR.
    expect(value("standard-intensity")).toBeGreaterThan(1);
    expect(basis.reference).toContain("marrow mask");
  });
});

/** Columns: case, similarity, voxels of the first, voxels of the second reading. */
const pairs = [["R11", "R12"], ["R21", "R22"]] as const; // prettier-ignore
const readings = pairs.flatMap(([first, second]) =>
  there
    ? rowsOf("volume_similarity", `vs_${first}_${second}.txt`).flatMap((line) => {
        const [patient, , a, b] = line.split(" ").map(Number);
        return [[first, String(patient), a] as const, [second, String(patient), b] as const];
      })
    : [],
);

describe.skipIf(!there)("oedema volumes of each reader", () => {
  it("are there for eight patients and four readings", () => expect(readings).toHaveLength(32));

  it.each(readings)(
    "%s of case %s: published voxels × the voxel's volume",
    async (reading, patient, voxels) => {
      const mask = join(
        masks,
        "Inflammation_manual_segmentation",
        reading,
        `${patient}_inflammation_${reading}.nii.gz`,
      );
      const options = { labels: [{ value: 1, name: "bone-marrow-oedema" }], analyses: ["lesions"] };
      const { measurements } = await quantifyCase({ id: patient, subject: patient, mask }, options);
      const value = (measure: string) => measurements.find((row) => row.measure === measure)?.value;
      expect(value("voxels")).toBe(voxels);
      // 0.595 × 0.595 × 3.3 mm by the article; the headers have the last digits.
      expect(Number(value("volume")) / (voxels * 0.595 * 0.595 * 3.3)).toBeCloseTo(1, 2);
    },
  );

  it("lie within the bone region of the same patient for the most part, and places need sacrum and ilium apart", async () => {
    const { measurements, basis } = await quantifyCase(
      {
        ...{ id: "1013", subject: "1013", image: image("1013") },
        mask: join(masks, "Inflammation_manual_segmentation", "R11", "1013_inflammation_R11.nii.gz"),
        bones: join(masks, "Disease_region_manual_segmentation", "1013_disease_region.nii.gz"),
      },
      {
        labels: [{ value: 1, name: "bone-marrow-oedema" }],
        analyses: ["sij-location", "sparcc-inflammation"],
      },
    );
    const row = (measure: string) => measurements.find((other) => other.measure === measure);
    expect(Number(row("within-bone-share")?.value)).toBeGreaterThan(0.9);
    expect(row("sparcc-inflammation")).toMatchObject({
      value: null,
      reason: "needs sacrum and ilium as separate labels; the bone mask has bone",
    });
    expect(basis.bones).toBe("mask: 1013_disease_region.nii.gz");
  });
});
