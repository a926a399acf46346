/** A few hundred damaged files; scripts/fuzz-dicom.mjs does the same to thousands of real ones. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../src/dicom/exercise.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import { mutate } from "../../scripts/mutate-dicom.mjs";
import { bytesOfSlice, enhancedOf, stackOf } from "./make-dicom.js";
import { present, shared } from "./real-data.js";

const made = [bytesOfSlice(), writeDicom(enhancedOf(stackOf([0, 1, 2], [0, 0, 5])))];
const names = [
  "MR_small.dcm",
  "MR_small_RLE.dcm",
  "MR_small_jp2klossless.dcm",
  "MR_small_jpeg_ls_lossless.dcm",
];
const real = names
  .map((name) => join("dicom-pydicom", "test_files", name))
  .filter((file) => present(file))
  .map((file) => readFileSync(join(shared, file)));

describe.each([
  ["made files", made],
  ["real files", real],
])("damaged %s", (_, bases) => {
  it.skipIf(bases.length === 0)("are read or refused by a code", async () => {
    const faults: string[] = [];
    for (let seed = 0; seed < 300; seed++) {
      const { name, bytes } = mutate(bases[seed % bases.length], seed);
      const outcome = await check(bytes, "f");
      if (outcome.startsWith("INTERNAL")) faults.push(`${seed} ${name}: ${outcome}`);
    }
    expect(faults).toEqual([]);
  });
});
