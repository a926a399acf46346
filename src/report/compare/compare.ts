/** Two sources of masks of a study compared: with the reference, and with each other. */
import { MarrowError } from "../../base/errors.js";
import { countLabels } from "../../statistics/confusion.js";
import { dice } from "../../statistics/dice.js";
import type { TestResult } from "../../statistics/result.js";
import { summarise, type Summary } from "../../statistics/summary.js";
import { adjustP } from "../../statistics/tests/adjust.js";
import type { Study } from "../../study/types.js";
import { readMask } from "../../volume/nifti.js";
import { scoreMasks } from "../study/readings.js";
import type { Scores } from "../study/runs.js";
import { byPatient, pairedTests, shownLabels, type Measure } from "../study/scores.js";
import { lesionVolumes, voxelMillilitres } from "../study/volumes.js";
import type { Source } from "../study/volume-agreement.js";
import type { MaskSource } from "./mask-source.js";

/** One measure of one label: both sources against the reference, over the patients that both have. */
export interface ComparedMeasure {
  readonly label: string;
  readonly measure: Measure;
  readonly first: Summary;
  readonly second: Summary;
  /** Of `first − second`, paired by patient. */
  readonly t: TestResult;
  readonly rank: TestResult;
  /** p of the signed rank test after Holm's correction for all of these. */
  readonly holm: number | null;
}

export interface ComparedCase {
  readonly id: string;
  readonly patient: string;
  readonly label: string;
  /** Dice of each with the reference, and of both with each other; NaN where the label is in neither mask. */
  readonly first: number;
  readonly second: number;
  readonly between: number;
}

export interface MaskComparison {
  readonly first: string;
  readonly second: string;
  /** Empty where the study has no reference masks of these cases, or one source is the reference itself. */
  readonly measures: readonly ComparedMeasure[];
  /** Dice of the two with each other, over patients. */
  readonly between: readonly { readonly label: string; readonly dice: Summary }[];
  readonly volumes: readonly [Source, Source];
  readonly cases: readonly ComparedCase[];
}

/**
 * Compares the cases that both sources have. Which is nearer to the reference is asked of Dice, precision and recall;
 * whether one may stand for the other, of their own Dice and of lesion volumes (ml). Examinations of a patient are averaged
 * first, so that a patient counts once. Throws EVALUATE_NOTHING where they share no
 * case, GRID_MISMATCH, and as `readMask` does.
 */
export async function compareMasks(
  study: Study,
  first: MaskSource,
  second: MaskSource,
): Promise<MaskComparison> {
  const cases = study.cases.filter(({ id }) => first.masks.has(id) && second.masks.has(id));
  if (cases.length === 0)
    throw new MarrowError("EVALUATE_NOTHING", {
      file: study.dir,
      expected: `cases of the study with masks of both ${first.name} and ${second.name}`,
      found: `${first.masks.size} and ${second.masks.size} masks, none in common`,
    });
  const shared = { ...study, cases };
  const between = await scoresBetween(shared, first, second);
  const voxel = await voxelMillilitres({
    ...study,
    cases: cases.map((one) => ({ ...one, mask: first.masks.get(one.id) ?? "" })),
  });
  const isReference = [first, second].some(({ masks }) =>
    cases.every(({ id, mask }) => masks.get(id) === mask),
  );
  const scores = [await scoreMasks(shared, first.masks), await scoreMasks(shared, second.masks)] as const;
  return {
    ...{ first: first.name, second: second.name },
    measures: isReference ? [] : measuresOf(scores, shared),
    between: shownLabels(between).map((label) => ({
      label,
      dice: summarise([...byPatient(between, shared, label, "dice").values()]),
    })),
    volumes: [
      { name: first.name, volumes: lesionVolumes(between, "fp", voxel) },
      { name: second.name, volumes: lesionVolumes(between, "fn", voxel) },
    ],
    cases: casesOf(shared, scores, between),
  };
}

/** The first source's masks scored as if the second were the reference. */
async function scoresBetween(
  { cases, config }: Study,
  first: MaskSource,
  second: MaskSource,
): Promise<Scores> {
  const values = config.labels.map(({ value }) => value);
  const scored: Scores["cases"][number][] = [];
  for (const { id } of cases) {
    const [a, b] = [first, second].map(({ masks }) => masks.get(id) ?? "");
    scored.push({ id, counts: countLabels(await readMask(a), await readMask(b), values) });
  }
  return { labels: config.labels.map(({ name }) => name), cases: scored };
}

function measuresOf([first, second]: readonly [Scores, Scores], study: Study): ComparedMeasure[] {
  if (first.cases.length === 0) return [];
  const rows = shownLabels(first).flatMap((label) =>
    (["dice", "precision", "recall"] as const).map((measure) => {
      const [a, b] = [first, second].map((scores) => byPatient(scores, study, label, measure));
      const summary = (values: ReadonlyMap<string, number>) => summarise([...values.values()]);
      return { label, measure, first: summary(a), second: summary(b), ...pairedTests(a, b) };
    }),
  );
  const holm = adjustP(
    rows.map(({ rank }) => rank.p),
    "holm",
  );
  return rows.map((row, n) => ({ ...row, holm: holm[n] }));
}

function casesOf({ cases }: Study, scores: readonly [Scores, Scores], between: Scores): ComparedCase[] {
  return cases.flatMap(({ id, subject }) =>
    between.labels.map((label, n) => {
      const of = (one: Scores) => {
        const counts = one.cases.find((scored) => scored.id === id)?.counts[n];
        return counts === undefined ? NaN : dice(counts);
      };
      const [first, second] = scores.map(of);
      return { id, patient: subject, label, first, second, between: of(between) };
    }),
  );
}
