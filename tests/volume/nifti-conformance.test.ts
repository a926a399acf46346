import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flipRows } from "../../src/volume/nifti-affine.js";
import { readNifti, readNiftiFrames, readNiftiHeader } from "../../src/volume/nifti.js";
import { largestDifference, loadFixture } from "./load-fixture.js";

interface Read {
  file: string;
  shape: number[];
  affine: number[];
  sum: number;
  min: number;
  max: number;
  nan: number;
  voxels: [number, number | null][];
}
type Entry = Read | { file: string; refused: string };

const folder = join(process.env.MARROW_SHARED ?? "../shared", "data/nifti-conformance");
const entries = loadFixture<Entry[]>("nibabel");
const readable = entries.filter((entry): entry is Read => !("refused" in entry));
const refused = entries.filter((entry) => "refused" in entry);

function summary(values: Float32Array[]) {
  const out = { sum: 0, min: Infinity, max: -Infinity, nan: 0 };
  for (const frame of values)
    for (const value of frame)
      if (Number.isNaN(value)) out.nan++;
      else {
        out.sum += value;
        out.min = Math.min(out.min, value);
        out.max = Math.max(out.max, value);
      }
  return out;
}

describe.skipIf(!existsSync(folder))("the NIfTI conformance files, against nibabel", () => {
  it.each(readable)("$file", async ({ file, shape, affine, voxels, ...expected }) => {
    const { frames, header } = await readNiftiFrames(join(folder, file));
    const trimmed = shape.slice(0, 3).concat(shape.slice(3).filter((n) => n !== 1));
    expect(header.shape).toEqual(trimmed);
    expect(largestDifference(flipRows(header.affine), affine)).toBeLessThan(1e-4);
    const found = summary(frames.map(({ data }) => data));
    const scale = Math.max(Math.abs(expected.min), Math.abs(expected.max), 1);
    expect(found.nan).toBe(expected.nan);
    expect(Math.abs(found.min - expected.min)).toBeLessThan(1e-6 * scale);
    expect(Math.abs(found.max - expected.max)).toBeLessThan(1e-6 * scale);
    expect(Math.abs(found.sum - expected.sum)).toBeLessThan(1e-6 * Math.max(Math.abs(expected.sum), scale));
    for (const [at, value] of voxels) {
      const { data } = frames[Math.floor(at / frames[0].data.length)];
      expect(data[at % data.length]).toBe(Math.fround(value ?? NaN));
    }
  });

  it.each(readable)("reads the header of $file alone", async ({ file }) => {
    const path = join(folder, file);
    const header = await readNiftiHeader(path);
    expect(header).toEqual((await readNiftiFrames(path)).header);
  });

  it.each(refused)("refuses $file", async (entry) => {
    const path = join(folder, entry.file);
    await expect(readNifti(path)).rejects.toMatchObject({
      code: (entry as { refused: string }).refused,
      details: { file: path },
    });
  });
});
