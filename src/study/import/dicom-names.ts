/** Which subject, session and file name each volume gets; what an earlier run gave, or a person wrote, stays. */
import { suffixOf } from "../../dicom/recognise.js";
import { derive, type ProjectKey } from "../../dicom/deidentify/project-key.js";
import { pseudonymOf } from "../../dicom/deidentify/pseudonyms.js";
import { finding } from "../findings.js";
import { compare } from "../participants.js";
import type { Row } from "../tsv.js";
import type { Finding } from "../types.js";
import {
  describeVolume,
  identityOf,
  leftOut,
  seriesFile,
  type FoundVolume,
  type SeriesRow,
} from "./dicom-series.js";

/** Names for people and series that mean nothing to those without the key. */
export interface Identities {
  /** Stands in participants.tsv as source_id. */
  readonly pseudonym: (patientId: string) => string;
  /** Short and the same for the same text. */
  readonly token: (text: string) => string;
}

export function keyedIdentities(key: ProjectKey): Identities {
  return {
    pseudonym: (patientId) => pseudonymOf(key, patientId),
    token: (text) => derive(key, "import", text).toString("hex").slice(0, 12),
  };
}

export interface NamedVolume extends FoundVolume {
  readonly row: SeriesRow;
}

/** `sub-001` by patient ID: the subject with this pseudonym, else the next running number. */
export function subjectNames(
  patientIds: readonly string[],
  rows: readonly Row[],
  { pseudonym }: Identities,
): Map<string, Row> {
  const numbers = rows.map((row) => Number(/^sub-(\d+)$/.exec(row.participant_id)?.[1] ?? 0));
  let last = Math.max(0, ...numbers);
  return new Map(
    patientIds.map((id) => {
      const source_id = pseudonym(id);
      const known = rows.find((row) => row.source_id === source_id);
      return [id, known ?? { participant_id: `sub-${String(++last).padStart(3, "0")}`, source_id }];
    }),
  );
}

/** Sessions by study key: known ones stay; a patient's only examination has none (""), several are numbered by date. */
export function sessionNames(
  studies: readonly { key: string; participant: string; date: string }[],
  known: readonly SeriesRow[],
): Map<string, string> {
  const names = new Map(known.map((row) => [row.study_key ?? "", row.session_id ?? ""]));
  const participants = new Set(studies.map(({ participant }) => participant));
  for (const participant of participants) {
    const own = studies.filter((one) => one.participant === participant && !names.has(one.key));
    own.sort((a, b) => compare(a.date, b.date) || compare(a.key, b.key));
    const earlier = new Set(
      known.filter((row) => row.participant_id === participant).map((row) => row.study_key),
    ).size;
    const isOnly = earlier + own.length === 1;
    own.forEach(({ key }, n) => names.set(key, isOnly ? "" : `ses-${earlier + n + 1}`));
  }
  return names;
}

/** Best first: no contrast agent, sure of the weighting, enough slices, then the order of acquisition. */
function byQuality(a: FoundVolume, b: FoundVolume): number {
  const score = ({ evidence, recognised, geometry }: FoundVolume) =>
    (evidence.contrastAgent ? 0 : 4) + (geometry.size[2] >= 5 ? 2 : 0) + recognised.weighting.confidence;
  return score(b) - score(a) || a.stack.frames[0].of.seriesNumber - b.stack.frames[0].of.seriesNumber;
}

/**
 * Rows of the table for all volumes of one case. The best volume of each kind is named by its suffix alone (`T1w`), which is
 * what training reads; the others get their series' number too (`acq-s7_T1w`).
 */
export function nameCase(
  volumes: readonly FoundVolume[],
  base: Pick<SeriesRow, "participant_id" | "session_id" | "study_key">,
  known: ReadonlyMap<string, SeriesRow>,
  { token }: Identities,
  findings: Finding[],
): NamedVolume[] {
  const keyed = volumes.map((volume) => ({ volume, key: token(identityOf(volume.stack)) }));
  const taken = new Set<string>();
  const rows = new Map<string, SeriesRow>();
  const old = keyed.filter(({ key }) => known.has(key));
  const fresh = keyed.filter(({ key }) => !known.has(key)).sort((a, b) => byQuality(a.volume, b.volume));
  for (const { volume, key } of [...old, ...fresh]) {
    const before = known.get(key);
    const image = claim(
      before?.image ?? suffixOf(volume.recognised) ?? leftOut,
      volume,
      taken,
      before !== undefined,
    );
    if (before?.image !== undefined && image !== before.image)
      findings.push(
        finding("IMPORT_AMBIGUOUS", {
          case: caseOf(base),
          expected: "each image name once, of letters, digits and BIDS entities",
          found: before.image,
          next: `Correct the column image in ${seriesFile} and import again.`,
        }),
      );
    rows.set(key, { ...describeVolume(volume), ...before, ...base, image, series_key: key });
  }
  return keyed.map(({ volume, key }) => ({ ...volume, row: rows.get(key) as SeriesRow }));
}

const caseOf = ({ participant_id = "", session_id }: SeriesRow) =>
  session_id ? `${participant_id}_${session_id}` : participant_id;

/** The wanted name; where it is taken, one with the series' number. */
function claim(wanted: string, { stack }: FoundVolume, taken: Set<string>, isCorrection: boolean): string {
  const isName = /^([a-z]+-[A-Za-z0-9]+_)*[A-Za-z0-9]+$/.test(wanted);
  if (wanted === leftOut || !isName) return leftOut;
  if (!taken.has(wanted)) {
    taken.add(wanted);
    return wanted;
  }
  if (isCorrection) return leftOut;
  const series = stack.frames[0].of.seriesNumber;
  const free = (n: number) => `acq-s${series}${n === 1 ? "" : `v${n}`}_${wanted}`;
  let n = 1;
  while (taken.has(free(n))) n++;
  taken.add(free(n));
  return free(n);
}
