/** participants.json and sessions.json: what the columns of participants.tsv and sub-*_sessions.tsv mean (BIDS, "tabular files"). */
import { join } from "node:path";
import { MarrowError } from "../base/errors.js";
import { clinicalVariables, type ClinicalVariable } from "./clinical-variables.js";
import { exists, readText, writeText } from "./files.js";
import { places } from "./names.js";
import { readParticipants } from "./participants.js";

interface Description {
  readonly Description: string;
  readonly Units?: string;
  readonly Levels?: Readonly<Record<string, string>>;
}

const own: Readonly<Record<string, Description>> = {
  participant_id: { Description: "Name of the participant in this study" },
  session_id: { Description: "Name of the examination" },
  source_id: { Description: "Name in the data this came from; a keyed pseudonym where that was DICOM" },
  site: { Description: "Centre" },
  quality: { Description: "Image quality; `poor` leaves the participant out" },
};

const levelTitles: Readonly<Record<string, string>> = { M: "male", F: "female", O: "other" };

function describe({ title, unit, range, levels, cap }: ClinicalVariable): Description {
  const span = range && unit === "" ? `, ${range[0]} to ${range[1]}` : "";
  const above = cap === undefined ? "" : `; ${cap} stands for all above`;
  const names = levels && Object.keys(levels).map((level) => [level, levelTitles[level] ?? level]);
  return {
    Description: `${title}${span}${above}`,
    ...(unit !== "" && { Units: unit }),
    ...(names && { Levels: Object.fromEntries(names) as Record<string, string> }),
  };
}

/**
 * Adds descriptions of the columns that are there; what a person wrote stays. `asGiven` are columns taken over without a
 * check. Throws TABLE_INVALID for a participants.json that is no JSON object, FILE_UNWRITABLE, DISK_FULL.
 */
export async function describeParticipants(dir: string, asGiven: readonly string[] = []): Promise<void> {
  const { columns } = await readParticipants(dir);
  await describeColumns(join(dir, places.participantsSidecar), columns, asGiven);
}

/** The same for columns of the patients' tables of sessions: sessions.json, which BIDS applies to all of them. */
export async function describeSessions(
  dir: string,
  columns: readonly string[],
  asGiven: readonly string[] = [],
): Promise<void> {
  if (columns.length > 0) await describeColumns(join(dir, places.sessionsSidecar), ["session_id", ...columns], asGiven);
} // prettier-ignore

async function describeColumns(file: string, columns: readonly string[], asGiven: readonly string[]) {
  const known = new Map<string, Description>([
    ...asGiven.map((name) => [name, { Description: "As the clinical table gave it; not checked" }] as const),
    ...clinicalVariables.map((variable) => [variable.name, describe(variable)] as const),
    ...Object.entries(own),
  ]);
  const before = await readObject(file);
  const now = columns.flatMap((name) => (known.has(name) ? [[name, known.get(name)]] : []));
  const text = JSON.stringify({ ...Object.fromEntries(now), ...before }, null, 1);
  await writeText(file, `${text}\n`);
}

async function readObject(file: string): Promise<object> {
  if (!(await exists(file))) return {};
  try {
    const value: unknown = JSON.parse(await readText(file));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new MarrowError("TABLE_INVALID", {
    ...{ file, expected: "descriptions of columns as a JSON object" },
    next: "Correct the file, or remove it to have it made anew.",
  });
}
