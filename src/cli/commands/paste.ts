import { Command } from "commander";
import { pasteCrops } from "../../study/crops/paste-crops.js";

/** `marrow paste CROPS --masks DIR --out DIR` */
export function pasteCommand(): Command {
  return new Command("paste")
    .description("put masks of a study of crops back on the grids of the original images")
    .argument("<crops>", "study that `marrow crop` made")
    .requiredOption("--masks <dir>", "masks of the crops, as `marrow segment --study CROPS` writes them")
    .requiredOption("--out <dir>", "where the masks of the whole images go")
    .action(run);
}

async function run(crops: string, { masks, out }: { masks: string; out: string }): Promise<void> {
  const { written, missing } = await pasteCrops(crops, masks, out);
  for (const id of missing) console.error(`${id}: no mask in ${masks}; that hip is left empty.`);
  console.log(`Written: ${out}, ${written.length} masks on the original grids. Research use only.`);
  if (written.length === 0) process.exitCode = 1;
}
