/** Volumes against NIfTI files that dcm2niix made of the same DICOM files. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readNiftiFrames } from "../../src/volume/nifti.js";
import type { Volume, VoxelArray } from "../../src/volume/volume.js";
import { compare, present, scan, shared, volumeOf } from "./real-data.js";

/** Folder, and how many 3-D volumes its DICOM files and its reference files hold. */
const sets: readonly (readonly [folder: string, what: string, volumes: number])[] = [
  ["dcmqa-nih-ge-siemens", "GE's classic EPI, Siemens' mosaics", 18],
  ["dcmqa-philips-enh", "Philips' classic and enhanced images of the same scans", 10],
  ["dcmqa-enh-xa10-philips", "Siemens' XA and Philips' enhanced images", 7],
  ["dcmqa-sag", "Siemens' sagittal classic images", 1],
];

interface Reference {
  readonly name: string;
  readonly volume: Volume;
  /** Largest difference of values that counts as equal. */
  readonly tolerance: number;
}

/**
 * Values are float32: equal to a millionth of the largest one. Where dcm2niix wrote an intercept (Philips' phase and field maps) it
 * had rounded the slope anew, by up to 7e-5 of it: there half a stored step is equal.
 */
async function references(folder: string): Promise<Reference[]> {
  const names = readdirSync(join(shared, folder, "Ref")).filter((name) => /\.nii(\.gz)?$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => ({ name, read: await readNiftiFrames(join(shared, folder, "Ref", name)) })),
  );
  return files.flatMap(({ name, read: { frames, header } }) =>
    frames.map((volume, n) => {
      const largest = volume.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const tolerance = header.intercept === 0 ? 1e-6 * largest : header.slope / 2;
      return { name: `${name} ${n}`, volume, tolerance };
    }),
  );
}

describe.each(sets)("%s: %s", (folder, _, volumes) => {
  it.skipIf(!present(folder))("gives the reference's voxels in the reference's places", async () => {
    const expected = await references(folder);
    const { stacks } = scan(join(folder, "In"));
    const ours: Volume<VoxelArray>[] = [];
    for (const stack of stacks) ours.push(await volumeOf(stack));
    const unmatched = expected.filter(
      ({ volume, tolerance }) =>
        !ours.some((one) => {
          const { mm, values } = compare(one, volume);
          return mm < 1e-3 && values <= tolerance;
        }),
    );
    expect(unmatched.map(({ name }) => name)).toEqual([]);
    expect(ours).toHaveLength(volumes);
  });
});

describe("dcmqa-transfer-syntax", () => {
  const folder = "dcmqa-transfer-syntax";
  it.skipIf(!present(folder))("gives the same volume for all nine encodings", async () => {
    const [reference] = await references(folder);
    const { stacks } = scan(join(folder, "In"));
    const differences = await Promise.all(
      stacks.map(async (one) => compare(await volumeOf(one), reference.volume)),
    );
    expect(differences.map(({ values }) => values)).toEqual(Array<number>(9).fill(0));
    expect(Math.max(...differences.map(({ mm }) => mm))).toBeLessThan(1e-3);
  });
});
