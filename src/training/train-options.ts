/** What a training is told and what follows from it: compiled step, start weights, identity of its checkpoints. */
import { createHash } from "node:crypto";
import type { Device } from "../autograd/runtime.js";
import { Random } from "../base/random.js";
import { networkOptions, tensorAxes } from "../networks/plan-options.js";
import { networkNamed } from "../networks/registry.js";
import { clinicalCount } from "../inference/classifier-graph.js";
import type { Classification } from "../study/classification-schema.js";
import type { CaseTarget } from "../study/classification.js";
import { inputChannels } from "../study/context-slices.js";
import type { Plan } from "../study/types.js";
import type { ClassifierStep } from "./classification-loss.js";
import { loadWeights } from "./checkpoint.js";
import type { CachedCase } from "./data/cache-file.js";
import type { EpochRecord, ScoreNames } from "./history.js";
import type { StepOptions } from "./step-graph.js";
import { type State, type StepResult, TrainingStep } from "./step.js";

export interface TrainOptions {
  /** The plan of one network (planForNetwork). */
  readonly plan: Plan;
  readonly train: readonly CachedCase[];
  readonly validation: readonly CachedCase[];
  /** Class and clinical variables by case id, for classifiers. */
  readonly targets?: ReadonlyMap<string, CaseTarget>;
  /** Where everything is written. */
  readonly folder: string;
  readonly fold: number;
  readonly seed: number;
  readonly device: Device;
  readonly threads?: number;
  /** Threads that make batches. */
  readonly workers?: number;
  /** Time budget: the schedule is fitted to it and the plan's number of epochs does not count. */
  readonly minutes?: number;
  /** Start from these weights (.safetensors) instead of random ones. */
  readonly fineTune?: string;
  /** Stop after this iteration and keep a checkpoint, as Ctrl-C does. */
  readonly signal?: AbortSignal;
  readonly listener?: TrainListener;
  /** What made this run, for run.json. */
  readonly provenance?: Readonly<Record<string, unknown>>;
}

/** How far a training is, for a progress bar. */
export interface TrainStatus extends StepResult {
  readonly iteration: number;
  readonly totalIterations: number;
  readonly epoch: number;
  readonly stepsPerSecond: number;
  readonly secondsLeft: number;
  readonly scores: ScoreNames;
  readonly lastScore: number | undefined;
}

export interface TrainListener {
  onStep?: (status: TrainStatus) => void;
  /** After every epoch; `folder` is where progress.svg belongs. */
  onEpoch?: (history: readonly EpochRecord[], folder: string, scores: ScoreNames) => Promise<void> | void;
}

export interface TrainResult {
  readonly finished: boolean;
  readonly history: readonly EpochRecord[];
  readonly iterations: number;
  readonly bestScore: number;
  readonly seconds: number;
  /** Share of the training time spent waiting for batches. */
  readonly waitedShare: number;
  readonly peakMemoryMB: number;
}

export function stepOptions(plan: Plan, device: Device, threads?: number): StepOptions {
  const planned = plan.networks[0];
  const network = networkNamed(planned.name);
  const { name, weightDecay, momentum, nesterov, clipNorm, averaging, accumulate, precision } =
    plan.optimiser;
  return {
    network,
    networkOptions: networkOptions(planned, plan.classification ? 1 : plan.labels.length + 1),
    ...(plan.classification && { classifier: classifierStep(plan.classification) }),
    loss: plan.loss,
    optimiser: { name, weightDecay, momentum, nesterov, clipNorm, averaging: averaging > 0 },
    averaging,
    accumulate,
    precision,
    batch: plan.batch,
    channels: inputChannels(plan),
    patch: tensorAxes(plan.patch, network.dimensions),
    device,
    ...(threads === undefined ? {} : { threads }),
  };
}

function classifierStep(classification: Classification): ClassifierStep {
  return { roiMap: classification.roiMap, clinical: clinicalCount(classification) };
}

/** Weights to begin with: drawn from the seed, or given ones where name and size agree. */
export async function startState(
  options: StepOptions,
  { seed, fold, fineTune }: TrainOptions,
): Promise<State> {
  const state = TrainingStep.initialState(options, (name) => new Random(seed, "weights", fold, name));
  if (fineTune === undefined) return state;
  const weights = await loadWeights(fineTune);
  for (const [name, data] of weights) if (state.get(name)?.length === data.length) state.set(name, data);
  return state;
}

/** Class (0 … n) of each mask value. */
export function classTable(plan: Plan): Uint8Array {
  const table = new Uint8Array(256);
  plan.labels.forEach((label, i) => (table[label.value] = i + 1));
  return table;
}

/** Settings that a checkpoint must have been made with. */
export function identityOf({
  plan,
  seed,
  fold,
  train,
  minutes,
  targets,
}: TrainOptions): Readonly<Record<string, string>> {
  const hash = (value: unknown) =>
    createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
  // With a time budget the number of epochs does not matter, and a budget may be raised.
  const kept = minutes === undefined ? plan : { ...plan, epochs: 0 };
  return {
    plan: hash(kept),
    seed: String(seed),
    fold: String(fold),
    train: hash(train.map((c) => c.description.sha256)),
    ...(targets && { targets: hash(train.map(({ id }) => inNumbers(targets.get(id)))) }),
  };
}

const inNumbers = (target: CaseTarget | undefined) => target && [Number(target.positive), ...target.clinical];
