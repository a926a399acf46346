/** Which patient of the study a row of another table is about. */
import type { PseudonymMap } from "../../../dicom/deidentify/pseudonym-map.js";
import type { Row } from "../../tsv.js";
import type { Identities } from "../dicom-names.js";
import type { IdKind } from "./columns.js";

/** Participants (`sub-001`) that a name may mean: none, one, or, where it is ambiguous, several. */
export type FindPatient = (name: string) => readonly string[];

/**
 * Finds patients by their name in the study, by pseudonym, or by original Patient ID, whose pseudonym the key or the map
 * of an earlier de-identification tells. No original name leaves this function.
 */
export function patientFinder(
  participants: readonly Row[],
  kinds: readonly IdKind[],
  { pseudonym }: Identities,
  map?: PseudonymMap,
): FindPatient {
  const bySource = new Map(participants.map((row) => [row.source_id, row.participant_id]));
  const ids = new Set(participants.map((row) => row.participant_id));
  const throughMap = (name: string) => map?.pseudonym(name) ?? "";
  const ways: Readonly<Record<IdKind, (name: string) => readonly (string | undefined)[]>> = {
    study: (name) => [name, `sub-${name}`].filter((id) => ids.has(id)),
    // Files de-identified before the import have a pseudonym as their Patient ID.
    pseudonym: (name) => [bySource.get(name), bySource.get(pseudonym(name))],
    original: (name) => [
      bySource.get(pseudonym(name)),
      bySource.get(throughMap(name)),
      bySource.get(pseudonym(throughMap(name))),
    ],
  };
  return (name) => {
    const found = name === "" ? [] : kinds.flatMap((kind) => ways[kind](name));
    return [...new Set(found.filter((id) => id !== undefined))];
  };
}
