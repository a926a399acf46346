import { resolve } from "node:path";
import { Command } from "commander";
import { MarrowError } from "../../base/errors.js";
import { requireRedis } from "../../jobs/queue-at.js";
import { openStudy } from "../../study/study.js";
import { parseCount, queueOption, thisProgram } from "../options.js";
import { version } from "../version.js";

interface Options {
  queue?: string;
  tasks: number;
  lease: number;
}

/** `marrow worker STUDY --queue URL` */
export function workerCommand(): Command {
  return new Command("worker")
    .description("run the jobs of a reading room on this machine; the study folder is shared")
    .argument("<study>", "study folder, as this machine sees it")
    .addOption(queueOption("Redis from which jobs are taken, as that of `marrow serve`"))
    .option("--tasks <n>", "tasks at the same time", parseCount, 1)
    .option(
      "--lease <seconds>",
      "after so long without a sign of life a worker's tasks go to another one",
      parseCount,
      30,
    )
    .action(run);
}

async function run(dir: string, { queue, tasks, lease }: Options): Promise<void> {
  if (queue === undefined) throw new MarrowError("BAD_ARGUMENT", { expected: "--queue, or MARROW_QUEUE" });
  if (tasks < 1 || lease < 1)
    throw new MarrowError("BAD_ARGUMENT", { expected: "--tasks and --lease from 1" });
  requireRedis(queue);
  const study = await openStudy(dir, { ignorePlan: true, ignoreSplits: true, allowEmpty: true });
  const { startWorker } = await import("../../jobs/redis/worker.js");
  const worker = await startWorker({
    ...{ dir: resolve(study.dir), queue, tasks, lease },
    ...{ command: thisProgram, version: version(), log: console.error },
  });
  console.log(`Working on ${dir}. Stop with Ctrl-C.`);
  const stopped = new Promise<void>((end) => {
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  });
  await Promise.race([stopped, worker.refused]);
  console.error("Stopping; what is under way goes on with another worker.");
  await worker.close();
}
