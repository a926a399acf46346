import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { MarrowError } from "../../base/errors.js";
import { seenSlices } from "../../study/context-slices.js";
import { exists, readText } from "../../study/files.js";
import { fingerprintOf } from "../../study/fingerprint.js";
import { places } from "../../study/names.js";
import { isEdited, writePlan } from "../../study/plan-file.js";
import { derivePlan } from "../../study/plan.js";
import { openStudy } from "../../study/study.js";
import type { Plan } from "../../study/types.js";
import { countLine } from "../count-line.js";
import { clinicalNames, type ClinicalName } from "../../study/clinical.js";
import { parseCount, parseNames } from "../options.js";

interface Options {
  network?: string;
  minutes?: number;
  memory?: number;
  contextSlices?: number;
  classify?: readonly [column: string, positive: string];
  clinical?: ClinicalName[];
  roi?: string;
  force?: boolean;
}

/** `marrow plan STUDY [--network a,b] [--minutes N] [--memory GB] [--force]` */
export function planCommand(): Command {
  return new Command("plan")
    .description("derive how to train from the study's images, into plan.yaml, which may be edited")
    .argument("<study>", "study folder")
    .option("--network <list>", "networks to plan, the first is the default")
    .option("--minutes <n>", "minutes one network may train on one fold", positive)
    .option("--memory <gb>", "memory for a training step, in GB", positive)
    .option(
      "--context-slices <n>",
      "neighbouring slices on each side that 2-D networks see (2.5-D)",
      parseCount,
    )
    .option(
      "--classify <column=value>",
      "plan a classifier too: column of participants.tsv and the value that is positive, e.g. diagnosis=axSpA",
      parseClass,
    )
    .option(
      "--clinical <list>",
      `clinical variables for the classifier: ${clinicalNames.join(", ")}`,
      parseClinical,
    )
    .option(
      "--roi <name>",
      "run or reader whose masks make the classifier's ROI map (default: the study's reader)",
    )
    .option("--force", "overwrite a plan that was edited by hand")
    .action(run);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

function parseClass(text: string): [string, string] {
  const [column, positive] = text.split("=");
  if (!column || !positive) throw new InvalidArgumentError("Expected COLUMN=VALUE.");
  return [column, positive];
}

function parseClinical(text: string): ClinicalName[] {
  return parseNames(text).map((name) => {
    const known = clinicalNames.find((one) => one === name);
    if (!known) throw new InvalidArgumentError(`Expected some of ${clinicalNames.join(", ")}.`);
    return known;
  });
}

async function run(
  dir: string,
  { network, minutes, memory, contextSlices, classify, clinical = [], roi, force = false }: Options,
): Promise<void> {
  const study = await openStudy(dir, { ignorePlan: true, ignoreSplits: true });
  const file = join(study.dir, places.plan);
  if (!force && (await exists(file)) && isEdited(await readText(file)))
    throw new MarrowError("PLAN_EDITED", { file });
  const { fingerprint, failures } = await fingerprintOf(study, { onCase: countLine("cases") });
  const derived = derivePlan(study.task, fingerprint, {
    ...(network !== undefined && { networks: network.split(",").map((name) => name.trim()) }),
    ...(minutes !== undefined && { minutes }),
    ...(memory !== undefined && { memoryGb: memory }),
    ...(contextSlices !== undefined && { contextSlices }),
    ...(classify && {
      classification: {
        column: classify[0],
        positive: classify[1],
        clinical,
        roi: roi ?? study.config.reader,
      },
    }),
    cores: availableParallelism(),
  });
  await writePlan(file, derived, force);
  for (const { case: id, error } of failures) console.log(`${id} was left out:\n${error.message}`);
  for (const line of summary(derived.plan)) console.log(line);
  console.log(`Written: ${join(dir, places.plan)}, with the reason for each number; edit it as you like.`);
  const next = (await exists(join(study.dir, places.splits))) ? "train" : "split";
  console.log(`Next:    marrow ${next} ${dir}`);
}

function summary({
  orientation,
  spacing,
  patch,
  batch,
  networks,
  epochs,
  iterationsPerEpoch,
}: Plan): string[] {
  return [
    `Grid:    ${orientation}, ${spacing.join(" × ")} mm; patch ${patch.join(" × ")}, batch ${batch}`,
    ...networks.map((network) => {
      const slices = network.contextSlices > 0 ? `, sees ${seenSlices(network)} slices` : "";
      return `Network: ${network.name}, channels ${network.features.join(" ")}${slices}`;
    }),
    `Length:  ${epochs} epochs of ${iterationsPerEpoch} steps`,
  ];
}
