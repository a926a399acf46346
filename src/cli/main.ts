/** The command line: `marrow COMMAND …`. */
import { Command, CommanderError } from "commander";
import { asMarrowError } from "../base/errors.js";
import { version } from "./version.js";

/**
 * Commands in the order in which a newcomer needs them. Only the one that is called is loaded: all of them together take a second
 * of processor time.
 */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./commands/demo.js")).demoCommand(),
  deidentify: async () => (await import("./commands/deidentify.js")).deidentifyCommand(),
  init: async () => (await import("./commands/init.js")).initCommand(),
  import: async () => (await import("./commands/import.js")).importCommand(),
  check: async () => (await import("./commands/check.js")).checkCommand(),
  tasks: async () => (await import("./commands/tasks.js")).tasksCommand(),
  plan: async () => (await import("./commands/plan.js")).planCommand(),
  split: async () => (await import("./commands/split.js")).splitCommand(),
  phantom: async () => (await import("./commands/phantom.js")).phantomCommand(),
  crop: async () => (await import("./commands/crop.js")).cropCommand(),
  train: async () => (await import("./commands/train.js")).trainCommand(),
  segment: async () => (await import("./commands/segment.js")).segmentCommand(),
  "segment-page": async () => (await import("./commands/segment-page.js")).segmentPageCommand(),
  classify: async () => (await import("./commands/classify.js")).classifyCommand(),
  explain: async () => (await import("./commands/explain.js")).explainCommand(),
  paste: async () => (await import("./commands/paste.js")).pasteCommand(),
  evaluate: async () => (await import("./commands/evaluate.js")).evaluateCommand(),
  agreement: async () => (await import("./commands/agreement.js")).agreementCommand(),
  compare: async () => (await import("./commands/compare.js")).compareCommand(),
  quantify: async () => (await import("./commands/quantify.js")).quantifyCommand(),
  statistics: async () => (await import("./commands/statistics.js")).statisticsCommand(),
  report: async () => (await import("./commands/report.js")).reportCommand(),
  export: async () => (await import("./commands/export.js")).exportCommand(),
  "dicom-masks": async () => (await import("./commands/dicom-masks.js")).dicomMasksCommand(),
  "dicom-results": async () => (await import("./commands/dicom-results.js")).dicomResultsCommand(),
  pacs: async () => (await import("./commands/pacs.js")).pacsCommand(),
  serve: async () => (await import("./commands/serve.js")).serveCommand(),
  worker: async () => (await import("./commands/worker.js")).workerCommand(),
  info: async () => (await import("./commands/info.js")).infoCommand(),
  "import-weights": async () => (await import("./commands/import-weights.js")).importWeightsCommand(),
  devices: async () => (await import("./commands/devices.js")).devicesCommand(),
  verify: async () => (await import("./commands/verify.js")).verifyCommand(),
};

/** The command line, not yet run: with the command of this name alone, or else with all. */
export async function program(name = ""): Promise<Command> {
  const marrow = new Command("marrow")
    .description(
      "Lesion segmentation on MRI of spondyloarthritis: train, evaluate, segment. Research use only.",
    )
    .version(version(), "--version", "print the version")
    .showHelpAfterError()
    .exitOverride();
  const wanted = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  for (const load of wanted) marrow.addCommand((await load()).copyInheritedSettings(marrow));
  return marrow;
}

/** Runs one command and returns the exit code: 0 done, 1 failed, 2 misused. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await (await program(args[0])).parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = asMarrowError(error);
    console.error(known.message);
    if (known.code === "INTERNAL" || process.env["MARROW_DEBUG"]) console.error(error);
    return 1;
  }
}
