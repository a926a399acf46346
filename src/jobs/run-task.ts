/** Runs a task as a process of the command line, to its end or until it is asked to stop. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { asMarrowError } from "../base/errors.js";
import { readingPlaces } from "../reading/places.js";
import { faultIn, startChild, stopChild, type Ended } from "./child.js";
import { advanceOf, argsOf, type Site } from "./kinds.js";
import type { Advance, Ending, Task, Workplace } from "./queue.js";

/** How long a process may take to stop before it is ended. */
export const graceMs = 20_000;

export interface TaskWatch {
  readonly onStart?: (pid: number | undefined) => void;
  /** Called at every look, whether or not anything is new. */
  readonly onLook: (advance: Advance) => Promise<void> | void;
}

/** A folder of the job's own, below the study. */
export const jobFolder = (dir: string, job: string) => join(dir, readingPlaces.jobs, job);

/** Never throws: what goes wrong is the task's ending. */
export async function runTask(
  task: Task,
  place: Workplace,
  signal: AbortSignal,
  watch: TaskWatch,
): Promise<Ending> {
  try {
    return await run(task, place, signal, watch);
  } catch (error) {
    const { code, message } = asMarrowError(error);
    return { kind: "failed", fault: { code, message } };
  }
}

async function run(task: Task, place: Workplace, signal: AbortSignal, watch: TaskWatch): Promise<Ending> {
  const began = performance.now();
  const folder = jobFolder(place.dir, task.job);
  await mkdir(folder, { recursive: true });
  const site = (): Site => ({ dir: place.dir, folder, seconds: (performance.now() - began) / 1000 });
  const args = await argsOf(task, site());
  if (!args) return { kind: "done" };
  if (signal.aborted) return { kind: "stopped" };
  const log = join(folder, logNameOf(task));
  const child = startChild(place.command, args, log);
  watch.onStart?.(child.process.pid);
  const first = await advanceOf(task, site()).catch(() => undefined);
  const stop = () => void stopChild(child, graceMs);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const looking = setInterval(() => void look(task, site(), watch, place), place.everyMs ?? 2000);
  const ended = await child.ended;
  clearInterval(looking);
  signal.removeEventListener("abort", stop);
  if (signal.aborted) return { kind: "stopped" };
  const last = await advanceOf(task, site()).catch(() => undefined);
  return endingOf(ended, log, (last?.share ?? 0) > (first?.share ?? 0));
}

async function look(task: Task, site: Site, watch: TaskWatch, { log }: Workplace): Promise<void> {
  try {
    await watch.onLook(await advanceOf(task, site));
  } catch (error) {
    log(`progress of task ${task.id}: ${asMarrowError(error).message}`);
  }
}

async function endingOf({ code, signal }: Ended, log: string, progressed: boolean): Promise<Ending> {
  if (code === 130 || code === 75) return { kind: "stopped" };
  if (signal !== null) return { kind: "lost", progressed };
  return code === 0 ? { kind: "done" } : { kind: "failed", fault: await faultIn(log) };
}

/** One log for each task: workers on several machines must not write into one file. */
function logNameOf({ part, id }: Task): string {
  return part === "whole" ? "log.txt" : `log-${id.split(".").at(-1) ?? ""}.txt`;
}
