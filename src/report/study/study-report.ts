/** `marrow report STUDY`: the papers' tables and figures from what is in a study folder. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { exists, placeAtomically, writeText } from "../../study/files.js";
import { writeFile } from "node:fs/promises";
import { renderTable } from "../table.js";
import type { Block, Section } from "./blocks.js";
import { pngOf } from "./figure.js";
import { reportPage } from "./page.js";
import { agreement } from "./parts/agreement.js";
import { claim } from "./parts/claim.js";
import { classification } from "./parts/classification.js";
import { correlations } from "./parts/correlations.js";
import { expertFeedback } from "./parts/expert-feedback.js";
import { examples } from "./parts/examples.js";
import { heatMaps } from "./parts/heat-maps.js";
import { networks } from "./parts/networks.js";
import { patients } from "./parts/patients.js";
import { readers } from "./parts/readers.js";
import { scoreAgreement } from "./parts/score-agreement.js";
import { readStudyData, type StudyData } from "./study-data.js";

interface Part {
  readonly title: string;
  readonly build: (data: StudyData) => Block[] | Promise<Block[]>;
}

/** Sections in the order of a paper's results; one that has nothing to say is left out. */
const parts: Readonly<Record<string, Part>> = {
  patients: { title: "Patients", build: patients },
  networks: { title: "Segmentation by networks", build: networks },
  examples: { title: "Examples", build: examples },
  readers: { title: "Readers without and with the model", build: readers },
  feedback: { title: "Experts on the model", build: expertFeedback },
  agreement: { title: "Agreement of volumes", build: agreement },
  scores: { title: "Scores by eye", build: scoreAgreement },
  classification: { title: "Classification", build: classification },
  "heat-maps": { title: "Where the classifier looked", build: heatMaps },
  correlations: { title: "Image and clinic", build: correlations },
  claim: { title: "CLAIM checklist", build: claim },
};

export interface StudyReportOptions {
  /** CSV, TSV or XLSX of clinical data, joined to participants.tsv by pseudonym. */
  readonly clinical?: string | undefined;
  /** Marrow's version, for the foot of the page. */
  readonly version?: string;
  /** Called before each section. */
  readonly onSection?: (title: string, done: number, total: number) => void;
}

/** Builds every section. Throws as `readStudyData` does; what is missing becomes a block that says so. */
export async function buildSections(data: StudyData, options: StudyReportOptions = {}): Promise<Section[]> {
  const sections: Section[] = [];
  const all = Object.entries(parts);
  for (const [n, [name, { title, build }]] of all.entries()) {
    options.onSection?.(title, n, all.length);
    const blocks = await build(data);
    if (blocks.length > 0) sections.push({ name, title, blocks });
  }
  return sections;
}

/**
 * Writes the report of a study into `out`: index.html, tables/*.csv, figures/*.svg and *.png. Tables and figures of an
 * earlier report there are removed. Returns the path of index.html and what is missing. Throws as `readStudyData` does,
 * FILE_UNWRITABLE, DISK_FULL.
 */
export async function writeStudyReport(folder: string, out: string, options: StudyReportOptions = {}) {
  const data = await readStudyData(folder, options.clinical);
  const sections = await buildSections(data, options);
  const page = join(out, "index.html");
  for (const name of ["tables", "figures"]) await rm(join(out, name), { recursive: true, force: true });
  const blocks = sections.flatMap((section) => section.blocks);
  for (const block of blocks) await writeBlock(out, block);
  const made = `Made by Marrow ${options.version ?? ""} on ${new Date().toISOString().slice(0, 10)}.`;
  const title = `${data.study.task.title}: report of ${data.subjects.length} patients`;
  await writeText(page, reportPage({ title, lead: await leadOf(data), sections, made }));
  const missing = blocks.flatMap((block) => (block.kind === "missing" ? [block] : []));
  return { page, missing, blocks };
}

async function writeBlock(out: string, block: Block): Promise<void> {
  if (block.kind === "table")
    await writeText(join(out, "tables", `${block.name}.csv`), renderTable(block.table, "csv"));
  if (block.kind !== "figure") return;
  const { figure } = block;
  await writeText(join(out, "figures", `${figure.name}.svg`), figure.svg);
  await placeAtomically(join(out, "figures", `${figure.name}.png`), (file) => writeFile(file, pngOf(figure)));
}

/** What a reader must know before the first number. */
async function leadOf({ study, runs, classifications, chosen }: StudyData): Promise<string[]> {
  const description = join(study.dir, "dataset_description.json");
  const text = (await exists(description)) ? await readFile(description, "utf8") : "";
  const isSynthetic = /"Synthetic":\s*true/.test(text);
  const isSimulated = /"SimulatedResults":\s*true/.test(text) || classifications.some((one) => one.simulated);
  return [
    ...(isSynthetic
      ? ["Synthetic images: computed phantoms, no patients. Nothing here is evidence of performance."]
      : []),
    ...(isSimulated
      ? [
          "Simulated results: readers, networks and classifier are drawn at random around the known truth, to show what a report looks like.",
        ]
      : []),
    `Task ${study.config.task}: ${study.config.labels.map(({ name }) => name).join(", ")}. Reference masks: ${study.config.reader}. ` +
      `${new Set(runs.map(({ name }) => name)).size} networks${chosen === undefined ? "" : `, shown: ${chosen.name}`}.`,
  ];
}
