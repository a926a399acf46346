/** participants.tsv and sub-*_sessions.tsv: which name of the original data each subject and session had, and the site. */
import { join } from "node:path";
import { exists, readText, writeText } from "./files.js";
import { caseId, places, type Entity } from "./names.js";
import { formatTsv, parseTsv, type Row, type Table } from "./tsv.js";

const firstColumns = ["participant_id", "source_id", "site"];

/** The patients' table; an empty one where there is none. Throws TABLE_INVALID. */
export async function readParticipants(dir: string): Promise<Table> {
  const path = join(dir, places.participants);
  if (!(await exists(path))) return { columns: ["participant_id"], rows: [] };
  return parseTsv(await readText(path), path);
}

/** Adds rows, or fills cells still empty in rows that are there; what stands there is never changed. */
export function mergeRows(table: Table, key: string, rows: readonly Row[]): Table {
  const merged = table.rows.map((row) => ({ ...row }));
  for (const row of rows) {
    const old = merged.find((other) => other[key] === row[key]);
    if (old) Object.assign(old, { ...row, ...old });
    else merged.push({ ...row });
  }
  const used = new Set(merged.flatMap((row) => Object.keys(row)));
  const names = [key, ...firstColumns.filter((name) => used.has(name)), ...table.columns, ...used];
  const columns = [...new Set(names)].filter(
    (name) => name === key || table.columns.includes(name) || used.has(name),
  );
  return { columns, rows: merged.sort((a, b) => compare(a[key] ?? "", b[key] ?? "")) };
}

/** Order of names with numbers in them: sub-2 before sub-10. The same on every machine. */
export function compare(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
const collator = new Intl.Collator("en", { numeric: true });

export async function addParticipants(dir: string, rows: readonly Row[]): Promise<void> {
  await writeParticipants(dir, mergeRows(await readParticipants(dir), "participant_id", rows));
}

export async function writeParticipants(dir: string, table: Table): Promise<void> {
  await writeText(join(dir, places.participants), formatTsv(table));
}

const sessionsFile = (dir: string, subject: string) =>
  join(dir, `sub-${subject}`, `sub-${subject}_sessions.tsv`);

export async function readSessions(dir: string, subject: string): Promise<Table> {
  const path = sessionsFile(dir, subject);
  if (!(await exists(path))) return { columns: ["session_id"], rows: [] };
  return parseTsv(await readText(path), path);
}

/** Writes which original name a session's case had. */
export async function addSession(dir: string, { subject, session }: Entity, sourceId: string): Promise<void> {
  const row = { session_id: `ses-${session ?? ""}`, source_id: sourceId };
  const table = mergeRows(await readSessions(dir, subject), "session_id", [row]);
  await writeSessions(dir, subject, table);
}

export async function writeSessions(dir: string, subject: string, table: Table): Promise<void> {
  await writeText(sessionsFile(dir, subject), formatTsv(table));
}

/**
 * The patients' rows by case id. What a table of sessions has a column for is told by the session's own row alone: a value
 * of one examination is never taken for that of another.
 */
export async function readOrigins(dir: string, entities: readonly Entity[]): Promise<Map<string, Row>> {
  const { rows } = await readParticipants(dir);
  const bySubject = new Map(rows.map((row) => [row.participant_id, row]));
  const origins = new Map<string, Row>();
  for (const entity of entities)
    origins.set(caseId(entity), await originOf(dir, entity, bySubject.get(`sub-${entity.subject}`) ?? {}));
  return origins;
}

async function originOf(dir: string, { subject, session }: Entity, patient: Row): Promise<Row> {
  if (session === undefined) return { ...patient };
  const { columns, rows } = await readSessions(dir, subject);
  const measured = columns.filter((name) => !firstColumns.includes(name));
  const kept = Object.entries(patient).filter(([name]) => !measured.includes(name));
  return { ...Object.fromEntries(kept), ...rows.find((row) => row.session_id === `ses-${session}`) };
}
