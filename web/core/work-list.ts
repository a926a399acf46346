/** Which cases of the work list to show, in which order. */
import type { CaseEntry, CaseState, ProgressState } from "../../src/reading/contract/index.js";

export interface WorkFilter {
  /** Part of the case's name. */
  readonly text: string;
  readonly state: CaseState | "all";
  readonly assigned: "all" | "me" | "nobody";
  readonly order: "name" | "state" | "uncertainty";
}

export const allCases: WorkFilter = { text: "", state: "all", assigned: "all", order: "name" };

const states: readonly CaseState[] = ["new", "segmented", "corrected", "reviewed", "agreed"];

export function filteredCases(cases: readonly CaseEntry[], filter: WorkFilter, me: string): CaseEntry[] {
  const text = filter.text.trim().toLowerCase();
  const isAssigned: Record<WorkFilter["assigned"], (entry: CaseEntry) => boolean> = {
    all: () => true,
    me: ({ assigned }) => assigned.includes(me),
    nobody: ({ assigned }) => assigned.length === 0,
  };
  return cases
    .filter((entry) => entry.case.toLowerCase().includes(text))
    .filter((entry) => filter.state === "all" || entry.state === filter.state)
    .filter(isAssigned[filter.assigned])
    .sort(orders[filter.order]);
}

const byName = (a: CaseEntry, b: CaseEntry) => a.case.localeCompare(b.case, "en", { numeric: true });
const orders: Record<WorkFilter["order"], (a: CaseEntry, b: CaseEntry) => number> = {
  name: byName,
  state: (a, b) => states.indexOf(a.state) - states.indexOf(b.state) || byName(a, b),
  uncertainty: (a, b) => (b.uncertainty ?? -1) - (a.uncertainty ?? -1) || byName(a, b),
};

/** The case to do next: not finished by this reader, theirs first, then where the model is least certain. */
export function suggestedCase(cases: readonly CaseEntry[], me: string): CaseEntry | undefined {
  const open = cases.filter((entry) => entry.state !== "agreed" && isUnfinished(progressOf(entry, me)));
  const mine = (entry: CaseEntry) => (entry.assigned.includes(me) ? 0 : entry.assigned.length === 0 ? 1 : 2);
  return open.sort((a, b) => mine(a) - mine(b) || orders.uncertainty(a, b))[0];
}

export const progressOf = ({ progress }: CaseEntry, reader: string): ProgressState =>
  progress.find((one) => one.reader === reader)?.state ?? "none";

const isUnfinished = (state: ProgressState) => state !== "submitted" && state !== "accepted";

/** How many of the cases somebody has finished, of those assigned to them. */
export function readerProgress(cases: readonly CaseEntry[], reader: string): { done: number; of: number } {
  const theirs = cases.filter(({ assigned }) => assigned.includes(reader));
  return {
    done: theirs.filter((entry) => !isUnfinished(progressOf(entry, reader))).length,
    of: theirs.length,
  };
}
