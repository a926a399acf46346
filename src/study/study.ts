/** Opens a study folder: what is in it, by name alone; no voxel is read. */
import { join, resolve, relative } from "node:path";
import { MarrowError } from "../base/errors.js";
import { readConfig } from "./config.js";
import { exists, filesBelow } from "./files.js";
import { caseId, imageStem, maskStem, parseBidsName, places, stemOf, type Entity } from "./names.js";
import { compare, readOrigins } from "./participants.js";
import { readPlan } from "./plan-file.js";
import { readSplits } from "./splits-file.js";
import { taskOf } from "./tasks.js";
import type { Row } from "./tsv.js";
import type { Case, Plan, Splits, Study, StudyConfig } from "./types.js";

export interface OpenOptions {
  /** Leaves plan.yaml and splits.json unread, for commands that check or replace them. */
  ignorePlan?: boolean;
  ignoreSplits?: boolean;
  /** Opens a study without usable cases too. */
  allowEmpty?: boolean;
}

/**
 * Opens a study. Cases are sorted by id; a case without an image of every channel is listed in `incomplete` instead, one
 * without a mask is a case without `mask`. Throws STUDY_NOT_FOUND, STUDY_CONFIG, STUDY_EMPTY, PLAN_INVALID,
 * SPLITS_INVALID, SPLITS_UNKNOWN_CASE, SPLITS_LEAK, TABLE_INVALID.
 */
export async function openStudy(dir: string, options: OpenOptions = {}): Promise<Study> {
  const root = resolve(dir);
  const config = await readConfig(root);
  const { cases, incomplete } = await findCases(root, config);
  if (cases.length === 0 && !options.allowEmpty)
    throw new MarrowError("STUDY_EMPTY", {
      file: dir,
      expected: config.channels.map((suffix) => join("sub-*", "anat", `sub-*_${suffix}.nii.gz`)).join(", "),
      found: incomplete.length
        ? `${incomplete.length} incomplete cases, e.g. ${incomplete[0].missing}`
        : "no such file",
    });
  const plan = options.ignorePlan ? undefined : await optional(join(root, places.plan), readPlan);
  const splits = options.ignoreSplits
    ? undefined
    : await optional(join(root, places.splits), (file) => readSplits(file, cases));
  return { dir: root, config, task: taskOf(config), cases, incomplete, ...defined(plan, splits) };
}

async function optional<T>(file: string, read: (file: string) => Promise<T>): Promise<T | undefined> {
  return (await exists(file)) ? read(file) : undefined;
}

function defined(plan: Plan | undefined, splits: Splits | undefined) {
  return { ...(plan && { plan }), ...(splits && { splits }) };
}

async function findCases(root: string, config: StudyConfig): Promise<Pick<Study, "cases" | "incomplete">> {
  const files = new Map((await filesBelow(root)).map((path) => [stemPath(root, path), path]));
  const entities = entitiesOf(files);
  const origins = await readOrigins(root, entities);
  const cases: Case[] = [];
  const incomplete: { id: string; missing: string }[] = [];
  for (const entity of entities) {
    const id = caseId(entity);
    const stems = config.channels.map((suffix) => imageStem(entity, suffix));
    const missing = stems.filter((stem) => !files.has(stem));
    if (missing.length) incomplete.push({ id, missing: `${missing.join(".nii.gz, ")}.nii.gz` });
    else
      cases.push(
        makeCase(entity, stems, files, files.get(maskStem(entity, config.reader)), origins.get(id) ?? {}),
      );
  }
  return { cases, incomplete };
}

/** Path below the study without image ending; other files keep theirs and so never meet an image's. */
function stemPath(root: string, path: string): string {
  return /\.nii(\.gz)?$/i.test(path)
    ? relative(root, path).replace(/\.nii(\.gz)?$/i, "")
    : relative(root, path);
}

/** Every subject and session with an image in an anat folder, derivatives left out, sorted. */
function entitiesOf(files: ReadonlyMap<string, string>): Entity[] {
  const found = new Map<string, Entity>();
  for (const [stem, path] of files) {
    if (!/\.nii(\.gz)?$/i.test(path)) continue;
    const name = parseBidsName(stemOf(path));
    if (name && imageStem(name, name.suffix) === stem) found.set(caseId(name), entityOf(name));
  }
  return [...found.values()].sort((a, b) => compare(caseId(a), caseId(b)));
}

function entityOf({ subject, session }: Entity): Entity {
  return session === undefined ? { subject } : { subject, session };
}

function makeCase(
  entity: Entity,
  stems: readonly string[],
  files: ReadonlyMap<string, string>,
  mask: string | undefined,
  origin: Row,
): Case {
  return {
    id: caseId(entity),
    subject: `sub-${entity.subject}`,
    images: stems.map((stem) => files.get(stem) as string),
    ...(origin.site && { site: origin.site }),
    ...(origin.source_id && { sourceId: origin.source_id }),
    ...(mask && { mask }),
  };
}
