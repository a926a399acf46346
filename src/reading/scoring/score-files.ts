/**
 * Finished sheets as files, where `marrow report` finds them: `derivatives/marrow/scores/<template>.tsv`, one row a reader,
 * case and arm, and beside it `<template>/<reader>/<case>.json` with slices, regions and every point.
 */
import { join } from "node:path";
import { writeText } from "../../study/files.js";
import { entityOfCase } from "../../study/classification.js";
import { formatTsv, type Row } from "../../study/tsv.js";
import type { SavedScore, ScoringTemplate } from "../contract/index.js";
import { readingPlaces } from "../places.js";
import { allSlices } from "./slices.js";

export interface FinishedScore {
  readonly case: string;
  readonly reader: string;
  /** Arm of a reader study; empty outside. */
  readonly arm: string;
  /** The model's result was shown. */
  readonly isAssisted: boolean;
  readonly score: SavedScore;
}

/** Writes all finished sheets of a template, whole files or none. Throws FILE_UNWRITABLE, DISK_FULL. */
export async function writeScores(dir: string, template: ScoringTemplate, scores: readonly FinishedScore[]) {
  const folder = join(dir, readingPlaces.scores);
  for (const { case: id, reader, arm, score } of scores) {
    const file = join(folder, template.name, arm === "" ? reader : `${reader}-${arm}`, `${id}.json`);
    await writeText(file, sheetJson(template, id, reader, score));
  }
  await writeText(join(folder, `${template.name}.tsv`), scoreTable(template, scores));
}

/** Points by item: `fat`, `fat_right`, `fat_left`; the sum is `total`. */
export function scoreTable({ items, isSummed }: ScoringTemplate, scores: readonly FinishedScore[]): string {
  const names = [...items.map(({ name }) => name), ...(isSummed ? ["total"] : [])];
  const points = names.flatMap((name) => [name, `${name}_right`, `${name}_left`]);
  const rows = scores.map(({ case: id, reader, arm, isAssisted, score }): Row => {
    const totals = score.totals.map(({ item, side, points: sum }) => [
      side === "both" ? item : `${item}_${side}`,
      String(sum),
    ]);
    const slices = allSlices(score.sheet?.slices ?? {}).map((slice) => slice + 1);
    return {
      ...{ reader, case: id, patient: `sub-${entityOfCase(id).subject}`, arm },
      ...{ assisted: String(Number(isAssisted)), slices: slices.join(" ") },
      ...(Object.fromEntries(totals) as Row),
    };
  });
  return formatTsv({ columns: ["reader", "case", "patient", "arm", "assisted", "slices", ...points], rows });
}

function sheetJson(
  { name, source, provisional }: ScoringTemplate,
  id: string,
  reader: string,
  score: SavedScore,
) {
  const about = { researchUseOnly: true, template: name, source, ...(provisional !== "" && { provisional }) };
  const { sheet, totals, changed } = score;
  return `${JSON.stringify({ ...about, case: id, reader, changed, totals, ...sheet }, undefined, 1)}\n`;
}
