/**
 * A locked study as the tables that `marrow report` reads: readings.tsv (reader, case, arm, truth, decision, score, seconds,
 * date) and feedback.tsv, with the protocol, in `derivatives/marrow/reader-study/<name>/` and, of the study locked last, in
 * `derivatives/marrow/reader-study/` itself.
 */
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readRows, entityOfCase } from "../../study/classification.js";
import { writeText } from "../../study/files.js";
import { formatTsv, type Row, type Table } from "../../study/tsv.js";
import type { Protocol, ReadingAnswer } from "../contract/index.js";
import { readingPlaces } from "../places.js";
import { isDoubtful } from "./reading-time.js";
import type { ReaderStudy, ReadingRow } from "./reader-studies.js";
import { iso } from "./steady-clock.js";

const readingColumns = [
  ...["reader", "case", "arm", "patient", "truth", "decision", "score", "confidence", "seconds", "date"],
  ...["part", "position", "page_seconds", "pauses", "hides", "doubtful", "comment"],
];
const feedbackColumns = [
  "expert",
  "case",
  "patient",
  "label",
  "present",
  "marked",
  "outlined",
  "seconds",
  "date",
  "comment",
];

/** Writes the tables. What stood in their place and came from elsewhere is kept. Throws FILE_UNWRITABLE, DISK_FULL. */
export async function exportStudy(
  dir: string,
  study: ReaderStudy,
  readings: readonly ReadingRow[],
): Promise<string[]> {
  const { protocol } = study;
  const done = readings.filter(({ state }) => state === "done");
  const [name, table] = protocol.tasks.feedback
    ? (["feedback.tsv", feedbackTable(done)] as const)
    : (["readings.tsv", await readingTable(dir, protocol, done)] as const);
  const folder = join(dir, readingPlaces.readerStudies);
  const text = formatTsv(table);
  const about = `${JSON.stringify({ researchUseOnly: true, ...study }, undefined, 2)}\n`;
  await writeText(join(folder, protocol.name, name), text);
  await writeText(join(folder, protocol.name, "protocol.json"), about);
  await keepOther(dir, join(folder, name), study);
  await writeText(join(folder, name), text);
  return [join(folder, protocol.name, name), join(folder, name)];
}

/** A table in the way is moved beside what agreements replace. */
async function keepOther(dir: string, file: string, { locked, id }: ReaderStudy): Promise<void> {
  if (!existsSync(file)) return;
  const stamp = (locked ?? id).replace(/[:.]/g, "-");
  const kept = join(dir, readingPlaces.replaced, "reader-study", `${stamp}_${file.split(/[\\/]/).at(-1)}`);
  await mkdir(dirname(kept), { recursive: true });
  await rename(file, kept);
}

const patientOf = (caseId: string) => `sub-${entityOfCase(caseId).subject}`;
const answerOf = ({ answer }: ReadingRow) => JSON.parse(answer ?? "{}") as Partial<ReadingAnswer>;
const seconds = (ms: number) => (ms / 1000).toFixed(1);
const dayOf = ({ finished }: ReadingRow) => (finished === null ? "" : iso(finished).slice(0, 10));

/** Rows of the first arm first, then by reader and position: the order in which the papers' tables name the arms. */
async function readingTable(
  dir: string,
  protocol: Protocol,
  readings: readonly ReadingRow[],
): Promise<Table> {
  const truths = await truthsOf(dir, protocol);
  const armOf = ({ arm }: ReadingRow) => protocol.arms.findIndex(({ name }) => name === arm);
  const sorted = [...readings].sort((a, b) => armOf(a) - armOf(b));
  return { columns: readingColumns, rows: sorted.map((row) => readingRow(row, truths.get(row.case_id))) };
}

function readingRow(row: ReadingRow, truth: boolean | undefined): Row {
  const { diagnosis, comment = "" } = answerOf(row);
  return {
    ...{ reader: row.reader, case: row.case_id, arm: row.arm, patient: patientOf(row.case_id) },
    ...(truth !== undefined && { truth: String(Number(truth)) }),
    ...(diagnosis && {
      decision: String(Number(diagnosis.decision)),
      score: String(suspicion(diagnosis)),
      confidence: String(diagnosis.confidence),
    }),
    ...{ seconds: seconds(row.ms), date: dayOf(row), part: String(row.part), position: String(row.position) },
    ...{ page_seconds: seconds(row.page_ms), pauses: String(row.pauses), hides: String(row.hides) },
    ...{ doubtful: String(Number(isDoubtful(row))), comment },
  };
}

/**
 * Decision and confidence (1 guessed … 5 certain) as one number that rises with suspicion, for ROC curves: 1 is a certain no,
 * 5 a guessed no, 6 a guessed yes, 10 a certain yes.
 */
export function suspicion({ decision, confidence }: NonNullable<ReadingAnswer["diagnosis"]>): number {
  return decision ? 5 + confidence : 6 - confidence;
}

async function truthsOf(
  dir: string,
  { cases, tasks: { diagnosis } }: Protocol,
): Promise<Map<string, boolean>> {
  if (diagnosis === null) return new Map();
  const rows = await readRows(dir, cases);
  const known = cases.flatMap((id) => {
    const value = rows.get(id)?.[diagnosis.column];
    return value === undefined ? [] : [[id, value === diagnosis.positive] as const];
  });
  return new Map(known);
}

function feedbackTable(readings: readonly ReadingRow[]): Table {
  const rows = readings.flatMap((row) => {
    const { feedback = [], comment = "" } = answerOf(row);
    return feedback.map(({ label, present, marked, outlined }): Row => ({
      ...{ expert: row.reader, case: row.case_id, patient: patientOf(row.case_id), label },
      ...{ present: String(Number(present)), marked: String(Number(marked)), outlined: outlined ?? "" },
      ...{ seconds: seconds(row.ms), date: dayOf(row), comment },
    }));
  });
  return { columns: feedbackColumns, rows };
}
