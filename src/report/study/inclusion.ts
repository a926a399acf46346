/** The inclusion flow chart of a study: by the task's rules where images were imported from DICOM, else by what the folder holds. */
import { studyFlowChart, type FlowChart, type FlowStep } from "../../study/flow-chart.js";
import { readSeries } from "../../study/import/dicom-series.js";
import { inclusionRules } from "../../study/inclusion-rules.js";
import { readParticipants } from "../../study/participants.js";
import type { Study } from "../../study/types.js";

/** Throws TABLE_INVALID. */
export async function inclusion(study: Study): Promise<FlowChart> {
  const { task } = study.config;
  const imported = (await readSeries(study.dir)).length > 0;
  if (imported && task in inclusionRules) return studyFlowChart(study.dir, task);
  const { rows } = await readParticipants(study.dir);
  return folderFlowChart(study, rows.map((row) => row.participant_id).filter(Boolean));
}

/** Patients listed or with images → with an image of every channel → with a reference mask. */
export function folderFlowChart({ cases, incomplete, config }: Study, listed: readonly string[]): FlowChart {
  const withImages = new Set(cases.map(({ subject }) => subject));
  const withMask = new Set(cases.filter(({ mask }) => mask !== undefined).map(({ subject }) => subject));
  const partly = incomplete.map(({ id }) => id.replace(/_ses-.*$/, ""));
  const all = [...new Set([...listed, ...partly, ...withImages])].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  let left = all;
  const step = (name: string, excluded: string, keeps: ReadonlySet<string>): FlowStep => {
    const patients = left.filter((patient) => !keeps.has(patient));
    left = left.filter((patient) => keeps.has(patient));
    return { name, excluded, patients, unknown: [], left: left.length };
  };
  const steps = [
    step("images", `no image of ${config.channels.join(" and ")}`, withImages),
    step("reference", `no reference mask of ${config.reader}`, withMask),
  ];
  return {
    task: config.task,
    source: "what the study folder holds",
    candidates: all.length,
    steps,
    included: left,
  };
}
