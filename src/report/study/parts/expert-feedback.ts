/**
 * Paper 2, 'Evaluation of clinical association': experts said whether the model identified the lesions and outlined them
 * rightly; "the specification and sensitivity of evaluations from each expert were subsequently calculated".
 */
import { join } from "node:path";
import { binaryReport, countDecisions } from "../../../statistics/diagnostic/binary.js";
import { proportion } from "../../../statistics/diagnostic/proportion.js";
import { numberColumn, readDelimited, textColumn } from "../../../study/delimited.js";
import { exists } from "../../../study/files.js";
import { tableOf, text, value, whole } from "../../table/columns.js";
import type { Table } from "../../table.js";
import { tableBlock, type Block } from "../blocks.js";
import type { StudyData } from "../study-data.js";

export const feedbackFile = join("derivatives", "marrow", "reader-study", "feedback.tsv");

/** One expert on one finding of one case. */
export interface Feedback {
  readonly expert: string;
  readonly label: string;
  /** 1: the expert sees the lesion. */
  readonly present: number;
  /** 1: the model marked one: the lesion where it is present, something else where it is not. */
  readonly marked: number;
  /** rightly, partly, wrongly; empty where nothing was found. */
  readonly outlined: string;
}

/** Nothing where the study has no feedback. Throws TABLE_INVALID. */
export async function expertFeedback({ study }: Pick<StudyData, "study">): Promise<Block[]> {
  const file = join(study.dir, feedbackFile);
  if (!(await exists(file))) return [];
  const table = await readDelimited(file);
  const [experts, labels] = ["expert", "label"].map((name) => textColumn(table, name, file));
  const [present, marked] = ["present", "marked"].map((name) => numberColumn(table, name, file));
  const rows = table.rows.map((row, n) => ({
    ...{ expert: experts[n], label: labels[n], present: present[n], marked: marked[n] },
    outlined: row["outlined"] ?? "",
  }));
  return rows.length === 0 ? [] : [tableBlock("experts-on-the-model", feedbackTable(rows))];
}

const allLabels = "all";

/** One row for each expert and finding, and for all findings where there are several. */
export function feedbackTable(feedback: readonly Feedback[]): Table {
  const experts = [...new Set(feedback.map(({ expert }) => expert))];
  const labels = [...new Set(feedback.map(({ label }) => label))];
  const shown = labels.length > 1 ? [...labels, allLabels] : labels;
  const rows = experts.flatMap((expert) =>
    shown.map((label) => {
      const own = feedback.filter(
        (one) => one.expert === expert && (label === allLabels || one.label === label),
      );
      const counts = countDecisions(own.map(({ present }) => present), own.map(({ marked }) => marked)); // prettier-ignore
      const found = own.filter(({ present, marked }) => present === 1 && marked === 1);
      const rightly = found.filter(({ outlined }) => outlined === "rightly").length;
      return {
        ...{ expert, label, n: own.length, report: binaryReport(counts) },
        rightly: proportion("Outlined rightly", rightly, found.length, { level: 0.95, interval: "exact" }),
      };
    }),
  );
  return tableOf(
    "The model as experts judge it",
    rows,
    [
      text("Expert", ({ expert }) => expert),
      text("Finding", ({ label }) => label),
      whole("n", ({ n }) => n),
      value("Sensitivity (95 % CI)", ({ report }) => report.sensitivity),
      value("Specificity (95 % CI)", ({ report }) => report.specificity),
      value("Accuracy (95 % CI)", ({ report }) => report.accuracy),
      value("Outlined rightly (95 % CI)", ({ rightly }) => rightly),
    ],
    [
      "n: cases judged. Sensitivity: lesions that the expert sees and the model found; specificity: cases without a lesion, to the expert, where the model marked none; outlined rightly: of lesions found. Intervals: Clopper–Pearson.",
    ],
  );
}
