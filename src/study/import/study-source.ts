/** Another study folder, or any BIDS folder, as a source: all sequences' images, all readers' masks, the patients' table. */
import { join, relative } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { readConfig } from "../config.js";
import { exists, filesBelow, readText } from "../files.js";
import { caseId, parseBidsName, places, stemOf, type BidsName } from "../names.js";
import { compare, readParticipants } from "../participants.js";
import { parseSplits } from "../splits-file.js";
import type { Row } from "../tsv.js";
import type { StudyConfig } from "../types.js";
import type { Source, SourceCase, SourceMask } from "./source.js";

interface Piece extends BidsName {
  readonly path: string;
  /** Reader for a mask. */
  readonly reader?: string;
}

/**
 * Reads names and tables. `channels` chooses sequences; without it they are those of marrow.yaml, else the one most
 * cases have. Throws SOURCE_NOT_FOUND, STUDY_CONFIG, TABLE_INVALID, SPLITS_INVALID.
 */
export async function readStudySource(dir: string, channels?: readonly string[]): Promise<Source> {
  const config = (await exists(join(dir, places.config))) ? await readConfig(dir) : undefined;
  const pieces = (await filesBelow(dir)).flatMap((path) => pieceOf(dir, path));
  const images = pieces.filter(({ reader }) => reader === undefined);
  if (images.length === 0)
    throw new MarrowError("SOURCE_NOT_FOUND", {
      file: dir,
      expected: join("sub-*", "anat", "sub-*_T1w.nii.gz"),
    });
  const suffixes = channels ?? config?.channels ?? [mostFrequent(images.map(({ suffix }) => suffix))];
  const rows = new Map((await readParticipants(dir)).rows.map((row) => [row.participant_id, row]));
  const ids = [...new Set(images.map(caseId))].sort(compare);
  const cases = ids.map((id) => sourceCase(id, pieces, suffixes, rows));
  const splitsFile = join(dir, places.splits);
  return {
    title: `study ${dir}`,
    cases: cases.filter(({ images: files }) => files.length === suffixes.length),
    channels: suffixes,
    ...ofConfig(config),
    ...((await exists(splitsFile)) && { splits: parseSplits(await readText(splitsFile), splitsFile) }),
    findings: [],
  };
}

function ofConfig(config: StudyConfig | undefined) {
  return config ? { labels: config.labels, task: config.task, reader: config.reader } : {};
}

/** An image in an anat folder, or a mask in a derivative (Marrow's own results are not taken for annotations). */
function pieceOf(dir: string, path: string): Piece[] {
  const name = /\.nii(\.gz)?$/i.test(path) ? parseBidsName(stemOf(path)) : undefined;
  const folders = relative(dir, path).split(/[\\/]/);
  if (!name) return [];
  if (folders[0] !== "derivatives") return folders.at(-2) === "anat" ? [{ ...name, path }] : [];
  const reader = folders[1] === "annotations" ? folders[2] : folders[1];
  return reader !== "marrow" && /^(mask|dseg)$/.test(name.suffix) ? [{ ...name, path, reader }] : [];
}

function mostFrequent(words: readonly string[]): string {
  const count = (word: string) => words.filter((other) => other === word).length;
  return [...new Set(words)].sort(compare).reduce((a, b) => (count(b) > count(a) ? b : a));
}

function sourceCase(
  id: string,
  pieces: readonly Piece[],
  suffixes: readonly string[],
  rows: ReadonlyMap<string, Row>,
): SourceCase {
  const own = pieces.filter((piece) => caseId(piece) === id);
  const images = own.filter(({ reader }) => reader === undefined);
  const chosen = suffixes.flatMap((suffix) => images.find((image) => image.suffix === suffix)?.path ?? []);
  const masks = own.flatMap(({ reader, path }): SourceMask[] =>
    reader === undefined ? [] : [{ path, reader }],
  );
  const { subject, session } = own[0];
  const columns = { ...rows.get(`sub-${subject}`) };
  delete columns.participant_id;
  return {
    id,
    subject: `sub-${subject}`,
    ...(session !== undefined && { session }),
    images: chosen,
    masks,
    columns,
  };
}
