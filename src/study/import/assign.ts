/** Gives every case of a source its BIDS name; a case imported before keeps the one it has. */
import { finding } from "../findings.js";
import { bidsLabel, caseId, type Entity } from "../names.js";
import type { Row } from "../tsv.js";
import type { Finding } from "../types.js";
import type { SourceCase } from "./source.js";

export interface AssignedCase extends SourceCase {
  readonly entity: Entity;
  /** Row for participants.tsv. */
  readonly row: Row;
}

/** `rows` are those of participants.tsv; `site` is given to cases whose source names none. */
export function assignNames(
  cases: readonly SourceCase[],
  rows: readonly Row[],
  site: string | undefined,
  findings: Finding[],
): AssignedCase[] {
  const known = [...rows];
  const owners = new Map<string, string>();
  return cases.flatMap((one) => {
    const row = patientRow(one, known, site, findings);
    const entity = entityOf(row, one);
    const owner = owners.get(caseId(entity));
    if (owner !== undefined) {
      const found = `${owner} is already ${caseId(entity)}`;
      findings.push(
        finding("IMPORT_AMBIGUOUS", { case: one.id, expected: "one case per patient and session", found }),
      );
      return [];
    }
    owners.set(caseId(entity), one.id);
    return [{ ...one, entity, row }];
  });
}

function entityOf(row: Row, { session }: SourceCase): Entity {
  const subject = row.participant_id.replace(/^sub-/, "");
  const label = session === undefined ? "" : bidsLabel(session);
  return label ? { subject, session: label } : { subject };
}

/** The patient's row: the one with this original name (and no other site), else a new one, which joins `known`. */
function patientRow(one: SourceCase, known: Row[], site: string | undefined, findings: Finding[]): Row {
  const columns: Row = { ...(site !== undefined && { site }), ...one.columns };
  const name = columns.source_id ?? one.subject;
  const sameSite = (row: Row) => !row.site || !columns.site || row.site === columns.site;
  const old = known.find((row) => row.source_id === name && sameSite(row));
  if (old) return { ...columns, ...old };
  const label = freeLabel(bidsLabel(one.subject) || "x", known);
  if (label.toLowerCase() !== bidsLabel(one.subject).toLowerCase())
    findings.push(finding("IMPORT_NAME", { case: one.id, found: `becomes sub-${label}` }));
  const row = { ...columns, participant_id: `sub-${label}`, source_id: name };
  known.push(row);
  return row;
}

function freeLabel(wanted: string, known: readonly Row[]): string {
  const taken = new Set(known.map((row) => row.participant_id.toLowerCase()));
  const isFree = (label: string) => !taken.has(`sub-${label}`.toLowerCase());
  let label = wanted;
  for (let n = 2; !isFree(label); n++) label = `${wanted}x${n}`;
  return label;
}
