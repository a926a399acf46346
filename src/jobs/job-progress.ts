/** How far a job is, from how far its tasks are. */
import type { TaskRow } from "./task-row.js";

/** Putting folds together takes moments where a fold takes hours. */
const weights: Readonly<Record<TaskRow["part"], number>> = { whole: 1, fold: 1, assembly: 0.05 };

/** 0…1; 0 without tasks. */
export function progressOf(tasks: readonly TaskRow[]): number {
  const all = tasks.reduce((sum, { part }) => sum + weights[part], 0);
  const done = tasks.reduce((sum, { part, progress }) => sum + weights[part] * progress, 0);
  return all === 0 ? 0 : done / all;
}

/** In words, e.g. `2 of 5 folds trained; fold 2, 40 %; fold 3, 10 %`. */
export function doingOf(tasks: readonly TaskRow[]): string {
  const running = tasks.filter(({ state, doing }) => state === "running" && doing !== "");
  const folds = tasks.filter(({ part }) => part === "fold");
  const trained = folds.filter(({ state }) => state === "done").length;
  const overview = folds.length > 0 ? [`${trained} of ${folds.length} folds trained`] : [];
  return [...overview, ...running.map(({ doing }) => doing)].join("; ");
}

/** How often the job was started: as often as the task that was started most often. */
export function attemptsOf(tasks: readonly TaskRow[]): number {
  return Math.max(0, ...tasks.map(({ attempts }) => attempts));
}
