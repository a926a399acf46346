/**
 * Splits grouped by patient and stratified. Patients are sorted into strata (site, tercile of labelled volume, labels that
 * occur), shuffled within each, and dealt out so that every side gets its share of every stratum.
 */
import { MarrowError } from "../base/errors.js";
import { Random } from "../base/random.js";
import { spacingOf } from "../volume/volume.js";
import { compare } from "./participants.js";
import type { Case, Fingerprint, Splits } from "./types.js";

/** A case with what it is stratified by; both may be unknown. */
export interface SplitCase extends Pick<Case, "id" | "subject"> {
  readonly site?: string;
  /** Labelled volume in mm³. */
  readonly foreground?: number;
  /** Values that occur in the mask. */
  readonly labels?: readonly number[];
  /** A class that every fold needs its share of; it takes the place of labels and volume. */
  readonly group?: string;
}

export interface SplitOptions {
  /** Folds of the cross-validation; 1 makes a single division into training and validation. */
  readonly folds: number;
  readonly seed: number;
  /** Share of the patients kept for the internal test, 0 to below 1. */
  readonly testFraction?: number;
  /** Share of the remaining patients that validate, for `folds: 1` alone; 0.2 unless told. */
  readonly validationFraction?: number;
  /** Site whose patients are all kept as external test. */
  readonly externalSite?: string;
}

interface Patient {
  readonly subject: string;
  readonly ids: readonly string[];
  readonly stratum: string;
}

/**
 * Splits of cases: every case that is not test or external validates in exactly one fold (of several) and no patient is on
 * two sides. The same seed gives the same splits whatever the order of the cases. Throws BAD_ARGUMENT, SPLITS_TOO_FEW.
 */
export function makeSplits(cases: readonly SplitCase[], options: SplitOptions): Splits {
  checkOptions(cases, options);
  const { folds, seed, testFraction = 0, externalSite } = options;
  const isExternal = (c: SplitCase) => externalSite !== undefined && c.site === externalSite;
  const away = new Set(cases.filter(isExternal).map(({ subject }) => subject));
  const external = cases.filter(({ subject }) => away.has(subject));
  const patients = patientsOf(cases.filter(({ subject }) => !away.has(subject)));
  const [rest, test] = takeShare(shuffled(patients, seed, "test"), testFraction);
  if (rest.length < Math.max(2, folds))
    throw new MarrowError("SPLITS_TOO_FEW", {
      expected: `at least ${Math.max(2, folds)} patients to train and validate`,
      found: `${rest.length}`,
    });
  return {
    folds: folds === 1 ? [singleFold(rest, options)] : crossValidation(shuffled(rest, seed, "folds"), folds),
    test: idsOf(test),
    external: external.map(({ id }) => id).sort(compare),
    origin: describe(options),
  };
}

function checkOptions(cases: readonly SplitCase[], options: SplitOptions): void {
  const { folds, testFraction = 0, validationFraction, externalSite } = options;
  const refuse = (expected: string, found: string) => {
    throw new MarrowError("BAD_ARGUMENT", { expected, found });
  };
  if (!Number.isInteger(folds) || folds < 1) refuse("folds: a whole number from 1", `${folds}`);
  for (const share of [testFraction, validationFraction ?? 0.2])
    if (!(share >= 0 && share < 1)) refuse("a share from 0 to below 1", `${share}`);
  if (folds > 1 && validationFraction !== undefined)
    refuse("a validation share together with one fold", `${folds} folds`);
  const sites = [...new Set(cases.map(({ site }) => site ?? "(none)"))];
  if (externalSite !== undefined && !sites.includes(externalSite))
    refuse(`a site among ${sites.join(", ")}`, externalSite);
}

function describe({ folds, seed, testFraction, validationFraction, externalSite }: SplitOptions): string {
  const parts = [
    folds === 1 ? `one division, validation ${validationFraction ?? 0.2}` : `${folds} folds`,
    ...(testFraction ? [`test ${testFraction}`] : []),
    ...(externalSite === undefined ? [] : [`external site ${externalSite}`]),
    `seed ${seed}, grouped by patient, stratified by site, labels and tercile of labelled volume`,
  ];
  return parts.join(", ");
}

function patientsOf(cases: readonly SplitCase[]): Patient[] {
  const groups = new Map<string, SplitCase[]>();
  for (const c of cases) groups.set(c.subject, [...(groups.get(c.subject) ?? []), c]);
  const volume = (group: readonly SplitCase[]) =>
    group.reduce((sum, c) => sum + (c.foreground ?? 0), 0) / group.length;
  const tercile = tercilesOf([...groups.values()].map(volume).filter((v) => v > 0));
  const stratum = (group: readonly SplitCase[]) => {
    const labels = [...new Set(group.flatMap((c) => c.labels ?? []))].sort((a, b) => a - b);
    const classes = new Set(group.flatMap((c) => c.group ?? []));
    if (classes.size > 0) return JSON.stringify(["class", group[0].site ?? "", ...[...classes].sort()]);
    return JSON.stringify([group[0].site ?? "", labels.join("+"), tercile(volume(group))]);
  };
  const patients = [...groups].map(([subject, group]) => ({
    subject,
    ids: group.map(({ id }) => id).sort(compare),
    stratum: stratum(group),
  }));
  return patients.sort((a, b) => compare(a.subject, b.subject));
}

/** 0 where nothing is labelled, else 1, 2 or 3. */
function tercilesOf(volumes: readonly number[]): (volume: number) => number {
  const sorted = [...volumes].sort((a, b) => a - b);
  const bound = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0;
  return (volume) => (volume <= 0 ? 0 : 1 + Number(volume >= bound(1 / 3)) + Number(volume >= bound(2 / 3)));
}

/** Patients stratum by stratum, in random order within each. */
function shuffled(patients: readonly Patient[], seed: number, key: string): Patient[] {
  const strata = [...new Set(patients.map(({ stratum }) => stratum))].sort(compare);
  return strata.flatMap((stratum) => {
    const members = patients.filter((patient) => patient.stratum === stratum);
    return new Random(seed, "splits", key, stratum).shuffle(members);
  });
}

/** Takes every so-many-th patient of an ordered list, so that each stratum gives its share: [the others, those taken]. */
function takeShare(patients: readonly Patient[], share: number): [Patient[], Patient[]] {
  const count =
    share > 0 ? Math.min(patients.length - 1, Math.max(1, Math.round(share * patients.length))) : 0;
  const before = (n: number) => Math.floor((n * count) / patients.length + 0.5);
  const isTaken = patients.map((_, n) => before(n + 1) > before(n));
  return [patients.filter((_, n) => !isTaken[n]), patients.filter((_, n) => isTaken[n])];
}

function singleFold(patients: readonly Patient[], { seed, validationFraction = 0.2 }: SplitOptions) {
  const [train, validation] = takeShare(shuffled(patients, seed, "validation"), validationFraction);
  return { train: idsOf(train), validation: idsOf(validation) };
}

function crossValidation(patients: readonly Patient[], folds: number): Splits["folds"] {
  const parts = deal(patients, folds);
  return parts.map((validation, n) => ({
    train: idsOf(parts.filter((_, other) => other !== n).flat()),
    validation: idsOf(validation),
  }));
}

/** Each patient goes to the fold that has fewest patients of the stratum, then fewest cases. */
function deal(patients: readonly Patient[], folds: number): Patient[][] {
  const parts = Array.from({ length: folds }, () => [] as Patient[]);
  for (const patient of patients) {
    const load = (part: readonly Patient[]) => [
      part.filter(({ stratum }) => stratum === patient.stratum).length,
      part.reduce((sum, { ids }) => sum + ids.length, 0),
    ];
    const loads = parts.map(load);
    const best = loads.reduce((least, [same, all], n) => {
      const [leastSame, leastAll] = loads[least];
      return same < leastSame || (same === leastSame && all < leastAll) ? n : least;
    }, 0);
    parts[best].push(patient);
  }
  return parts;
}

function idsOf(patients: readonly Patient[]): string[] {
  return patients.flatMap(({ ids }) => ids).sort(compare);
}

/** Cases that have a mask, with what the fingerprint knows of it. */
export function splitCases(cases: readonly Case[], fingerprint: Fingerprint): SplitCase[] {
  const records = new Map(fingerprint.cases.map((record) => [record.id, record]));
  return cases.flatMap(({ id, subject, site, mask }) => {
    if (mask === undefined) return [];
    const measured = records.get(id)?.mask;
    const labels = Object.keys(measured?.counts ?? {})
      .map(Number)
      .filter((value) => value > 0);
    const voxels = labels.reduce((sum, value) => sum + (measured?.counts[value] ?? 0), 0);
    const volume = measured ? voxels * spacingOf(measured.affine).reduce((a, b) => a * b) : 0;
    return [{ id, subject, foreground: volume, labels, ...(site !== undefined && { site }) }];
  });
}
