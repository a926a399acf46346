import { Command } from "commander";
import { join, resolve } from "node:path";
import { openProjectKey } from "../../dicom/deidentify/project-key.js";
import { groupBy } from "../../dicom/stacks.js";
import { flowChartSvg } from "../../report/flow-chart.js";
import { writeConfig } from "../../study/config.js";
import { exists, writeText } from "../../study/files.js";
import { describeFinding } from "../../study/findings.js";
import { flowChartLines, studyFlowChart } from "../../study/flow-chart.js";
import { importDicom, type ImportReport } from "../../study/import/dicom.js";
import { keyedIdentities } from "../../study/import/dicom-names.js";
import type { Skipped } from "../../study/import/dicom-scan.js";
import { importFolder, seriesFile } from "../../study/import/dicom-series.js";
import { inclusionRules } from "../../study/inclusion-rules.js";
import { places } from "../../study/names.js";
import { taskNamed } from "../../study/tasks.js";
import { countLine } from "../count-line.js";

interface Options {
  study: string;
  task?: string;
  key?: string;
  site?: string;
  list?: string;
}

/** `marrow import PATH --study DIR` */
export function importCommand(): Command {
  return new Command("import")
    .description("import MR images from DICOM files; identities stay behind; running it again continues")
    .argument("<path>", "folder, zip archive, DICOMDIR or file")
    .requiredOption("--study <dir>", "folder of the study, new or begun")
    .option("--task <name>", "shipped task: writes marrow.yaml, and counts who fits its inclusion rules")
    .option(
      "--key <file>",
      "project key for pseudonyms; made if new (default: the study's name with .key, beside it)",
    )
    .option("--site <name>", "centre the patients come from")
    .option(
      "--list <file>",
      "write every skipped or damaged file with its reason to this table; it names files",
    )
    .action(run);
}

async function run(path: string, { study, task, key, site, list }: Options): Promise<void> {
  const chosen = task === undefined ? undefined : taskNamed(task);
  const identities = keyedIdentities(await openProjectKey(key ?? `${resolve(study)}.key`));
  const report = await importDicom(path, study, {
    identities,
    ...(site !== undefined && { site }),
    onFile: countLine("files"),
    onVolume: countLine("volumes"),
  });
  if (chosen && !(await exists(join(study, places.config))))
    await writeConfig(study, {
      task: chosen.name,
      reader: "reference",
      channels: [...chosen.channels],
      labels: [...chosen.labels],
    });
  if (list !== undefined) await writeText(list, listOf(report));
  for (const line of summary(study, report)) console.log(line);
  if (chosen && inclusionRules[chosen.name]) await tellFlow(study, chosen.name);
}

async function tellFlow(study: string, task: string): Promise<void> {
  const chart = await studyFlowChart(study, task);
  const file = (ending: string) => join(study, importFolder, `inclusion-${task}.${ending}`);
  const lines = flowChartLines(chart);
  await writeText(file("json"), `${JSON.stringify(chart, null, 1)}\n`);
  await writeText(file("txt"), `${lines.join("\n")}\n`);
  await writeText(file("svg"), flowChartSvg(chart));
  for (const line of lines) console.log(line);
}

function listOf({ skipped, repaired }: ImportReport): string {
  const line =
    (kind: string) =>
    ({ file, code, reason }: Skipped) =>
      [kind, code, reason, file].map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t");
  return [
    "kind\tcode\treason\tfile",
    ...skipped.map(line("skipped")),
    ...repaired.map(line("damaged")),
    "",
  ].join("\n");
}

function summary(study: string, report: ImportReport): string[] {
  const { files, read, skipped, repaired, copies, volumes, written, findings } = report;
  const reasons = [...groupBy(skipped, ({ code }) => code)].map(
    ([code, all]) => `  ${all.length} ${code}: e.g. ${all[0].reason}`,
  );
  const patients = new Set(volumes.map((row) => row.participant_id)).size;
  return [
    ...findings.map(describeFinding),
    `${files} files, ${read} of them DICOM; ${skipped.length} files or series skipped, ${copies} copies, ${repaired.length} damaged but read.`,
    ...reasons,
    `${volumes.length} volumes of ${patients} patients; ${written} images written.`,
    `Check ${join(study, seriesFile)}; correct its column "image" and run the same command again.`,
    `Research use only. Next: marrow check ${study}`,
  ];
}
