/** A model card (Mitchell et al. 2019) in Markdown, from what the run's files say. */
import { collect } from "../statistics/evaluation.js";
import type { Plan } from "../study/types.js";
import type { FoldScores } from "../training/predict-fold.js";
import { intervalTable, labelTable } from "./evaluation-tables.js";
import { tableOf, text } from "./table/columns.js";
import { renderTable, type Table } from "./table.js";

interface CaseHash {
  readonly id: string;
  readonly sha256: string;
}

/** What run.json says of one fold. */
export interface FoldRecord {
  readonly fold: number;
  readonly seed?: number;
  readonly device?: string;
  readonly iterations?: number;
  readonly parameters?: number;
  readonly marrow?: string;
  readonly node?: string;
  readonly platform?: string;
  readonly endedAt?: string;
  readonly train?: readonly CaseHash[];
  readonly validation?: readonly CaseHash[];
}

export interface CardFold {
  readonly record: FoldRecord;
  readonly scores: FoldScores | undefined;
  /** Name of the exported file and its hash. */
  readonly file: string;
  readonly sha256: string;
}

export interface CardContent {
  readonly run: string;
  readonly plan: Plan;
  readonly folds: readonly CardFold[];
}

const section = (title: string, ...paragraphs: readonly string[]) =>
  [`## ${title}`, ...paragraphs].join("\n\n");

export function modelCard(content: CardContent): string {
  const { plan, run, folds } = content;
  const name = `${plan.networks[0].name} for ${plan.task}`;
  return `${[
    `# ${name}`,
    `Run \`${run}\`, ${folds.length} ${folds.length === 1 ? "fold" : "folds"}. **Research use only. Not a medical device.**`,
    section("Intended use", intendedUse(plan)),
    section("Data", ...dataText(folds)),
    section("Scores", ...scoresText(content)),
    section("Limits", limits.map((line) => `- ${line}`).join("\n")),
    section("Files", renderTable(fileTable(folds), "markdown"), "Image hashes are of the files as prepared."),
    section("How it was trained", renderTable(trainingTable(folds), "markdown"), planText(plan)),
    section("Cases and their hashes", ...folds.map(casesText)),
  ].join("\n\n")}\n`;
}

function intendedUse({ channels, labels }: Plan): string {
  const named = labels.map(({ name, value }) => `${name} (${value})`).join(", ");
  return `Segments ${named} on MR images (${channels.join(", ")}), for research on images like those it was trained on. A person must check every mask. It is not to be used for diagnosis or treatment.`;
}

const limits = [
  "Nothing is known of how it does on other scanners, sequences, fields of view or patients than those listed here.",
  "The scores are of a cross-validation: its own cases chose the plan and the post-processing, so an external test is likely to be lower.",
  "Masks of the training cases are one reader's or a consensus; their errors are the model's.",
  "It always answers, on images without the anatomy too.",
];

function dataText(folds: readonly CardFold[]): string[] {
  const all = new Set(
    folds.flatMap(({ record }) =>
      [...(record.train ?? []), ...(record.validation ?? [])].map(({ id }) => id),
    ),
  );
  const lines = folds.map(
    ({ record }) =>
      `- fold ${record.fold}: ${record.train?.length ?? 0} cases trained on, ${record.validation?.length ?? 0} validated on`,
  );
  return [`${all.size} cases in all.`, lines.join("\n")];
}

function scoresText({ plan, folds }: CardContent): string[] {
  const scores = folds.flatMap(({ scores: of }) => of?.scores ?? []);
  const failed = folds.flatMap(({ scores: of }) => of?.failed ?? []);
  if (scores.length === 0) return ["No case was scored."];
  const evaluation = collect(scores, plan.labels);
  return [
    `Each case was predicted by the fold that had not seen it: ${scores.length} cases, ${failed.length} failed.`,
    renderTable(labelTable(evaluation), "markdown"),
    renderTable(intervalTable(evaluation), "markdown"),
  ];
}

const fileTable = (folds: readonly CardFold[]): Table =>
  tableOf("Exported files", folds, [
    text("file", ({ file }) => file),
    text("fold", ({ record }) => String(record.fold)),
    text("SHA-256", ({ sha256 }) => sha256),
  ]);

const trained = ["fold", "iterations", "parameters", "seed", "device", "marrow", "node", "endedAt"] as const;

const trainingTable = (folds: readonly CardFold[]): Table =>
  tableOf(
    "Training of each fold",
    folds,
    trained.map((key) =>
      text<CardFold>(trainedTitles[key] ?? key, ({ record }) => String(record[key] ?? "–")),
    ),
  );

const trainedTitles: Readonly<Record<string, string>> = { marrow: "Marrow", node: "Node", endedAt: "ended" };

function planText({ spacing, orientation, patch, batch, optimiser, schedule, epochs, postprocessing }: Plan) {
  return `Grid ${orientation}, ${spacing.join(" × ")} mm, patch ${patch.join(" × ")}, batch ${batch}; ${optimiser.name}, rate ${optimiser.learningRate}, ${schedule.name} schedule, ${epochs} epochs planned. Post-processing: ${JSON.stringify(postprocessing)}. The whole plan is in each file's metadata.`;
}

function casesText({ record }: CardFold): string {
  const list = (cases: readonly CaseHash[] = []) =>
    cases.map(({ id, sha256 }) => `\`${id}\` ${sha256.slice(0, 16)}`).join(", ") || "none";
  return `Fold ${record.fold}, trained on: ${list(record.train)}.\n\nFold ${record.fold}, validated on: ${list(record.validation)}.`;
}
