/** The command line: `marrow COMMAND …`. */
import { Command, CommanderError } from "commander";
import { asMarrowError } from "../base/errors.js";
import { agreementCommand } from "./commands/agreement.js";
import { checkCommand } from "./commands/check.js";
import { cropCommand } from "./commands/crop.js";
import { deidentifyCommand } from "./commands/deidentify.js";
import { devicesCommand } from "./commands/devices.js";
import { dicomMasksCommand } from "./commands/dicom-masks.js";
import { dicomResultsCommand } from "./commands/dicom-results.js";
import { classifyCommand } from "./commands/classify.js";
import { compareCommand } from "./commands/compare.js";
import { demoCommand } from "./commands/demo.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { explainCommand } from "./commands/explain.js";
import { exportCommand } from "./commands/export.js";
import { importCommand } from "./commands/import.js";
import { importWeightsCommand } from "./commands/import-weights.js";
import { infoCommand } from "./commands/info.js";
import { initCommand } from "./commands/init.js";
import { pasteCommand } from "./commands/paste.js";
import { pacsCommand } from "./commands/pacs.js";
import { phantomCommand } from "./commands/phantom.js";
import { planCommand } from "./commands/plan.js";
import { quantifyCommand } from "./commands/quantify.js";
import { reportCommand } from "./commands/report.js";
import { segmentCommand } from "./commands/segment.js";
import { segmentPageCommand } from "./commands/segment-page.js";
import { serveCommand } from "./commands/serve.js";
import { splitCommand } from "./commands/split.js";
import { statisticsCommand } from "./commands/statistics.js";
import { tasksCommand } from "./commands/tasks.js";
import { trainCommand } from "./commands/train.js";
import { verifyCommand } from "./commands/verify.js";
import { version } from "./version.js";

/** Commands in the order in which a newcomer needs them. */
const commands = [
  demoCommand,
  deidentifyCommand,
  initCommand,
  importCommand,
  checkCommand,
  tasksCommand,
  planCommand,
  splitCommand,
  phantomCommand,
  cropCommand,
  trainCommand,
  segmentCommand,
  segmentPageCommand,
  classifyCommand,
  explainCommand,
  pasteCommand,
  evaluateCommand,
  agreementCommand,
  compareCommand,
  quantifyCommand,
  statisticsCommand,
  reportCommand,
  exportCommand,
  dicomMasksCommand,
  dicomResultsCommand,
  pacsCommand,
  serveCommand,
  infoCommand,
  importWeightsCommand,
  devicesCommand,
  verifyCommand,
];

/** The whole command line, not yet run. */
export function program(): Command {
  const marrow = new Command("marrow")
    .description(
      "Lesion segmentation on MRI of spondyloarthritis: train, evaluate, segment. Research use only.",
    )
    .version(version(), "--version", "print the version")
    .showHelpAfterError()
    .exitOverride();
  for (const command of commands) marrow.addCommand(command().copyInheritedSettings(marrow));
  return marrow;
}

/** Runs one command and returns the exit code: 0 done, 1 failed, 2 misused. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = asMarrowError(error);
    console.error(known.message);
    if (known.code === "INTERNAL" || process.env["MARROW_DEBUG"]) console.error(error);
    return 1;
  }
}
