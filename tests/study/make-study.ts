/** Small NIfTI files and folders for the tests of the study room. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { mkdir } from "node:fs/promises";
import { afterAll } from "vitest";
import { writeText } from "../../src/study/files.js";
import { writeNifti } from "../../src/volume/nifti.js";
import type { Affine, Vec3 } from "../../src/volume/volume.js";

const made: string[] = [];
afterAll(async () => {
  for (const dir of made.splice(0)) await rm(dir, { recursive: true, force: true });
});

/** A new empty folder, removed after the file's tests. */
export async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "marrow-study-"));
  made.push(dir);
  return dir;
}

export const size: Vec3 = [6, 5, 8];
export const count = 6 * 5 * 8;

/** LPS+ affine with these spacings along the patient's axes. */
export function straight([i, j, k]: Vec3 = [1, 1, 1], origin: Vec3 = [0, 0, 0]): Affine {
  return [i, 0, 0, origin[0], 0, j, 0, origin[1], 0, 0, k, origin[2], 0, 0, 0, 1];
}

export interface ImageOptions {
  size?: Vec3;
  affine?: Affine;
  value?: (n: number) => number;
}

/** An image whose voxels tell it from others by `seed`. */
export async function writeImage(path: string, seed: number, options: ImageOptions = {}): Promise<void> {
  const extent = options.size ?? size;
  const value = options.value ?? ((n: number) => ((n * 37 + seed * 101) % 251) + seed);
  await mkdir(dirname(path), { recursive: true });
  const data = Float32Array.from({ length: extent[0] * extent[1] * extent[2] }, (_, n) => value(n));
  await writeNifti(path, { data, size: extent, affine: options.affine ?? straight() });
}

/** A mask whose first voxels hold the given values, the rest is background. */
export async function writeMask(
  path: string,
  values: readonly number[],
  options: ImageOptions = {},
): Promise<void> {
  const extent = options.size ?? size;
  await mkdir(dirname(path), { recursive: true });
  const data = Uint8Array.from({ length: extent[0] * extent[1] * extent[2] }, (_, n) => values[n] ?? 0);
  await writeNifti(path, { data, size: extent, affine: options.affine ?? straight() });
}

export const config = `task: custom
reader: reference
channels: [T1w]
labels:
  - { value: 1, name: bone }
  - { value: 2, name: lesion }
`;

export const imagePath = (dir: string, subject: string, suffix = "T1w") =>
  join(dir, `sub-${subject}`, "anat", `sub-${subject}_${suffix}.nii.gz`);
export const maskPath = (dir: string, subject: string, reader = "reference") =>
  join(dir, "derivatives", "annotations", reader, `sub-${subject}`, "anat", `sub-${subject}_mask.nii.gz`);

/** A study of these subjects, each with an image and a mask of labels 1 and 2. */
export async function makeStudy(subjects: readonly string[], options: ImageOptions = {}): Promise<string> {
  const dir = await folder();
  await writeText(join(dir, "marrow.yaml"), config);
  await writeText(
    join(dir, "participants.tsv"),
    `participant_id\n${subjects.map((s) => `sub-${s}\n`).join("")}`,
  );
  for (const [n, subject] of subjects.entries()) {
    await writeImage(imagePath(dir, subject), n + 1, options);
    await writeMask(maskPath(dir, subject), [1, 1, 2], options);
  }
  return dir;
}

/** The code of the error a promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no error",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
}
