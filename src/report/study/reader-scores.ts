/** Scores that readers gave by eye: `derivatives/marrow/scores/<template>.tsv`, written by the reading room. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { clinicalVariables } from "../../study/clinical-variables.js";
import { readDelimited } from "../../study/delimited.js";
import { exists } from "../../study/files.js";
import type { Row } from "../../study/tsv.js";
import type { Clinical } from "./clinical.js";

export const scoresFolder = join("derivatives", "marrow", "scores");

/** One reader's points of one case, in one arm of a reader study or (empty) outside. */
export interface ReaderScore {
  readonly template: string;
  readonly reader: string;
  readonly arm: string;
  /** The model's result was shown. */
  readonly isAssisted: boolean;
  readonly case: string;
  readonly patient: string;
  /** Points by item, of both sides together. */
  readonly points: ReadonlyMap<string, number>;
}

const about = ["reader", "case", "patient", "arm", "assisted", "slices"];

/** Every finished score of the study. Throws TABLE_INVALID for points that are no number. */
export async function readReaderScores(dir: string): Promise<ReaderScore[]> {
  const folder = join(dir, scoresFolder);
  const files = (await exists(folder))
    ? (await readdir(folder)).filter((name) => name.endsWith(".tsv")).sort()
    : [];
  const found: ReaderScore[] = [];
  for (const name of files) {
    const file = join(folder, name);
    const { columns, rows } = await readDelimited(file);
    const items = columns.filter((column) => !about.includes(column));
    for (const row of rows) found.push(scoreOf(name.replace(/\.tsv$/, ""), row, items, file));
  }
  return found;
}

function scoreOf(template: string, row: Row, items: readonly string[], file: string): ReaderScore {
  const whole = items.filter((item) => !/_(left|right)$/.test(item) && row[item] !== undefined);
  const points = new Map(
    whole.map((item) => {
      const value = Number(row[item]);
      if (!Number.isFinite(value))
        throw new MarrowError("TABLE_INVALID", {
          file,
          expected: `${item} in points`,
          found: row[item] ?? "",
        });
      return [item, value];
    }),
  );
  const { reader = "", arm = "", case: id = "", patient = id } = row;
  return { template, reader, arm, isAssisted: row["assisted"] === "1", case: id, patient, points };
}

/** Clinical variables that HIMRISS fills, and the items (of the shipped template) that each is the sum of. */
const himriss: Readonly<Record<string, readonly string[]>> = {
  himriss: ["total"],
  himriss_bme: ["femoral-bme", "acetabular-bme"],
  himriss_synovitis: ["synovitis-effusion"],
};

/**
 * The table of patients with HIMRISS from the readers' own scores where it has none: both hips together, the mean of the
 * readers. Assisted scores count only for a patient without others, since they are set against the model's.
 */
export function withHimriss(clinical: Clinical, scores: readonly ReaderScore[]): Clinical {
  const own = scores.filter(({ template }) => template === "himriss");
  if (own.length === 0) return clinical;
  const patients = clinical.patients.map((row): Row => {
    const all = own.filter(({ patient }) => patient === row["participant_id"]);
    const alone = all.filter(({ isAssisted }) => !isAssisted);
    return { ...meansOf(alone.length > 0 ? alone : all), ...row };
  });
  const variables = clinicalVariables.filter(({ name }) => patients.some((row) => row[name]));
  const notes = [...clinical.notes, "HIMRISS: both hips together, mean of the readers' finished scores."];
  return { variables, patients, notes };
}

function meansOf(scores: readonly ReaderScore[]): Row {
  if (scores.length === 0) return {};
  const mean = (items: readonly string[]) => {
    const sum = scores
      .flatMap(({ points }) => items.map((item) => points.get(item) ?? 0))
      .reduce((a, b) => a + b, 0);
    return String(Number((sum / scores.length).toPrecision(12)));
  };
  const scored = Object.entries(himriss).filter(([, items]) =>
    items.some((item) => scores[0].points.has(item)),
  );
  return Object.fromEntries(scored.map(([name, items]) => [name, mean(items)]));
}
