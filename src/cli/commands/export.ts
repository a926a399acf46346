import { Command } from "commander";
import { exportNnunet } from "../../study/nnunet-export.js";
import { openStudy } from "../../study/study.js";

/** `marrow export STUDY --nnunet DIR` */
export function exportCommand(): Command {
  return new Command("export")
    .description("write a study in another layout")
    .argument("<study>", "study folder")
    .requiredOption(
      "--nnunet <dir>",
      "nnU-Net raw folder to write: imagesTr, labelsTr, dataset.json, splits_final.json",
    )
    .action(run);
}

async function run(dir: string, { nnunet }: { nnunet: string }): Promise<void> {
  const study = await openStudy(dir, { ignorePlan: true });
  const { training, testing, renumbered } = await exportNnunet(study, nnunet);
  for (const { name, from, to } of renumbered) console.log(`Label ${name}: ${from} became ${to}.`);
  for (const { id, missing } of study.incomplete) console.log(`${id} was left out: ${missing} is missing.`);
  console.log(`Written: ${nnunet}, ${training} training and ${testing} test cases. Research use only.`);
}
