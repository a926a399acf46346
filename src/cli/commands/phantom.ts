import { Command, InvalidArgumentError, Option } from "commander";
import { writePhantomStudy } from "../../phantom/study.js";
import { MarrowError } from "../../base/errors.js";
import type { Cohort } from "../../phantom/sij/lesions.js";
import type { Kind, Size } from "../../phantom/protocol.js";
import type { Truth } from "../../phantom/subject.js";

interface Options {
  kind: Kind;
  subjects: number;
  seed: number;
  size: Size;
  cohort?: Cohort;
  results?: boolean;
}

/** `marrow phantom STUDY --kind sij-t1 --subjects 12 --seed 1 --size small` */
export function phantomCommand(): Command {
  return new Command("phantom")
    .description("make a synthetic study with known truth, for demonstration and tests")
    .argument("<study>", "new folder for the study")
    .addOption(
      new Option("--kind <kind>", "sacroiliac joints on T1, or hips on STIR")
        .choices(["sij-t1", "hip-stir"])
        .default("sij-t1"),
    )
    .option("--subjects <n>", "how many", whole(1), 12)
    .option("--seed <n>", "the same seed makes the same study on every machine", whole(0), 1)
    .addOption(
      new Option("--size <size>", "small renders in a moment, full has a clinical matrix")
        .choices(["small", "full"])
        .default("small"),
    )
    .addOption(
      new Option(
        "--cohort <name>",
        "axspa: for classification, groups that differ in extent and sides of fat metaplasia alone (sij-t1)",
      ).choices(["axspa"]),
    )
    .option("--results", "simulated readers, networks and classifier too, to try `marrow report`")
    .action(run);
}

async function run(study: string, options: Options): Promise<void> {
  if (options.cohort && options.kind !== "sij-t1")
    throw new MarrowError("BAD_ARGUMENT", { expected: "--cohort with --kind sij-t1", found: options.kind });
  await writePhantomStudy(study, options, report);
  console.log(`Written: ${study} (synthetic; research use only)`);
  console.log(`Next:    marrow ${options.results ? "report" : "check"} ${study}`);
}

function report(done: number, total: number, { lesions, person }: Truth): void {
  const volume = lesions.reduce((sum, lesion) => sum + lesion.volumeMm3, 0) / 1000;
  console.log(`${done}/${total}  ${person.group}, ${lesions.length} lesions, ${volume.toFixed(1)} ml`);
}

function whole(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    return value;
  };
}
