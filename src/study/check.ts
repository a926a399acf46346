/** `marrow check`: a table of checks over what the fingerprint measured and what lies in the folder. */
import { join, relative } from "node:path";
import { asMarrowError } from "../base/errors.js";
import { sameGrid } from "../volume/geometry.js";
import { spacingOf } from "../volume/volume.js";
import { exists, filesBelow } from "./files.js";
import { fingerprintOf, type FingerprintOptions } from "./fingerprint.js";
import { finding, findingOf, kinds, type FindingCode } from "./findings.js";
import { gridGap } from "./grid-gap.js";
import { caseId, maskStem, parseBidsName, places, stemOf } from "./names.js";
import { gridIn } from "./orientation.js";
import { readParticipants } from "./participants.js";
import { readPlan } from "./plan-file.js";
import { planeOf, planGrid, slicedElsewhere, spacingText } from "./plan-geometry.js";
import { readSplits } from "./splits-file.js";
import type { CaseRecord, Finding, Fingerprint, Study } from "./types.js";

export interface CheckReport {
  readonly findings: readonly Finding[];
  /** One line per check, those without findings too. */
  readonly checks: readonly {
    readonly code: string;
    readonly what: string;
    readonly severity: string;
    readonly count: number;
  }[];
  readonly cases: number;
  readonly fingerprint: Fingerprint;
}

type Details = Parameters<typeof finding>[1];

interface Scope {
  readonly study: Study;
  readonly records: readonly CaseRecord[];
  /** Of the grid a plan would have; LPS where nothing could be read. */
  readonly orientation: string;
  /** Plane in which most cases are sliced. */
  readonly plane: string;
}

/** Checks of one case on its own. */
const caseChecks: Partial<Record<FindingCode, (record: CaseRecord, scope: Scope) => Details[]>> = {
  GRID_SHAPE: (record) =>
    others(record)
      .filter(({ size }) => size.join() !== record.images[0].size.join())
      .map(({ file, size }) => ({
        file,
        expected: record.images[0].size.join(" × "),
        found: size.join(" × "),
      })),
  GRID_AFFINE: (record) => misplaced(record, (gap, voxel) => gap > voxel / 2),
  GRID_NEARLY: (record) => misplaced(record, (gap, voxel) => gap <= voxel / 2),
  LABEL_UNKNOWN: (record, { study }) => {
    const known = new Set([0, ...study.config.labels.map(({ value }) => value)]);
    const unknown = labelsOf(record).filter((value) => !known.has(value));
    const expected = study.config.labels.map(({ value, name }) => `${value} (${name})`).join(", ");
    const found = unknown.map((value) => `${value} in ${record.mask?.counts[value]} voxels`).join(", ");
    return unknown.length ? [{ ...fileOf(record.mask), expected, found }] : [];
  },
  MASK_EMPTY: (record) =>
    record.mask && labelsOf(record).every((value) => value === 0) ? [fileOf(record.mask)] : [],
  NOT_FINITE: ({ images }) =>
    images
      .filter(({ notFinite }) => notFinite > 0)
      .map(({ file, notFinite }) => ({ file, found: `${notFinite} voxels` })),
  CONSTANT_IMAGE: ({ images }) =>
    images
      .filter(({ minimum, maximum }) => minimum === maximum)
      .map(({ file, minimum }) => ({ file, found: `${minimum} everywhere` })),
  FEW_SLICES: ({ images }, { orientation }) => {
    const slices = gridIn(orientation, images[0]).size[2];
    return slices < fewSlices
      ? [{ file: images[0].file, expected: `${fewSlices} or more`, found: `${slices}` }]
      : [];
  },
  SLICE_PLANE: ({ images }, { orientation, plane }) => {
    const own = planeOf(images[0].affine);
    if ([own, plane].includes("none") || own === plane || !slicedElsewhere(images[0].affine, orientation))
      return [];
    return [{ file: images[0].file, expected: plane, found: `${own} (${spacingText(images[0].affine)} mm)` }];
  },
};

/** Checks of the study as a whole. */
const studyChecks: Partial<Record<FindingCode, (scope: Scope) => Details[] | Promise<Details[]>>> = {
  CASE_INCOMPLETE: ({ study }) =>
    study.incomplete.map(({ id, missing }) => ({ case: id, expected: missing, found: "no such file" })),
  MASK_WITHOUT_IMAGE: async ({ study }) => {
    const folder = join(study.dir, places.annotations, study.config.reader);
    const used = new Set(study.cases.map(({ mask }) => mask));
    const files = (await filesBelow(folder)).filter((file) => /\.nii(\.gz)?$/i.test(file) && !used.has(file));
    return files.map((file) => ({ file: relative(study.dir, file), expected: expectedMask(file, study) }));
  },
  MASK_MISSING: ({ study }) =>
    study.cases.filter(({ mask }) => mask === undefined).map(({ id }) => ({ case: id })),
  NO_MASKS: ({ study }) =>
    study.cases.some(({ mask }) => mask !== undefined)
      ? []
      : [{ file: join(places.annotations, study.config.reader), expected: "masks", found: "none" }],
  LABEL_NOWHERE: ({ study, records }) => {
    const present = new Set(records.flatMap(labelsOf));
    const absent = study.config.labels.filter(({ value }) => !present.has(value));
    return absent.map(({ value, name }) => ({
      file: places.config,
      found: `no voxel of ${value} (${name}) in any mask`,
    }));
  },
  SAME_IMAGE: ({ records }) => {
    const first = new Map<string, string>();
    return records.flatMap(({ id, images }) =>
      images.flatMap(({ file, hash }) => {
        const other = first.get(hash);
        if (other === undefined) first.set(hash, file);
        return other === undefined ? [] : [{ case: id, file, found: `the same voxels as ${other}` }];
      }),
    );
  },
  DUPLICATE_SUBJECT: async ({ study }) => {
    const names = (await participants(study)).map((name) => name.toLowerCase());
    const doubles = new Set(names.filter((name, n) => names.indexOf(name) !== n));
    return [...doubles].map((name) => ({ file: places.participants, found: `${name} in several rows` }));
  },
  SUBJECT_NOT_LISTED: async ({ study }) => {
    const listed = new Set(await participants(study));
    const missing = [...new Set(study.cases.map(({ subject }) => subject))].filter(
      (subject) => !listed.has(subject),
    );
    return missing.map((subject) => ({ case: subject, file: places.participants }));
  },
  SUBJECT_WITHOUT_CASE: async ({ study }) => {
    const here = new Set([
      ...study.cases.map(({ subject }) => subject),
      ...study.incomplete.map(({ id }) => id.split("_")[0]),
    ]);
    const missing = (await participants(study)).filter((subject) => !here.has(subject));
    return missing.map((subject) => ({ case: subject, file: places.participants }));
  },
};

const fewSlices = 5;
const others = ({ images, mask }: CaseRecord) => [...images.slice(1), ...(mask ? [mask] : [])];
const labelsOf = ({ mask }: CaseRecord) => Object.keys(mask?.counts ?? {}).map(Number);
const fileOf = (record: { file: string } | undefined) => (record ? { file: record.file } : {});
const participants = async ({ dir }: Study) =>
  (await readParticipants(dir)).rows.map((row) => row.participant_id);

function mostFrequent(words: readonly string[]): string {
  const count = (word: string) => words.filter((other) => other === word).length;
  return words.reduce((a, b) => (count(b) > count(a) ? b : a));
}

function expectedMask(file: string, { config }: Study): string {
  const name = parseBidsName(stemOf(file));
  if (!name) return `a name such as ${maskStem({ subject: "01" }, config.reader)}.nii.gz`;
  return `an image ${config.channels.map((suffix) => `${caseId(name)}_${suffix}.nii.gz`).join(", ")} in its anat folder`;
}

function misplaced(record: CaseRecord, counts: (gapMm: number, voxelMm: number) => boolean): Details[] {
  const [image] = record.images;
  const voxel = Math.min(...spacingOf(image.affine));
  return others(record)
    .filter((other) => other.size.join() === image.size.join() && !sameGrid(image, other))
    .map((other) => ({ file: other.file, gap: gridGap(image, other) }))
    .filter(({ gap }) => counts(gap, voxel))
    .map(({ file, gap }) => ({
      file,
      expected: `the grid of ${image.file}`,
      found: `up to ${gap.toFixed(3)} mm away from it`,
    }));
}

/**
 * Reads every file of a study and checks it. The fingerprint is saved as a side effect. Nothing here throws for a bad
 * file: that is a finding. Open the study with `ignorePlan` and `ignoreSplits`, so that these can be checked too.
 */
export async function checkStudy(study: Study, options: FingerprintOptions = {}): Promise<CheckReport> {
  const { fingerprint, failures } = await fingerprintOf(study, options);
  const scope = scopeOf(study, fingerprint.cases);
  const findings: Finding[] = failures.map((failure) =>
    findingOf("FILE_UNREADABLE", failure.error, { case: failure.case }),
  );
  for (const [code, check] of Object.entries(caseChecks))
    for (const record of scope.records)
      findings.push(
        ...check(record, scope).map((details) =>
          finding(code as FindingCode, { case: record.id, ...details }),
        ),
      );
  for (const [code, check] of Object.entries(studyChecks))
    findings.push(...(await check(scope)).map((details) => finding(code as FindingCode, details)));
  findings.push(...(await filesWrong(study)));
  return { findings, checks: tableOf(findings), cases: study.cases.length, fingerprint };
}

function scopeOf(study: Study, records: readonly CaseRecord[]): Scope {
  if (records.length === 0) return { study, records, orientation: "LPS", plane: "none" };
  const plane = mostFrequent(records.map(({ images }) => planeOf(images[0].affine)));
  return { study, records, orientation: planGrid(records).orientation, plane };
}

async function filesWrong(study: Study): Promise<Finding[]> {
  const readers = [
    ["SPLITS_WRONG", places.splits, (file: string) => readSplits(file, study.cases)],
    ["PLAN_WRONG", places.plan, readPlan],
  ] as const;
  const findings: Finding[] = [];
  for (const [code, place, read] of readers) {
    const file = join(study.dir, place);
    if (!(await exists(file))) continue;
    await read(file).catch((error: unknown) =>
      findings.push(findingOf(code, asMarrowError(error, file), { file: place })),
    );
  }
  return findings;
}

function tableOf(findings: readonly Finding[]): CheckReport["checks"] {
  return Object.entries(kinds)
    .filter(([code]) => !code.startsWith("IMPORT_"))
    .map(([code, { what, severity }]) => ({
      code,
      what,
      severity,
      count: findings.filter((one) => one.code === code).length,
    }));
}
