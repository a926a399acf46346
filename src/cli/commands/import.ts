import { Command } from "commander";
import { join, resolve } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { openProjectKey } from "../../dicom/deidentify/project-key.js";
import { groupBy } from "../../dicom/stacks.js";
import { flowChartSvg } from "../../report/flow-chart.js";
import { writeConfig } from "../../study/config.js";
import { exists, writeText } from "../../study/files.js";
import { describeFinding } from "../../study/findings.js";
import { flowChartLines, studyFlowChart } from "../../study/flow-chart.js";
import { importDicom, type ImportReport } from "../../study/import/dicom.js";
import { keyedIdentities, type Identities } from "../../study/import/dicom-names.js";
import type { Skipped } from "../../study/import/dicom-scan.js";
import { importFolder, seriesFile } from "../../study/import/dicom-series.js";
import { inclusionRules } from "../../study/inclusion-rules.js";
import { places } from "../../study/names.js";
import { taskNamed } from "../../study/tasks.js";
import type { Task } from "../../study/types.js";
import { ImportRecord } from "../import-record.js";
import { addClinicalOptions, clinicalStep, type ClinicalFlags } from "./import-clinical.js";
import { addRemoteOptions, isRetrieval, withLocal, type RemoteFlags } from "./import-remote.js";

interface Options extends ClinicalFlags, RemoteFlags {
  study: string;
  task?: string;
  key?: string;
  site?: string;
  list?: string;
  report?: string;
}

/** `marrow import PATH --study DIR` */
export function importCommand(): Command {
  const command = new Command("import")
    .description("import MR images from DICOM files; identities stay behind; running it again continues")
    .argument("[path]", "folder, zip archive, DICOMDIR, file or URL; may be left out with --clinical")
    .requiredOption("--study <dir>", "folder of the study, new or begun")
    .option("--task <name>", "shipped task: writes marrow.yaml, and counts who fits its inclusion rules")
    .option(
      "--key <file>",
      "project key for pseudonyms; made if new (default: the study's name with .key, beside it)",
    )
    .option("--site <name>", "centre the patients come from")
    .option(
      "--list <file>",
      "write every skipped or damaged file, and every cell left out, with its reason to this table; it names files",
    )
    .option(
      "--report <file>",
      "write what was done as JSON, and while it runs how far it is; it names files",
    );
  return addRemoteOptions(addClinicalOptions(command)).action(run);
}

async function run(path: string | undefined, options: Options): Promise<void> {
  const { study, task, key, list } = options;
  const hasImages = hasImagesToImport(path, options);
  const chosen = task === undefined ? undefined : taskNamed(task);
  const clinical = await clinicalStep(options);
  const identities = keyedIdentities(await openProjectKey(key ?? `${resolve(study)}.key`));
  const report = hasImages ? await importImages(path, identities, options) : undefined;
  if (chosen) await beginStudy(study, chosen);
  const outcome = await clinical?.run(identities);
  if (list !== undefined) await writeText(list, [...listOf(report), ...(outcome?.list ?? []), ""].join("\n"));
  if (report) for (const line of summary(study, report)) console.log(line);
  for (const line of outcome?.lines ?? []) console.log(line);
  if (chosen && inclusionRules[chosen.name]) await tellFlow(study, chosen.name);
  console.log(`Research use only. Next: marrow check ${study}`);
  if (outcome && outcome.problems > 0) process.exitCode = 1;
}

/** Throws BAD_ARGUMENT where there is nothing to import. */
function hasImagesToImport(path: string | undefined, options: Options): boolean {
  const hasImages = path !== undefined || isRetrieval(options);
  if (hasImages || options.clinical !== undefined) return hasImages;
  throw new MarrowError("BAD_ARGUMENT", {
    expected: "a path to import, --pacs-study UID, or --clinical TABLE",
  });
}

async function importImages(
  path: string | undefined,
  identities: Identities,
  options: Options,
): Promise<ImportReport> {
  const { study, site } = options;
  const record = new ImportRecord(options.report);
  const { onFile, onVolume } = record;
  const report = await withLocal(path, options, (local) =>
    importDicom(local, study, { identities, ...(site !== undefined && { site }), onFile, onVolume }),
  );
  record.finish(report);
  return report;
}

async function beginStudy(study: string, { name, channels, labels }: Task): Promise<void> {
  if (await exists(join(study, places.config))) return;
  await writeConfig(study, { task: name, reader: "reference", channels: [...channels], labels: [...labels] });
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

const noFiles = { skipped: [], repaired: [] };

function listOf({ skipped, repaired }: Pick<ImportReport, "skipped" | "repaired"> = noFiles): string[] {
  const line =
    (kind: string) =>
    ({ file, code, reason }: Skipped) =>
      [kind, code, reason, file].map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t");
  return ["kind\tcode\treason\tfile", ...skipped.map(line("skipped")), ...repaired.map(line("damaged"))];
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
  ];
}
