import { Command } from "commander";
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { exportModels } from "../../report/export-model.js";
import { places } from "../../study/names.js";
import { exportNnunet } from "../../study/nnunet-export.js";
import { openStudy } from "../../study/study.js";

interface Options {
  nnunet?: string;
  model?: string;
  run?: string;
}

/** `marrow export STUDY --nnunet DIR`, `marrow export STUDY --run RUN --model DIR` */
export function exportCommand(): Command {
  return new Command("export")
    .description("write a study in another layout, or a run's models with a model card")
    .argument("<study>", "study folder")
    .option(
      "--nnunet <dir>",
      "nnU-Net raw folder to write: imagesTr, labelsTr, dataset.json, splits_final.json",
    )
    .option("--model <dir>", "folder to write: one ONNX file a fold, and model-card.md")
    .option("--run <name>", "the run whose models are written")
    .action(run);
}

async function run(dir: string, { nnunet, model, run: name }: Options): Promise<void> {
  if (nnunet === undefined && (model === undefined || name === undefined))
    throw new MarrowError("BAD_ARGUMENT", { expected: "--nnunet DIR, or --run NAME with --model DIR" });
  if (nnunet !== undefined) await writeNnunet(dir, nnunet);
  if (model === undefined || name === undefined) return;
  const files = await exportModels(join(dir, places.runs, name), name, model);
  console.log(`Written: ${files.join(", ")}. Research use only.`);
}

async function writeNnunet(dir: string, nnunet: string): Promise<void> {
  const study = await openStudy(dir, { ignorePlan: true });
  const { training, testing, renumbered } = await exportNnunet(study, nnunet);
  for (const { name, from, to } of renumbered) console.log(`Label ${name}: ${from} became ${to}.`);
  for (const { id, missing } of study.incomplete) console.log(`${id} was left out: ${missing} is missing.`);
  console.log(`Written: ${nnunet}, ${training} training and ${testing} test cases. Research use only.`);
}
