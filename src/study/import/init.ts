/**
 * Makes a study folder from a source, or continues one. Files that are there are never changed; a bad input becomes a
 * finding and the rest goes on. Only a full disk or a folder that cannot be written stops the import.
 */
import { join, resolve } from "node:path";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { readMask, readNiftiHeader } from "../../volume/nifti.js";
import { readConfig, writeConfig } from "../config.js";
import { exists, placeFile, placeImage, readText, writeText } from "../files.js";
import { finding, findingOf } from "../findings.js";
import { bidsLabel, caseId, channelSuffix, imageStem, maskStem, places } from "../names.js";
import { addParticipants, addSession, readParticipants } from "../participants.js";
import { checkSplits, mapIds, parseSplits, writeSplits } from "../splits-file.js";
import { taskNamed } from "../tasks.js";
import type { Finding, Label, Splits, StudyConfig } from "../types.js";
import { assignNames, type AssignedCase } from "./assign.js";
import type { Source, SourceCase } from "./source.js";

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
    await placeCase(root, one, frame, options, counts, findings);
    options.onCase?.(n + 1, cases.length);
  }
  const config: StudyConfig = old ?? { ...frame, labels: frame.labels ?? (await labelsIn(cases)) };
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
    reader: options.reader ?? source.reader ?? "reference",
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

async function placeCase(
  root: string,
  { id, entity, images, masks }: AssignedCase,
  { channels, reader }: Frame,
  { link = false }: InitOptions,
  counts: Record<"new" | "same" | "differs", number>,
  findings: Finding[],
): Promise<void> {
  const jobs = [
    ...images.map((file, n) => [file, imageStem(entity, channels[n])] as const),
    ...masks.map((mask) => [mask.path, maskStem(entity, bidsReader(mask.reader) ?? reader)] as const),
  ];
  for (const [file, stem] of jobs) {
    try {
      const placed = await placeImage(file, join(root, stem), link);
      counts[placed]++;
      if (placed === "differs") findings.push(finding("IMPORT_DIFFERS", { case: caseId(entity), file }));
      await placeSidecar(file, join(root, stem));
    } catch (error) {
      const known = asMarrowError(error, file);
      if (["DISK_FULL", "FILE_UNWRITABLE", "INTERNAL"].includes(known.code)) throw known;
      findings.push(findingOf("IMPORT_UNREADABLE", known, { case: id, file }));
    }
  }
  if (entity.session !== undefined) await addSession(root, entity, id);
}

const bidsReader = (name: string | undefined) => name?.replace(/[^A-Za-z0-9_-]/g, "");

async function placeSidecar(file: string, stem: string): Promise<void> {
  const sidecar = file.replace(/\.(nii\.gz|nii|hdr)$/i, ".json");
  if (sidecar !== file && (await exists(sidecar))) await placeFile(sidecar, `${stem}.json`);
}

/** Labels of a source that names none: the values that occur in its masks. */
async function labelsIn(cases: readonly AssignedCase[]): Promise<Label[]> {
  const values = new Set<number>();
  for (const { path } of cases.flatMap(({ masks }) => masks)) {
    const mask = await readMask(path).catch(() => undefined);
    for (const value of new Set(mask?.data)) if (value > 0) values.add(value);
  }
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length
    ? sorted.map((value) => ({ value, name: `label-${value}` }))
    : [{ value: 1, name: "label-1" }];
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

/** The source's splits in the study's names. A splits.json that was not imported is kept; unknown cases are dropped and told. */
async function takeSplits(
  root: string,
  splits: Splits,
  cases: readonly AssignedCase[],
  title: string,
  findings: Finding[],
): Promise<void> {
  const file = join(root, places.splits);
  if ((await exists(file)) && !parseSplits(await readText(file), file).origin?.startsWith(imported)) return;
  const names = new Map(cases.map(({ id, entity }) => [id, caseId(entity)]));
  const all = [...splits.folds.flatMap(({ train, validation }) => [...train, ...validation]), ...splits.test];
  const missing = [...new Set([...all, ...splits.external])].filter((id) => !names.has(id));
  if (missing.length)
    findings.push(
      finding("IMPORT_SPLITS", {
        expected: "cases that were imported",
        found: `without ${missing.join(", ")}`,
      }),
    );
  const mapped = { ...mapIds(splits, (id) => names.get(id)), origin: `${imported} ${title}` };
  try {
    checkSplits(
      mapped,
      cases.map(({ entity }) => ({ id: caseId(entity), subject: `sub-${entity.subject}` })),
    );
    await writeSplits(file, mapped);
  } catch (error) {
    findings.push(findingOf("IMPORT_SPLITS", asMarrowError(error, file)));
  }
}
const imported = "taken over from";

/** Labels as an option says them: `1=anterior,2=posterior`. Throws BAD_ARGUMENT. */
export function parseLabels(text: string): Label[] {
  return text.split(",").map((part) => {
    const match = /^\s*(\d+)\s*=\s*([a-z0-9][a-z0-9-]*)\s*$/.exec(part);
    const value = Number(match?.[1]);
    if (!match || value < 1 || value > 255)
      throw new MarrowError("BAD_ARGUMENT", { expected: "--labels 1=name,2=other-name", found: part });
    return { value, name: match[2] };
  });
}

/** Name of a reader's folder. Throws BAD_ARGUMENT where no letter or digit is left. */
export function checkReader(name: string): string {
  if (!bidsLabel(name) || !/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name))
    throw new MarrowError("BAD_ARGUMENT", { expected: "--reader: letters, digits, - and _", found: name });
  return name;
}
