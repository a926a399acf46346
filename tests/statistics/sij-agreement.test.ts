/**
 * Hepburn et al. (PLoS ONE 18:e0284508, 2023) published, with their masks, what they computed from them. Everything whose
 * masks are in the data is computed again and compared with the published text, digit by digit.
 *
 * Not in the data: the masks behind R1_R2 (`…_R1_LT.nii`, `…_R2_LT.nii`: each reader's corrected result of the authors'
 * semi-automatic method at its lower threshold), the STIR images of 2014 and 2015, and the network's predictions behind
 * test_data_overlap.txt. Of these, what the published numbers say about each other is checked.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compareReaders, type AgreementRow } from "../../src/statistics/agreement.js";
import { dice } from "../../src/statistics/dice.js";
import { diceBySlice, sliceAxisOf } from "../../src/statistics/slice-dice.js";
import { volumeSimilarity } from "../../src/statistics/volume-similarity.js";
import { readMask, readNifti } from "../../src/volume/nifti.js";

const shared = process.env.MARROW_SHARED ?? "../shared";
const root = resolve(shared, "data/sij-bone-mri");
const published = join(root, "generated_files");
const readers = ["R11", "R12", "R21", "R22"];
const pairs = readers.flatMap((a, n) => readers.slice(n + 1).map((b) => [a, b] as const));
const patients = [1003, 1007, 1012, 1013, 1016, 1234, 3002, 4386];

/** Rows of a table, as printed, without the comments. */
function rowsOf(...path: string[]): string[] {
  const text = readFileSync(join(published, ...path), "utf8");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** A row as numpy's savetxt prints it: every number as %.18e. */
function printed(...values: number[]): string {
  return values.map((value) => value.toExponential(18).replace(/e([+-])(\d)$/, "e$10$2")).join(" ");
}

/** The one file of this name below `data`. */
function fileOf(name: string): string | undefined {
  const found = readdirSync(join(root, "data"), { recursive: true, encoding: "utf8" });
  const path = found.find((file) => file.endsWith(name));
  return path === undefined ? undefined : join(root, "data", path);
}

const maskOf = async (name: string) => readMask(fileOf(name) ?? name);

describe.skipIf(!existsSync(published))("published reader agreement, to the last printed digit", () => {
  const rows: AgreementRow[] = [];

  beforeAll(async () => {
    for (const patient of patients) {
      const readings = [];
      for (const reader of readers)
        readings.push({ reader, mask: await maskOf(`${patient}_inflammation_${reader}.nii.gz`) });
      rows.push(...compareReaders(String(patient), readings, [1]));
    }
  });

  const rowsOfPair = (first: string, second: string) =>
    rows.filter((row) => row.first === first && row.second === second);

  it.each(pairs)("Dice of %s and %s", (first, second) => {
    const computed = rowsOfPair(first, second).map((row) => printed(Number(row.case), row.dice));
    expect(computed).toEqual(rowsOf("overlap", `overlap_${first}_${second}.txt`));
  });

  it.each(pairs)("volume similarity and voxel counts of %s and %s", (first, second) => {
    const computed = rowsOfPair(first, second).map((row) =>
      printed(Number(row.case), row.volumeSimilarity, row.firstVoxels, row.secondVoxels),
    );
    expect(computed).toEqual(rowsOf("volume_similarity", `vs_${first}_${second}.txt`));
  });

  it("R1 and R2 (masks not in the data): Dice and volume similarity follow from the published counts", () => {
    const overlaps = rowsOf("overlap", "overlap_R1_R2.txt");
    const volumes = rowsOf("volume_similarity", "vs_R1_R2.txt");
    expect(overlaps).toHaveLength(patients.length);
    overlaps.forEach((line, n) => {
      const [patient, overlap] = line.split(" ").map(Number);
      const [, , first, second] = volumes[n].split(" ").map(Number);
      const tp = Math.round((overlap * (first + second)) / 2);
      const counts = { tp, fp: first - tp, fn: second - tp, tn: 0 };
      expect(printed(patient, dice(counts))).toBe(line);
      expect(printed(patient, volumeSimilarity(counts), first, second)).toBe(volumes[n]);
    });
  });
});

describe.skipIf(!existsSync(published))("published intensities of normal marrow", () => {
  const withStir = patients.map(String);

  it.each(withStir)("%s: every STIR voxel under the mask, to float32", async (patient) => {
    const stir = await readNifti(fileOf(`${patient}_STIR.nii.gz`) ?? "");
    const { data, size } = await maskOf(`${patient}_normal_marrow.nii.gz`);
    const values: number[] = [];
    // numpy lists voxels with k fastest.
    for (let i = 0; i < size[0]; i++)
      for (let j = 0; j < size[1]; j++)
        for (let k = 0, n = i + size[0] * j; k < size[2]; k++, n += size[0] * size[1])
          if (data[n] === 1) values.push(stir.data[n]);
    const expected = rowsOf("normal_bone_intensities", `${patient}_normal_bone_ints.txt`);
    expect(values).toEqual(expected.map((line) => Math.fround(Number(line))));
  });

  it.each(["2014", "2015"])("%s (no STIR in the data): the number of voxels", async (patient) => {
    expect(fileOf(`${patient}_STIR.nii.gz`)).toBeUndefined();
    const { data } = await maskOf(`${patient}_normal_marrow.nii.gz`);
    const expected = rowsOf("normal_bone_intensities", `${patient}_normal_bone_ints.txt`);
    expect(data.filter((label) => label === 1)).toHaveLength(expected.length);
  });
});

describe.skipIf(!existsSync(published))(
  "published 2-D Dice of the test patients (predictions not in the data)",
  () => {
    const table = rowsOf2d();

    it("is averaged over the slices that hold the reference, as diceBySlice lists them", async () => {
      for (const patient of [1003, 2014]) {
        const mask = await maskOf(`${patient}_disease_region.nii.gz`);
        const slices = diceBySlice(mask, mask, 1, sliceAxisOf(mask)).filter((slice) => slice.dice === 1);
        const expected = table.filter((row) => row[0] === patient).map((row) => row[1]);
        expect(slices.map(({ slice }) => slice + 1)).toEqual(expected);
      }
    });

    it("has the mean the authors give", () => {
      expect(table).toHaveLength(48);
      expect(table.reduce((sum, row) => sum + row[2], 0) / 48).toBeCloseTo(0.941, 3);
    });
  },
);

function rowsOf2d(): number[][] {
  if (!existsSync(published)) return [];
  return rowsOf("model_training", "test_data_overlap.txt").map((line) => line.split(" ").map(Number));
}
