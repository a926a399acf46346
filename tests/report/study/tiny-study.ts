/** A study folder of a few voxels, with whatever results a test asks for. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeNifti } from "../../../src/volume/nifti.js";

export interface TinyStudy {
  readonly patients: number;
  /** Lesion voxels of patient n (from 0): the reference's, and each run's and reader's. */
  readonly truth: (n: number) => number;
  readonly runs?: Readonly<Record<string, (n: number) => number>>;
  /** Annotations by folder, e.g. `A-with`. */
  readonly readers?: Readonly<Record<string, (n: number) => number>>;
  /** Clinical variables of patient n, `n/a` for missing. */
  readonly clinical?: (n: number) => Readonly<Record<string, string | number>>;
  /** Columns after reader, case, arm. */
  readonly readings?: (n: number, arm: string) => Readonly<Record<string, string | number>>;
  readonly probability?: (n: number) => { readonly truth: 0 | 1 | null; readonly probability: number };
}

const size = [6, 6, 4] as const;
const affine = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1];
const grid = { size, affine };
export const subjectOf = (n: number) => `sub-${String(n + 1).padStart(2, "0")}`;

async function mask(file: string, voxels: number): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const data = Uint8Array.from({ length: 144 }, (_, n) => Number(n < voxels));
  await writeNifti(file, { ...grid, data });
}

function text(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const tsv = (rows: readonly Readonly<Record<string, string | number>>[]) =>
  [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))]
    .map((cells) => `${cells.join("\t")}\n`)
    .join("");

/** Writes the study into `dir`. */
export async function writeTinyStudy(dir: string, made: TinyStudy): Promise<void> {
  const numbers = Array.from({ length: made.patients }, (_, n) => n);
  const marrow = join(dir, "derivatives", "marrow");
  text(
    join(dir, "marrow.yaml"),
    "task: sij-fat\nreader: truth\nchannels:\n  - T1w\nlabels:\n  - value: 1\n    name: fat-metaplasia\n",
  );
  text(
    join(dir, "participants.tsv"),
    tsv(numbers.map((n) => ({ participant_id: subjectOf(n), ...made.clinical?.(n) }))),
  );
  for (const n of numbers) {
    const id = subjectOf(n);
    const image = join(dir, id, "anat", `${id}_T1w.nii.gz`);
    mkdirSync(dirname(image), { recursive: true });
    await writeNifti(image, {
      ...grid,
      data: Int16Array.from({ length: 144 }, (_, k) => 100 + ((k * 37 + n) % 50)),
    });
    const annotations = join(dir, "derivatives", "annotations");
    await mask(join(annotations, "truth", id, "anat", `${id}_mask.nii.gz`), made.truth(n));
    for (const [reader, voxels] of Object.entries(made.readers ?? {}))
      await mask(join(annotations, reader, id, "anat", `${id}_mask.nii.gz`), voxels(n));
    for (const [run, voxels] of Object.entries(made.runs ?? {}))
      await mask(join(marrow, "runs", run, `fold-${n % 2}`, "predictions", `${id}.nii.gz`), voxels(n));
  }
  const { readings, probability } = made;
  if (readings) {
    const rows = ["A", "B"].flatMap((reader) =>
      ["without", "with"].flatMap((arm) =>
        numbers.map((n) => ({ reader, case: subjectOf(n), arm, ...readings(n, arm) })),
      ),
    );
    text(join(marrow, "reader-study", "readings.tsv"), tsv(rows));
  }
  if (probability) {
    const cases = numbers.map((n) => ({ id: subjectOf(n), ...probability(n) }));
    text(
      join(marrow, "classification", "classifier", "classification.json"),
      JSON.stringify({ positive: "axSpA", negative: "other", cases }),
    );
  }
}
