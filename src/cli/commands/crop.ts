import { Command, InvalidArgumentError, Option } from "commander";
import { cropStudy, type CropOptions } from "../../study/crops/crop-study.js";
import { cropsFile } from "../../study/crops/crops-file.js";
import { openStudy } from "../../study/study.js";
import { ProgressBar } from "../progress-bar.js";

interface Options {
  out: string;
  size: readonly [number, number];
  mirror: CropOptions["mirror"];
}

/** `marrow crop STUDY --out CROPS` */
export function cropCommand(): Command {
  return new Command("crop")
    .description("find both femoral heads on coronal images and make a study of crops around them")
    .argument("<study>", "study folder")
    .requiredOption("--out <dir>", "study of crops to write")
    .option("--size <voxels>", "width × height of a crop", parseSize, [128, 160])
    .addOption(
      new Option("--mirror <side>", "store the crops of this side as their mirror image")
        .choices(["none", "left", "right"])
        .default("none"),
    )
    .action(run);
}

async function run(dir: string, { out, size: [width, height], mirror }: Options): Promise<void> {
  const study = await openStudy(dir, { ignorePlan: true, ignoreSplits: true });
  const bar = new ProgressBar();
  const onCase = (done: number, total: number) => bar.show("cropping", done / total, `${done}/${total}`);
  const { crops, missing } = await cropStudy(study, out, { width, height, mirror, onCase });
  bar.clear();
  for (const one of missing) console.error(`${one.case}: ${one.side} femoral head not found.`);
  const manual = crops.filter(({ source }) => source === "manual").length;
  console.log(`Written: ${out}, ${crops.length} hips (${manual} placed by hand). Research use only.`);
  console.log(`Places:  ${cropsFile} in ${dir}; correct a row, write manual as its source, run again.`);
  console.log(`Next:    marrow check ${out}`);
  if (missing.length > 0) process.exitCode = 1;
}

function parseSize(text: string): [number, number] {
  const match = /^(\d+)[x×](\d+)$/.exec(text);
  const size = [Number(match?.[1]), Number(match?.[2])] as [number, number];
  if (!size.every((n) => n >= 1))
    throw new InvalidArgumentError("two numbers of voxels are needed, e.g. 128x160.");
  return size;
}
