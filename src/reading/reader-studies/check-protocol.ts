/** Whether a protocol can be carried out in this study: every fault is found before the first reading. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { readRows } from "../../study/classification.js";
import { filesBelow } from "../../study/files.js";
import { places } from "../../study/names.js";
import type { Protocol, User } from "../contract/index.js";
import type { Desk } from "../desk.js";
import { sliceFrame } from "../scoring/slice-frame.js";
import { parseSource, sourceFile } from "../sources.js";
import { armFolder, type ReaderStudies } from "./reader-studies.js";

export interface Surroundings {
  readonly desk: Desk;
  readonly studies: ReaderStudies;
  /** The open account of a name. */
  readonly account: (name: string) => User | undefined;
}

type Check = (protocol: Protocol, around: Surroundings) => string | undefined | Promise<string | undefined>;

const twice = (names: readonly string[]) =>
  names.find((name, n) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== n);
const isAssisted = ({ arms, tasks }: Protocol) => tasks.feedback || arms.some(({ assisted }) => assisted);

const checks: readonly Check[] = [
  ({ tasks: { segmentation, diagnosis, scoring, feedback } }) =>
    segmentation || diagnosis || scoring || feedback ? undefined : "no task",
  ({ tasks, arms }) =>
    tasks.feedback && (tasks.segmentation || tasks.diagnosis || tasks.scoring || arms.length > 1)
      ? "feedback shows model and reference: it needs a study of its own with one arm"
      : undefined,
  ({ name, readers, arms, cases }) => {
    const double = twice(readers) ?? twice(arms.map((arm) => arm.name)) ?? twice(cases);
    return double && `${double} twice in ${name}`;
  },
  ({ name }, { studies }) =>
    studies.all().some(({ protocol }) => protocol.name.toLowerCase() === name.toLowerCase())
      ? `a reader study ${name} exists`
      : undefined,
  ({ readers }, { account }) => {
    const wrong = readers.find(
      (name) => account(name)?.name !== name || account(name)?.role === "administrator",
    );
    return wrong && `${wrong} is no reader or senior reader with an account`;
  },
  ({ readers, cases }, { studies }) => {
    const busy = readers.find((reader) => cases.some((id) => studies.hiddenFrom(reader).has(id)));
    return busy && `${busy} reads some of these cases in another open study`;
  },
  (protocol) => {
    if (!isAssisted(protocol) || protocol.model !== null) return undefined;
    const { tasks, classifier } = protocol;
    const enough = tasks.diagnosis !== null && classifier !== null && !tasks.segmentation && !tasks.feedback;
    return enough ? undefined : "no model is named whose masks are shown";
  },
  ({ model }) =>
    model !== null && !["run", "segmentation"].includes(parseSource(model).kind)
      ? `${model} is no model`
      : undefined,
  casesExist,
  (protocol, around) =>
    isAssisted(protocol) && protocol.model ? allHave(protocol.model, protocol, around) : undefined,
  (protocol, around) => (protocol.tasks.feedback ? allHave("consensus", protocol, around) : undefined),
  truthIsKnown,
  canBeScored,
  foldersAreFree,
];

/** Throws READER_STUDY_PROTOCOL with the first fault, CASE_UNKNOWN. */
export async function checkProtocol(protocol: Protocol, around: Surroundings): Promise<void> {
  for (const check of checks) {
    const found = await check(protocol, around);
    if (found !== undefined) throw new MarrowError("READER_STUDY_PROTOCOL", { found });
  }
}

async function casesExist({ cases }: Protocol, { desk }: Surroundings): Promise<undefined> {
  for (const id of cases) await desk.caseOf(id);
}

async function allHave(
  source: string,
  { cases }: Protocol,
  { desk }: Surroundings,
): Promise<string | undefined> {
  for (const id of cases)
    if ((await sourceFile(parseSource(source), await desk.where(id))) === undefined)
      return `${source} has no mask of ${id}`;
  return undefined;
}

async function truthIsKnown({ cases, tasks: { diagnosis } }: Protocol, { desk }: Surroundings) {
  if (diagnosis === null) return undefined;
  const rows = await readRows(desk.dir, cases);
  const missing = cases.find((id) => rows.get(id)?.[diagnosis.column] === undefined);
  return missing && `participants.tsv has no ${diagnosis.column} of ${missing}`;
}

async function canBeScored({ cases, tasks: { scoring } }: Protocol, { desk }: Surroundings) {
  if (scoring === null) return undefined;
  for (const id of cases) {
    const { plane } = sliceFrame(await desk.gridOf(id));
    if (plane !== "coronal")
      return `slices of ${id} are ${plane}; ${scoring.template} is scored on coronal ones`;
  }
  return undefined;
}

async function foldersAreFree({ readers, arms, tasks }: Protocol, { desk, account }: Surroundings) {
  if (!tasks.segmentation) return undefined;
  const known = desk.store
    .all<{ reader: string }>("SELECT DISTINCT reader FROM masks")
    .map(({ reader }) => reader);
  for (const name of readers.flatMap((reader) => arms.map((arm) => armFolder(reader, arm.name)))) {
    const folder = join(desk.dir, places.annotations, name);
    const isTaken = account(name) !== undefined || known.includes(name);
    if (isTaken || (existsSync(folder) && (await filesBelow(folder)).length > 0))
      return `the folder of annotations ${name} is in use; call the arms differently`;
  }
  return undefined;
}
