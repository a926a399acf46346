/** Which tasks a job is made of: a training is one for each network and fold, and one that puts the folds together. */
import type { JobRequest } from "../reading/contract/index.js";
import { openStudy } from "../study/study.js";
import { runNameOf } from "../training/run-folder.js";
import type { TaskPart } from "./queue.js";

export interface PlannedTask {
  readonly part: TaskPart;
  readonly request: JobRequest;
}

type Training = Extract<JobRequest, { kind: "train" }>;

/** Never empty. A training without plan or splits stays whole, so that the command itself says what is missing. */
export async function tasksOf(request: JobRequest, dir: string): Promise<PlannedTask[]> {
  const whole: PlannedTask = { part: "whole", request };
  if (request.kind !== "train") return [whole];
  const folds = await foldsOf(request, dir);
  return folds.length < 2 ? [whole] : [...folds, { part: "assembly", request }];
}

async function foldsOf(request: Training, dir: string): Promise<PlannedTask[]> {
  const study = await openStudy(dir).catch(() => undefined);
  if (!study?.plan || !study.splits) return [];
  const networks = networksOf(request) ?? [study.plan.networks[0].name];
  const folds = request.folds ?? study.splits.folds.map((_, fold) => fold);
  return networks.flatMap((network) =>
    folds.map((fold) => {
      const run = runNameOf({ run: request.run, networks }, network);
      return { part: "fold" as const, request: { ...request, network, run, folds: [fold] } };
    }),
  );
}

/** Networks that a training names; undefined for the plan's first one. */
export function networksOf({ network }: Training): string[] | undefined {
  return typeof network === "string" ? [network] : network;
}
