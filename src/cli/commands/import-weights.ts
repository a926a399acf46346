import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Command, Option } from "commander";
import { writeSafetensors } from "../../autograd/safetensors.js";
import { MarrowError } from "../../base/errors.js";
import { writeModel } from "../../inference/model-file.js";
import { importWeights, type ImportOptions } from "../../networks/import-weights.js";
import { networkOptions } from "../../networks/plan-options.js";
import { networkNamed } from "../../networks/registry.js";
import type { Layout } from "../../networks/state-dict.js";
import { inputChannels } from "../../study/context-slices.js";
import { places } from "../../study/names.js";
import { planForNetwork } from "../../study/plan.js";
import { openStudy } from "../../study/study.js";
import type { Plan } from "../../study/types.js";
import { parseCount } from "../options.js";
import { provenance } from "../version.js";

interface Options {
  out: string;
  study?: string;
  network?: string;
  features?: number[];
  classes: number;
  channels: number;
  layout?: Layout;
}

/** `marrow import-weights FILE --out FILE` */
export function importWeightsCommand(): Command {
  return new Command("import-weights")
    .description("take over weights of MONAI or PyTorch (.pth, .safetensors); nothing in the file is run")
    .argument("<file>", "checkpoint of torch.save (1.6 or later), or safetensors")
    .requiredOption(
      "--out <file>",
      "weights.safetensors for --fine-tune, or with --study a model.onnx that can segment",
    )
    .option("--study <dir>", "study whose plan describes the network")
    .option("--network <name>", "network, if not the plan's first")
    .option("--features <list>", "channels of its levels (default: the paper's)", (text) =>
      text.split(",").map(parseCount),
    )
    .option("--classes <n>", "classes, background included", parseCount, 2)
    .option("--channels <n>", "channels of the image", parseCount, 1)
    .addOption(new Option("--layout <axes>", "order of the file's axes").choices(["NCHW", "NCDHW", "NCHWD"]))
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const plan = options.study === undefined ? undefined : await planOf(options.study, options.network);
  const weights = await importWeights(file, {
    ...(plan ? planned(plan) : given(options)),
    ...(options.layout && { layout: options.layout }),
  });
  const sha256 = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  const origin = { importedFrom: basename(file), sha256 };
  if (options.out.endsWith(".onnx")) {
    if (!plan) throw new MarrowError("BAD_ARGUMENT", { expected: "--study, whose plan a model.onnx holds" });
    const values = new Map([...weights].map(([name, { data }]) => [name, data as Float32Array]));
    await writeModel(options.out, { plan, training: { ...provenance(), ...origin } }, values);
  } else {
    await writeSafetensors(options.out, { tensors: weights, metadata: origin });
  }
  const count = [...weights.values()].reduce((n, { data }) => n + data.length, 0);
  console.log(`${weights.size} tensors, ${count} numbers. Written: ${options.out}. Research use only.`);
}

async function planOf(dir: string, network: string | undefined): Promise<Plan> {
  const { plan } = await openStudy(dir);
  if (!plan)
    throw new MarrowError("PLAN_MISSING", {
      file: join(dir, places.plan),
      next: `Run \`marrow plan ${dir}\`.`,
    });
  return planForNetwork(plan, network ?? plan.networks[0].name);
}

function planned(plan: Plan): ImportOptions {
  const [entry] = plan.networks;
  return {
    network: networkNamed(entry.name),
    options: networkOptions(entry, plan.labels.length + 1),
    channels: inputChannels(plan),
  };
}

function given({ network: name, features, classes, channels }: Options): ImportOptions {
  if (name === undefined) throw new MarrowError("BAD_ARGUMENT", { expected: "--network, or --study" });
  const network = networkNamed(name);
  return { network, options: { classes, features: features ?? network.features }, channels };
}
