/**
 * Checkpoints: the whole state of a training after some iteration. Batches and masks are functions of the iteration, so
 * a run that resumes here ends as one that never stopped.
 */
import { readSafetensors, type SafeTensor, writeSafetensors } from "../autograd/safetensors.js";
import { MarrowError } from "../base/errors.js";
import type { EpochRecord, Pace } from "./history.js";
import type { State, TrainingStep } from "./step.js";

export interface Progress {
  /** Batches done. */
  readonly iteration: number;
  /** Sums over the batches of the epoch that is under way. */
  readonly lossSum: number;
  readonly scoreSum: number;
  readonly epochSteps: number;
  readonly epochSeconds: number;
  readonly history: readonly EpochRecord[];
  readonly bestScore: number;
  readonly bestEpoch: number;
  readonly pace: Pace;
  /** Seconds trained, and of these waited for data. */
  readonly seconds: number;
  readonly waitedSeconds: number;
}

/** Identifies what a checkpoint belongs to; a run with another plan, seed or split must not resume from it. */
export type Identity = Readonly<Record<string, string>>;

export async function saveCheckpoint(
  path: string,
  step: TrainingStep,
  progress: Progress,
  identity: Identity,
): Promise<void> {
  const tensors = new Map<string, SafeTensor>();
  for (const [name, data] of step.state()) tensors.set(name, { shape: step.shapeOf(name), data });
  await writeSafetensors(path, { tensors, metadata: { ...identity, progress: JSON.stringify(progress) } });
}

/** Writes the weights for prediction alone. */
export async function saveWeights(path: string, step: TrainingStep, metadata: Identity): Promise<void> {
  const tensors = new Map<string, SafeTensor>();
  for (const [name, data] of step.weights()) tensors.set(name, { shape: step.shapeOf(name), data });
  await writeSafetensors(path, { tensors, metadata });
}

export async function loadCheckpoint(
  path: string,
  identity: Identity,
): Promise<{ state: State; progress: Progress }> {
  const { tensors, metadata } = await readSafetensors(path);
  for (const [key, expected] of Object.entries(identity)) {
    if (metadata[key] === expected) continue;
    throw new MarrowError("CHECKPOINT_MISMATCH", {
      file: path,
      expected: `${key} ${expected}`,
      found: metadata[key] ?? "none",
    });
  }
  const state = new Map(
    [...tensors].map(([name, tensor]) => [name, tensor.data as Float32Array<ArrayBuffer>]),
  );
  return { state, progress: JSON.parse(metadata["progress"] ?? "{}") as Progress };
}

/** Weights by parameter name, for fine-tuning: from best.safetensors or any checkpoint. */
export async function loadWeights(path: string): Promise<State> {
  const { tensors } = await readSafetensors(path);
  const weights: State = new Map();
  for (const [name, { data }] of tensors) {
    const averaged = tensors.get(`${name}#average`);
    if (!name.includes("#") && data instanceof Float32Array)
      weights.set(name, (averaged?.data ?? data) as Float32Array<ArrayBuffer>);
  }
  return weights;
}
