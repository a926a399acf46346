/**
 * Makes a study folder from a source, or continues one. Files that are there are never changed; a bad input becomes a
 * finding and the rest goes on. Only a full disk or a folder that cannot be written stops the import.
 */
import { join, resolve } from "node:path";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { readNiftiHeader } from "../../volume/nifti.js";
import { readConfig, writeConfig } from "../config.js";
import { exists, writeText } from "../files.js";
import { finding, findingOf } from "../findings.js";
import { channelSuffix, places } from "../names.js";
import { addParticipants, readParticipants } from "../participants.js";
import { taskNamed } from "../tasks.js";
import type { Finding, Label, StudyConfig } from "../types.js";
import { assignNames } from "./assign.js";
import { labelsIn } from "./labels.js";
import { placeCase } from "./place.js";
import type { Source, SourceCase } from "./source.js";
import { takeSplits } from "./take-splits.js";

export interface InitOptions {
  /** A shipped task, whose labels and channels are taken. */
  task?: string;
  /** Names of channels, instead of the source's. */
  channels?: readonly string[];
  labels?: readonly Label[];
  /** Folder for masks whose reader the source does not name. */
  reader?: string;
  /** Site of all cases whose source names none. */
  site?: string;
  /** Links to the originals instead of copies. */
  link?: boolean;
  onCase?: (done: number, total: number) => void;
}

export interface InitReport {
  readonly dir: string;
  readonly config: StudyConfig;
  /** Files put into the study now, and those that were there. */
  readonly added: number;
  readonly kept: number;
  readonly cases: number;
  readonly masks: number;
  readonly findings: readonly Finding[];
}

/** Imports a source into the study folder `dir`. Throws TASK_UNKNOWN, BAD_ARGUMENT, DISK_FULL, FILE_UNWRITABLE. */
export async function initStudy(dir: string, source: Source, options: InitOptions = {}): Promise<InitReport> {
  const root = resolve(dir);
  const old = (await exists(join(root, places.config))) ? await readConfig(root) : undefined;
  const frame = old ?? frameOf(source, options);
  const findings = [...source.findings];
  const good = await readable(source.cases, frame.channels.length, findings);
  const cases = assignNames(good, (await readParticipants(root)).rows, options.site, findings);
  await addParticipants(
    root,
    cases.map(({ row }) => row),
  );
  const counts = { new: 0, same: 0, differs: 0 };
  for (const [n, one] of cases.entries()) {
    await placeCase(root, one, frame, options.link ?? false, counts, findings);
    options.onCase?.(n + 1, cases.length);
  }
  const config: StudyConfig = old ?? {
    ...frame,
    labels: frame.labels ?? (await labelsIn(cases.flatMap(({ masks }) => masks.map(({ path }) => path)))),
  };
  if (!old) await writeConfig(root, config);
  await describe(root);
  if (source.splits) await takeSplits(root, source.splits, cases, source.title, findings);
  return {
    dir: root,
    config,
    added: counts.new,
    kept: counts.same + counts.differs,
    cases: cases.length,
    masks: cases.filter(({ masks }) => masks.length > 0).length,
    findings,
  };
}

type Frame = Omit<StudyConfig, "labels"> & { labels?: Label[] };

function frameOf(source: Source, options: InitOptions): Frame {
  const task = options.task === undefined ? undefined : taskNamed(options.task);
  const channels = (
    options.channels?.map(channelSuffix) ??
    task?.channels ??
    source.channels ?? ["MRI"]
  ).slice();
  const labels = options.labels ?? task?.labels ?? source.labels;
  const hasMasks = source.cases.some(({ masks }) => masks.length > 0);
  if (!labels && !hasMasks)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "--task or --labels, as there are no masks",
      found: "neither",
    });
  return {
    task: task?.name ?? source.task ?? "custom",
    reader: checkReader(options.reader ?? source.reader ?? "reference"),
    channels,
    ...(labels && { labels: [...labels] }),
  };
}

/** Cases whose headers can be read; a mask that cannot is left out, an image that cannot takes its case along. */
async function readable(
  cases: readonly SourceCase[],
  channels: number,
  findings: Finding[],
): Promise<SourceCase[]> {
  const good: SourceCase[] = [];
  for (const one of cases) {
    if (one.images.length !== channels) {
      const expected = `${channels} images (channels)`;
      findings.push(finding("IMPORT_AMBIGUOUS", { case: one.id, expected, found: one.images.join(", ") }));
      continue;
    }
    const images = await Promise.all(one.images.map((file) => headerIsGood(file, one.id, findings)));
    if (images.includes(false)) continue;
    const usable = await Promise.all(one.masks.map(({ path }) => headerIsGood(path, one.id, findings)));
    good.push({ ...one, masks: one.masks.filter((_, n) => usable[n]) });
  }
  return good;
}

async function headerIsGood(file: string, id: string, findings: Finding[]): Promise<boolean> {
  try {
    const { frames, shape } = await readNiftiHeader(file);
    if (frames === 1) return true;
    throw new MarrowError("NIFTI_FRAMES", { file, expected: "a 3-D image", found: shape.join(" × ") });
  } catch (error) {
    findings.push(findingOf("IMPORT_UNREADABLE", asMarrowError(error, file), { case: id, file }));
    return false;
  }
}

/** What makes the folder readable without Marrow. */
async function describe(root: string): Promise<void> {
  const bids = { BIDSVersion: "1.9.0" };
  const marrow = { GeneratedBy: [{ Name: "Marrow" }] };
  const annotations = join(places.annotations, places.description);
  const texts: readonly (readonly [string, string])[] = [
    [places.description, json({ Name: root.split(/[\\/]/).at(-1), ...bids, DatasetType: "raw" })],
    [annotations, json({ Name: "Masks by reader", ...bids, DatasetType: "derivative", ...marrow })],
    [".bidsignore", [places.config, places.plan, places.splits, ""].join("\n")],
  ];
  for (const [place, text] of texts)
    if (!(await exists(join(root, place)))) await writeText(join(root, place), text);
}

const json = (value: object) => JSON.stringify(value, null, 1) + "\n";

/** Name of a reader's folder. */
function checkReader(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name))
    throw new MarrowError("BAD_ARGUMENT", { expected: "--reader: letters, digits, - and _", found: name });
  return name;
}
