/** Writes a synthetic study folder, laid out as every Marrow study: BIDS, with the truth as the annotations of a reader. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { writeNifti } from "../volume/nifti.js";
import type { Volume } from "../volume/volume.js";
import { protocols, type Kind, type Size } from "./protocol.js";
import type { Cohort } from "./sij/lesions.js";
import { Random } from "../base/random.js";
import { drawClinicalScores, type ClinicalScores } from "./clinical-scores.js";
import { SimulatedResults } from "./simulated-files.js";
import { renderSubject, type PhantomSubject, type Truth } from "./subject.js";

export interface PhantomStudyOptions {
  readonly kind: Kind;
  /** How many, numbered from 1. */
  readonly subjects: number;
  readonly seed: number;
  readonly size: Size;
  readonly cohort?: Cohort;
  /** Simulated readers, networks and classifier too, to try reports and statistics; marked as simulated. */
  readonly results?: boolean;
}

/** Called after each subject with what is known about it. */
export type OnSubject = (done: number, total: number, truth: Truth) => void;

interface Layout {
  readonly task: string;
  readonly suffix: string;
  readonly labels: readonly (readonly [value: number, name: string])[];
}

/** As `marrow tasks` has them. */
const layouts: Readonly<Record<Kind, Layout>> = {
  "sij-t1": { task: "sij-fat", suffix: "T1w", labels: [[1, "fat-metaplasia"]] },
  "hip-stir": {
    task: "hip-inflammation",
    suffix: "STIR",
    labels: [
      [1, "femoral-head"],
      [2, "bone-marrow-oedema"],
      [3, "effusion"],
    ],
  },
};

/** Folder of the masks below derivatives/annotations, and of the bones. */
const reader = "truth";
const bonesReader = "truth-bones";

/**
 * Writes the study into `dir`, which must be absent or empty. One subject is in memory at a time. Throws BAD_ARGUMENT for a
 * folder that holds something or fewer than one subject, FILE_UNWRITABLE, DISK_FULL.
 */
export async function writePhantomStudy(
  dir: string,
  options: PhantomStudyOptions,
  onSubject?: OnSubject,
): Promise<void> {
  await refuse(dir, options);
  const truths: Truth[] = [];
  const results = options.results
    ? new SimulatedResults(dir, { image: writeImage, text: writeText })
    : undefined;
  for (let subject = 1; subject <= options.subjects; subject++) {
    const { kind, seed, size, cohort } = options;
    const made = renderSubject(kind, { seed, subject, size, ...(cohort && { cohort }) });
    await writeSubject(dir, made);
    await results?.add(made, subjectId(subject));
    truths.push(made.truth);
    onSubject?.(subject, options.subjects, made.truth);
    // Lets signals and timers through between two subjects.
    await new Promise((resume) => setImmediate(resume));
  }
  await results?.finish();
  // Last, so that a study without marrow.yaml is one whose writing was cut short.
  await writeText(join(dir, "dataset_description.json"), json(description(options)));
  await writeText(join(dir, "participants.json"), json(columns));
  await writeText(join(dir, "participants.tsv"), participants(truths));
  await writeText(join(dir, "marrow.yaml"), config(options.kind));
}

async function refuse(dir: string, { subjects }: PhantomStudyOptions): Promise<void> {
  if (!Number.isInteger(subjects) || subjects < 1)
    throw new MarrowError("BAD_ARGUMENT", { expected: "at least one subject", found: String(subjects) });
  const content = await contentOf(dir);
  if (content.length > 0)
    throw new MarrowError("BAD_ARGUMENT", {
      file: dir,
      expected: "an empty or new folder",
      found: `${content.length} entries, e.g. ${content[0]}`,
      next: "Name a new folder, or remove this one.",
    });
}

async function contentOf(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw asMarrowError(error, dir);
  }
}

async function writeSubject(dir: string, { image, mask, bones, truth }: PhantomSubject): Promise<void> {
  const { suffix } = layouts[truth.kind];
  const id = subjectId(truth.subject);
  const anat = join(dir, id, "anat");
  const annotations = (name: string) => join(dir, "derivatives", "annotations", name, id, "anat");
  await writeImage(join(anat, `${id}_${suffix}.nii.gz`), stored(image));
  await writeText(join(anat, `${id}_${suffix}.json`), json(sidecar(truth)));
  await writeImage(join(annotations(reader), `${id}_mask.nii.gz`), mask);
  await writeText(join(annotations(reader), `${id}_mask.json`), json(truth));
  await writeImage(join(annotations(bonesReader), `${id}_mask.nii.gz`), bones);
  await writeText(join(annotations(bonesReader), `${id}_mask.json`), json(boneNames(truth)));
}

/** What the values of the bone mask mean, for `marrow quantify`. */
function boneNames({ bones }: Truth) {
  return { synthetic: true, labels: Object.fromEntries(bones.map(({ value, name }) => [value, name])) };
}

/** Scanners store 16-bit whole numbers; the renderings stay far below their limit. */
function stored(image: Volume): Volume<Int16Array<ArrayBuffer>> {
  return { ...image, data: Int16Array.from(image.data) };
}

async function writeImage(
  path: string,
  volume: Volume<Int16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>,
): Promise<void> {
  await makeFolder(dirname(path));
  await writeNifti(path, volume, { description: "synthetic phantom, research use only" });
}

async function writeText(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path));
  try {
    await writeFile(path, text);
  } catch (error) {
    await rm(path, { force: true });
    throw asMarrowError(error, path);
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw asMarrowError(error, path);
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** `sub-001` */
export function subjectId(subject: number): string {
  return `sub-${String(subject).padStart(3, "0")}`;
}

function sidecar({ kind }: Truth) {
  return {
    Modality: "MR",
    Manufacturer: "none (synthetic)",
    ...protocols[kind].sidecar,
    Synthetic: true,
    SyntheticWarning:
      "Computed phantom, not a patient. Not evidence of clinical performance. Research use only.",
  };
}

function description({ kind, seed, subjects, size, cohort, results }: PhantomStudyOptions) {
  return {
    Name: `Marrow phantom: ${kind}`,
    BIDSVersion: "1.10.0",
    DatasetType: "raw",
    License: "CC0",
    Synthetic: true,
    ...(results ? { SimulatedResults: true } : {}),
    Description:
      "Synthetic images with known truth for demonstration and tests. Research use only; never evidence.",
    GeneratedBy: [
      {
        Name: "marrow phantom",
        Description: `--kind ${kind} --subjects ${subjects} --seed ${seed} --size ${size}${cohort ? ` --cohort ${cohort}` : ""}${results ? " --results" : ""}`,
      },
    ],
  };
}

const columns = {
  age: { Description: "Age of the imagined patient", Units: "year" },
  hla_b27: { Levels: { positive: "HLA-B27 found", negative: "not found" } },
  crp: { LongName: "C-reactive protein", Units: "mg/L" },
  esr: { LongName: "Erythrocyte sedimentation rate", Units: "mm/h" },
  disease_duration: { Description: "Time since the first symptoms", Units: "month" },
  basdai: { LongName: "Bath Ankylosing Spondylitis Disease Activity Index", Description: "0 to 10" },
  asdas: { LongName: "Ankylosing Spondylitis Disease Activity Score" },
  harris: { LongName: "Harris hip score", Description: "0 to 100 (best); hips alone" },
  himriss: { Description: "Imagined hip MRI score: sum of the next two; hips alone" },
  himriss_bme: { Description: "Its bone marrow oedema part" },
  himriss_synovitis: { Description: "Its synovitis and effusion part" },
  diagnosis: { Levels: { axSpA: "axial spondyloarthritis", "non-axSpA": "another cause of back pain" } },
  site: { Description: "Centre; the second one has another scanner" },
  synthetic: { Description: "Always true: nobody in this table exists" },
};

function participants(truths: readonly Truth[]): string {
  const rows = truths.map((truth): ClinicalScores => {
    const { subject, person, seed, kind } = truth;
    const scores = drawClinicalScores(truth, new Random(seed, "phantom", kind, subject, "clinic"));
    return {
      participant_id: subjectId(subject),
      ...{ age: String(person.age), sex: person.sex, hla_b27: person.hlaB27 },
      ...{ crp: String(person.crp), esr: String(person.esr), diagnosis: person.group },
      ...scores,
      ...{ site: `center-${person.site}`, synthetic: "true" },
    };
  });
  const names = Object.keys(rows[0]);
  return `${[names, ...rows.map((row) => names.map((name) => row[name]))].map((cells) => cells.join("\t")).join("\n")}\n`;
}

function config(kind: Kind): string {
  const { task, suffix, labels } = layouts[kind];
  return [
    "# A synthetic Marrow study, made by `marrow phantom`. Research use only.",
    `task: ${task}`,
    `reader: ${reader}`,
    `channels:`,
    `  - ${suffix}`,
    "labels:",
    ...labels.map(([value, name]) => `  - value: ${value}\n    name: ${name}`),
    "",
  ].join("\n");
}
