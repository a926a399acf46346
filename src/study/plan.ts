/** Derives a plan from a study's fingerprint, in nnU-Net's manner: every number comes with the reason for it. */
import { MarrowError } from "../base/errors.js";
import { isClassifier, networkNamed } from "../networks/registry.js";
import { type ClassificationRequest, classifierPlan, planClassifier } from "./plan-classification.js";
import { secondsPerStep } from "./plan-cost.js";
import { median, planGrid, thickSlices, triple, type PlanGrid } from "./plan-geometry.js";
import { limits, planNetwork, type PlannedNetwork } from "./plan-network.js";
import {
  networkSchema,
  planSchema,
  type CaseRecord,
  type Fingerprint,
  type Plan,
  type PlanOverrides,
  type Task,
} from "./types.js";

export interface PlanOptions {
  /** Networks to plan; the first is the default one. */
  networks?: readonly string[];
  /** Minutes one network may train on one fold. */
  minutes?: number;
  /** Memory for a training step. */
  memoryGb?: number;
  /** Processor cores that train. */
  cores?: number;
  /** Neighbouring slices on each side that 2-D networks see. */
  contextSlices?: number;
  /** Plans a classifier too. */
  classification?: ClassificationRequest;
}

export interface DerivedPlan {
  readonly plan: Plan;
  /** Why each entry is as it is, by its name in the plan. */
  readonly why: Readonly<Partial<Record<keyof Plan, string>>>;
}

const defaults = { minutes: 120, memoryGb: 4, cores: 2 };
/** Validations on whole images during one training. */
const validations = 10;
/** Part of the time that goes into steps; the rest is validation and writing. */
const timeInSteps = 0.85;

/**
 * Plan for a task on the data of this fingerprint. What the task prescribes is kept unless an option says otherwise. Throws
 * STUDY_EMPTY where nothing was measured, NETWORK_UNKNOWN.
 */
export function derivePlan(task: Task, fingerprint: Fingerprint, options: PlanOptions = {}): DerivedPlan {
  const records = fingerprint.cases;
  if (records.length === 0) throw new MarrowError("STUDY_EMPTY", { expected: "at least one readable case" });
  const { memoryGb, minutes, cores } = { ...defaults, ...options };
  const grid = planGrid(records, prescribedGrid(task.plan));
  const names = options.networks ?? task.plan.networks?.map(({ name }) => name) ?? [defaultNetwork(grid)];
  const plannedWith = (name: string, features: number) =>
    withContext(
      ofTask(planNetwork(name, grid, memoryGb * 1e9, patchOf(task.plan), features), task.plan),
      options.contextSlices,
    );
  const planned = names.map((name) => widest((features) => plannedWith(name, features), minutes, cores));
  const first = planned[0];
  const fixed: PlanOverrides = { ...task.plan };
  if (options.minutes !== undefined) delete fixed.epochs;
  const training = schedule(task, records, first, grid, { minutes, cores, prescribed: fixed.epochs });
  const derived = {
    task: task.name,
    channels: [...task.channels],
    labels: [...task.labels],
    orientation: grid.orientation,
    spacing: grid.spacing,
    normalisation: normalisation(records),
    ...training.plan,
    loss: loss(names, networkNamed(names[0]).dimensions),
    optimiser: { name: "adamw", learningRate: 1e-3, weightDecay: 0.01, clipNorm: 12, averaging: 0.995 },
    augmentation: augmentation(task, grid, first),
    inference: { overlap: 0.5, mirror: mirrorAxes(task, grid, first) },
  };
  const merged = merge(derived, fixed) as Record<string, unknown>;
  const classified =
    options.classification &&
    planClassifier(options.classification, grid, memoryGb * 1e9, trainingCases(task, records));
  const networks = [
    ...planned.map((one) => ownPatch(one, first)),
    ...(classified ? [classified.network] : []),
  ];
  const { classification } = classified ?? {};
  const plan = planSchema.parse({
    ...merged,
    patch: first.patch,
    batch: first.batch,
    networks,
    ...(classification && { classification }),
  });
  return {
    plan,
    why: {
      ...reasons(fixed, grid, first, training.why),
      ...(classification && { classification: whyClassified }),
    },
  };
}

const whyClassified =
  "paper 1: image and ROI map, 300 epochs from a learning rate of 0.001; these numbers replace the plan's for the classifier";

/** The widest network that can be trained for long enough in the time, else the narrowest. */
function widest(plan: (features: number) => PlannedNetwork, minutes: number, cores: number): PlannedNetwork {
  const candidates = limits.firstFeatures.map(plan);
  const steps = ({ network, patch, batch }: PlannedNetwork) =>
    (minutes * 60 * timeInSteps) / secondsPerStep(network, patch, batch, cores);
  return candidates.find((one) => steps(one) >= limits.leastSteps) ?? candidates[candidates.length - 1];
}

const patchOf = ({ patch }: PlanOverrides) => (patch ? triple(patch) : undefined);

function prescribedGrid({ orientation, spacing }: PlanOverrides) {
  return { ...(orientation && { orientation }), ...(spacing && { spacing: triple(spacing) }) };
}

/** Thick and few slices are best seen one by one. */
function defaultNetwork({ anisotropy, shape }: PlanGrid): string {
  return anisotropy > thickSlices && shape[2] <= 64 ? "unet-2d" : "unet-3d";
}

/** The task's own options for its own network; its batch goes with its first network. */
function ofTask(planned: PlannedNetwork, prescribed: PlanOverrides): PlannedNetwork {
  const own = prescribed.networks?.find(({ name }) => name === planned.network.name);
  if (!own) return planned;
  const batch = prescribed.batch ?? planned.batch;
  return { ...planned, network: networkSchema.parse({ ...planned.network, ...own }), batch };
}

/** A 2-D network shown this many slices on each side; others as they are. */
function withContext(planned: PlannedNetwork, contextSlices: number | undefined): PlannedNetwork {
  const is2d = networkNamed(planned.network.name).dimensions === 2;
  if (!is2d || contextSlices === undefined) return planned;
  return { ...planned, network: { ...planned.network, contextSlices } };
}

function ownPatch({ network, patch, batch }: PlannedNetwork, first: PlannedNetwork) {
  return {
    ...network,
    ...(patch.join() !== first.patch.join() && { patch }),
    ...(batch !== first.batch && { batch }),
  };
}

/** Normal noise has about 0.6, common MRI up to 4 or 5. */
const longTail = 6;

/** Long bright tails are cut off before the z-score: (maximum − 99.5th percentile) / (99.5th percentile − median). */
function normalisation(records: readonly CaseRecord[]) {
  const tails = records.flatMap(({ images }) =>
    images.map(({ maximum, percentiles: [, middle, high] }) => (maximum - high) / (high - middle || 1)),
  );
  return { method: median(tails) > longTail ? "percentile" : "z-score" };
}

function loss(names: readonly string[], dimensions: 2 | 3) {
  const attention = names.includes("attention-unet-2.5d") ? 0.2 : 0;
  return { crossEntropy: 1, dice: 1, attention, background: false, batchDice: dimensions === 2 };
}

/** Cases that one fold trains on. */
function trainingCases(task: Task, records: readonly CaseRecord[]): number {
  const labelled = records.filter(({ mask }) => mask !== undefined).length || records.length;
  return Math.max(1, Math.round((labelled * (task.folds - 1)) / task.folds));
}

function schedule(
  task: Task,
  records: readonly CaseRecord[],
  { network, patch, batch }: PlannedNetwork,
  grid: PlanGrid,
  { minutes, cores, prescribed }: { minutes: number; cores: number; prescribed: number | undefined },
) {
  const train = trainingCases(task, records);
  const samples = patch[2] === 1 ? train * grid.shape[2] : train;
  const iterationsPerEpoch = task.plan.epochs
    ? Math.max(1, Math.ceil(train / batch))
    : Math.min(250, Math.max(25, Math.ceil(samples / batch)));
  const seconds = secondsPerStep(network, patch, batch, cores);
  const steps = (minutes * 60 * timeInSteps) / seconds;
  const epochs = prescribed ?? Math.max(1, Math.min(1000, Math.floor(steps / iterationsPerEpoch)));
  const warmup = Math.min(500, Math.round(0.05 * epochs * iterationsPerEpoch));
  const forecast = `about ${seconds.toPrecision(2)} s a step on ${cores} cores, so this many fit into ${minutes} minutes`;
  return {
    plan: {
      schedule: { name: "cosine", warmup },
      epochs,
      iterationsPerEpoch,
      validateEvery: Math.max(1, Math.round(epochs / validations)),
    },
    why: {
      epochs: forecast,
      validateEvery: `about ${validations} times in all: whole images take time`,
      iterationsPerEpoch: `about once through ${train} training cases, within 25 to 250`,
    },
  };
}

const sided = /(^|-)(left|right|l|r)(-|$)/;

/**
 * Axes along which a mirrored image is as good as the original. A body is nearly symmetric from left to right and not
 * otherwise; where labels tell the sides apart, not even that.
 */
function mirrorAxes({ labels }: Task, { orientation }: PlanGrid, { patch }: PlannedNetwork): boolean[] {
  const hasSides = labels.some(({ name }) => sided.test(name));
  return [0, 1, 2].map((axis) => patch[axis] > 1 && !hasSides && "LR".includes(orientation[axis]));
}

function augmentation(task: Task, grid: PlanGrid, first: PlannedNetwork) {
  const withinSlices = first.patch[2] === 1 || grid.anisotropy > thickSlices;
  return {
    foreground: 0.5,
    affine: 0.2,
    rotation: withinSlices ? [0, 0, 30] : [30, 30, 30],
    scale: [0.7, 1.4],
    elastic: 0,
    flip: mirrorAxes(task, grid, first),
  };
}

/** Objects are merged entry by entry; anything else, arrays too, is replaced. An undefined entry changes nothing. */
export function merge(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isRecord(base) || !isRecord(over)) return over;
  const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])];
  return Object.fromEntries(keys.map((key) => [key, merge(base[key], over[key])]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function reasons(
  fixed: PlanOverrides,
  grid: PlanGrid,
  first: PlannedNetwork,
  training: { epochs: string; iterationsPerEpoch: string },
): DerivedPlan["why"] {
  const thick = grid.anisotropy > thickSlices;
  const derived: Partial<Record<keyof Plan, string>> = {
    orientation: grid.why.orientation,
    spacing: grid.why.spacing,
    normalisation:
      "z-score for MRI, whose values have no unit; percentile where a few voxels are far brighter than the rest",
    patch: first.why.patch,
    batch: first.why.batch,
    networks: first.why.depth,
    loss: "cross-entropy with soft Dice; Dice over the whole batch where a slice may be without label",
    optimiser: "AdamW learns fastest in a short training",
    schedule: "cosine to zero after a warm-up of 5 % of the steps",
    ...training,
    augmentation: thick
      ? "rotation within the slices alone, as they are over 3 times thicker than their pixels"
      : "rotation about all axes, as voxels are nearly cubes",
    inference: "mirrored along the axes that are also mirrored in training",
  };
  const isTasks = (key: string) =>
    key in fixed && !["patch", "networks", "batch", "orientation", "spacing"].includes(key);
  const entries = Object.entries(derived).map(([key, why]) => [key, isTasks(key) ? "the task's" : why]);
  return Object.fromEntries(entries) as DerivedPlan["why"];
}

/** The plan one network is trained by: itself first and alone, with its own patch and batch. Throws BAD_ARGUMENT. */
export function planForNetwork(plan: Plan, name: string): Plan {
  const network = plan.networks.find((other) => other.name === name);
  if (!network)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: `a network of the plan: ${plan.networks.map((other) => other.name).join(", ")}`,
      found: name,
    });
  const { classification, ...shared } = plan;
  const own = {
    ...shared,
    networks: [network] as Plan["networks"],
    patch: network.patch ?? plan.patch,
    batch: network.batch ?? plan.batch,
  };
  return isClassifier(name) ? classifierPlan(own, classification) : own;
}
