/** Trains one network on one fold: epochs, validation, checkpoints, the exported model. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { learningRate } from "../autograd/schedule.js";
import { MarrowError } from "../base/errors.js";
import { Random } from "../base/random.js";
import { loadCheckpoint, type Progress, saveCheckpoint, saveWeights } from "./checkpoint.js";
import { classificationObjective } from "./classification-objective.js";
import { BatchLoader } from "./data/loader.js";
import { type EpochRecord, historyTable, paceWithin } from "./history.js";
import type { Objective } from "./objective.js";
import { foldFiles, makeFolder, writeAtomically, writeJson } from "./run-folder.js";
import { segmentationObjective } from "./segmentation-objective.js";
import { type StepResult, TrainingStep } from "./step.js";
import {
  classTable,
  identityOf,
  startState,
  stepOptions,
  type TrainOptions,
  type TrainResult,
  type TrainStatus,
} from "./train-options.js";

/** Trains, or resumes where the folder's checkpoint stops. A finished fold is not trained again. */
export async function trainFold(options: TrainOptions): Promise<TrainResult> {
  await makeFolder(options.folder);
  const training = await Training.start(options);
  try {
    return await training.run();
  } finally {
    await training.close();
  }
}

const fresh: Progress = {
  iteration: 0,
  lossSum: 0,
  scoreSum: 0,
  epochSteps: 0,
  epochSeconds: 0,
  history: [],
  bestScore: -1,
  bestEpoch: 0,
  pace: { totalIterations: 0 },
  seconds: 0,
  waitedSeconds: 0,
};

class Training {
  private readonly classOf: Uint8Array;
  private readonly startedAt = Date.now();
  private readonly resumedAt: number;

  private constructor(
    private readonly options: TrainOptions,
    private readonly step: TrainingStep,
    private readonly objective: Objective,
    private readonly loader: BatchLoader,
    private readonly identity: Readonly<Record<string, string>>,
    private progress: Progress,
  ) {
    this.classOf = classTable(options.plan);
    this.resumedAt = progress.iteration;
  }

  static async start(options: TrainOptions): Promise<Training> {
    const { plan, device, seed, fold, folder, threads, workers, train } = options;
    const identity = identityOf(options);
    const path = join(folder, foldFiles.last);
    const saved = existsSync(path) ? await loadCheckpoint(path, identity) : undefined;
    const objective = await (plan.classification ? classificationObjective : segmentationObjective)(options);
    const step0 = stepOptions(plan, device, threads);
    const state = saved?.state ?? (await startState(step0, options));
    const step = await TrainingStep.create(step0, state);
    const progress = saved?.progress ?? fresh;
    const loader = new BatchLoader({
      cases: train,
      plan,
      seed,
      fold,
      start: progress.iteration,
      ...(workers ? { workers } : {}),
    });
    await writeJson(join(folder, foldFiles.plan), plan);
    return new Training(options, step, objective, loader, identity, progress);
  }

  async close(): Promise<void> {
    await this.loader.close();
    await this.step.close();
    await this.objective.close();
  }

  async run(): Promise<TrainResult> {
    const { signal } = this.options;
    while (!this.isDone()) {
      const { iteration, pace } = this.progress;
      if (iteration % this.epochLength === 0 || iteration >= pace.totalIterations) this.setPace();
      await this.iterate();
      if (this.progress.iteration % this.epochLength === 0 || this.isDone()) await this.endEpoch();
      else if (signal?.aborted) await this.save();
      if (signal?.aborted && !this.isDone()) return this.result(false);
    }
    const isNew = this.progress.iteration > this.resumedAt;
    if (isNew || !existsSync(join(this.options.folder, foldFiles.model))) await this.export();
    const result = this.result(true);
    await writeJson(join(this.options.folder, foldFiles.run), this.runRecord(result));
    return result;
  }

  private get epochLength(): number {
    return this.options.plan.iterationsPerEpoch;
  }

  private get budgetSeconds(): number | undefined {
    return this.options.minutes === undefined ? undefined : this.options.minutes * 60;
  }

  private setPace(): void {
    const { iteration, seconds, history } = this.progress;
    const planned = this.options.plan.epochs * this.epochLength;
    const last = history.at(-1);
    const pace =
      this.budgetSeconds !== undefined && last
        ? paceWithin(this.budgetSeconds, iteration, seconds, last.steps / Math.max(last.seconds, 1e-3))
        : { totalIterations: Math.max(planned, iteration + 1) };
    this.progress = { ...this.progress, pace };
  }

  private isDone(): boolean {
    const { iteration, seconds, history, bestEpoch } = this.progress;
    const { patience, epochs } = this.options.plan;
    const stale = patience > 0 && history.length - bestEpoch >= patience && bestEpoch > 0;
    if (stale && iteration % this.epochLength === 0) return true;
    if (this.budgetSeconds !== undefined) return seconds >= this.budgetSeconds;
    return iteration >= epochs * this.epochLength;
  }

  private async iterate(): Promise<void> {
    const { plan, seed, fold, listener } = this.options;
    const { iteration, pace } = this.progress;
    const started = performance.now();
    const batch = await this.loader.next();
    const waited = batch.waitedMs / 1000;
    for (let i = 0; i < batch.masks.length; i++) batch.masks[i] = this.classOf[batch.masks[i] ?? 0] ?? 0;
    const rate = learningRate(plan.optimiser.learningRate, plan.schedule, iteration, pace.totalIterations);
    const result = await this.step.run(
      batch.images,
      batch.masks,
      rate,
      iteration,
      new Random(seed, "dropout", fold, iteration),
      this.objective.feeds(iteration),
    );
    this.loader.recycle(batch);
    if (!Number.isFinite(result.loss)) throw divergence(iteration, result.loss);
    const seconds = (performance.now() - started) / 1000;
    const p = this.progress;
    this.progress = {
      ...p,
      iteration: iteration + 1,
      lossSum: p.lossSum + result.loss,
      scoreSum: p.scoreSum + 1 - result.scoreLoss,
      epochSteps: p.epochSteps + 1,
      epochSeconds: p.epochSeconds + seconds,
      seconds: p.seconds + seconds,
      // The first batch is not waited for but made; it is no measure of the loader's pace.
      waitedSeconds: p.waitedSeconds + (iteration === 0 ? 0 : waited),
    };
    listener?.onStep?.(this.status(result));
  }

  private status(result: StepResult): TrainStatus {
    const { iteration, seconds, pace, history } = this.progress;
    const stepsPerSecond = iteration / Math.max(seconds, 1e-3);
    const left = (pace.totalIterations - iteration) / stepsPerSecond;
    return {
      ...result,
      iteration,
      totalIterations: pace.totalIterations,
      epoch: Math.ceil(iteration / this.epochLength),
      stepsPerSecond,
      secondsLeft: this.budgetSeconds === undefined ? left : this.budgetSeconds - seconds,
      scores: this.objective.scores,
      lastScore: history.findLast((record) => record.validationScore !== undefined)?.validationScore,
    };
  }

  private async endEpoch(): Promise<void> {
    const { plan, folder, validation, listener } = this.options;
    const p = this.progress;
    const epoch = Math.ceil(p.iteration / this.epochLength);
    const started = performance.now();
    const isValidated = validation.length > 0 && (epoch % plan.validateEvery === 0 || this.isDone());
    await this.step.bringHome();
    const score = isValidated ? await this.objective.validate(this.step.weights()) : undefined;
    const spent = (performance.now() - started) / 1000;
    const rate = learningRate(
      plan.optimiser.learningRate,
      plan.schedule,
      p.iteration - 1,
      p.pace.totalIterations,
    );
    const record: EpochRecord = {
      epoch,
      trainLoss: p.lossSum / p.epochSteps,
      trainScore: p.scoreSum / p.epochSteps,
      ...(score === undefined ? {} : { validationScore: score }),
      learningRate: rate,
      steps: p.epochSteps,
      seconds: p.epochSeconds + spent,
    };
    const isBest = score !== undefined && score > p.bestScore;
    // A budget that was raised goes on with the epoch in which it ended.
    const history = [...p.history.filter((known) => known.epoch !== epoch), record];
    this.progress = {
      ...p,
      history,
      lossSum: 0,
      scoreSum: 0,
      epochSteps: 0,
      epochSeconds: 0,
      seconds: p.seconds + spent,
      ...(isBest ? { bestScore: score, bestEpoch: epoch } : {}),
    };
    if (isBest || validation.length === 0)
      await saveWeights(join(folder, foldFiles.best), this.step, this.identity);
    await this.save();
    await writeAtomically(join(folder, foldFiles.log), historyTable(history, this.objective.scores));
    await listener?.onEpoch?.(history, folder, this.objective.scores);
  }

  private async save(): Promise<void> {
    await this.step.bringHome();
    await saveCheckpoint(join(this.options.folder, foldFiles.last), this.step, this.progress, this.identity);
  }

  /** The model of the last weights: with a decaying rate (and averaged weights) they are better than any one before. */
  private async export(): Promise<void> {
    await forgetPredictions(this.options.folder);
    const { folder, fold, seed, provenance } = this.options;
    const { iteration, history, bestScore, bestEpoch } = this.progress;
    const training = {
      ...provenance,
      fold,
      seed,
      iterations: iteration,
      epochs: history.length,
      score: this.objective.scores.validation,
      bestScore,
      bestEpoch,
    };
    await this.step.bringHome();
    await this.objective.writeModel(join(folder, foldFiles.model), this.step.weights(), training);
  }

  private result(finished: boolean): TrainResult {
    const { history, iteration, bestScore, seconds, waitedSeconds } = this.progress;
    return {
      finished,
      history,
      iterations: iteration,
      bestScore,
      seconds,
      waitedShare: waitedSeconds / Math.max(seconds, 1e-3),
      peakMemoryMB: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  }

  private runRecord(result: TrainResult): Record<string, unknown> {
    const { fold, seed, device, provenance, train, validation } = this.options;
    const { finished, iterations, bestScore, seconds, waitedShare, peakMemoryMB } = result;
    const score = this.objective.scores.validation;
    const summary = { finished, iterations, score, bestScore, seconds, waitedShare, peakMemoryMB };
    return {
      ...provenance,
      fold,
      seed,
      device,
      ...summary,
      parameters: [...this.step.weights().values()].reduce((n, data) => n + data.length, 0),
      startedAt: new Date(this.startedAt).toISOString(),
      endedAt: new Date().toISOString(),
      train: train.map((c) => ({ id: c.id, sha256: c.description.sha256 })),
      validation: validation.map((c) => ({ id: c.id, sha256: c.description.sha256 })),
    };
  }
}

/** Predictions and scores of an earlier model of the fold (trained on with a larger budget) are no longer true. */
async function forgetPredictions(folder: string): Promise<void> {
  await rm(join(folder, foldFiles.scores), { force: true });
  await rm(join(folder, foldFiles.classification), { force: true });
  await rm(join(folder, foldFiles.predictions), { recursive: true, force: true });
}

function divergence(iteration: number, loss: number): MarrowError {
  return new MarrowError("TRAINING_DIVERGED", { found: `loss ${loss} at iteration ${iteration}` });
}
