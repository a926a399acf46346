/** Counts who is included and who left at which rule: the flow chart of a study as numbers. */
import { MarrowError } from "../base/errors.js";
import { readSeries } from "./import/dicom-series.js";
import { inclusionRules, type Candidate, type InclusionRules } from "./inclusion-rules.js";
import { readParticipants } from "./participants.js";

export interface FlowStep {
  readonly name: string;
  readonly excluded: string;
  /** Patients that left here. */
  readonly patients: readonly string[];
  /** Patients that stayed although the rule could not be judged. */
  readonly unknown: readonly string[];
  /** Patients after the step. */
  readonly left: number;
}

export interface FlowChart {
  readonly task: string;
  readonly source: string;
  readonly candidates: number;
  readonly steps: readonly FlowStep[];
  readonly included: readonly string[];
}

/** Applies rules in order; each patient is counted at the first rule that excludes it. Empty input gives zeros. */
export function flowChart(
  task: string,
  { source, rules }: InclusionRules,
  candidates: readonly Candidate[],
): FlowChart {
  let left = candidates;
  const steps = rules.map(({ name, excluded, keeps }): FlowStep => {
    const judged = left.map((candidate) => ({ candidate, verdict: keeps(candidate) }));
    left = judged.filter(({ verdict }) => verdict !== false).map(({ candidate }) => candidate);
    const named = (wanted: boolean | undefined) =>
      judged.filter(({ verdict }) => verdict === wanted).map(({ candidate }) => nameOf(candidate));
    return { name, excluded, patients: named(false), unknown: named(undefined), left: left.length };
  });
  return { task, source, candidates: candidates.length, steps, included: left.map(nameOf) };
}

const nameOf = ({ participant }: Candidate) => participant.participant_id;

/** The flow chart of an imported study under a task's rules. Throws TASK_UNKNOWN where the task has none, TABLE_INVALID. */
export async function studyFlowChart(dir: string, task: string): Promise<FlowChart> {
  const rules = inclusionRules[task];
  if (!rules)
    throw new MarrowError("TASK_UNKNOWN", {
      expected: `a task with inclusion rules: ${Object.keys(inclusionRules).join(", ")}`,
      found: task,
    });
  const series = await readSeries(dir);
  const { rows } = await readParticipants(dir);
  const candidates = rows.map((participant) => ({
    participant,
    series: series.filter((row) => row.participant_id === participant.participant_id),
  }));
  return flowChart(task, rules, candidates);
}

/** One line a box, for the terminal and for text files. */
export function flowChartLines({ candidates, steps, included, source }: FlowChart): string[] {
  return [
    `${candidates} patients imported`,
    ...steps.map(({ excluded, patients, unknown, left }) => {
      const doubt = unknown.length ? ` (${unknown.length} not known, kept)` : "";
      return `  - ${patients.length} excluded: ${excluded}${doubt}; ${left} left`;
    }),
    `${included.length} patients included`,
    `Rules: ${source}. Research use only.`,
  ];
}
