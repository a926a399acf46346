import { Command } from "commander";
import { type ModelInfo, modelInfo } from "../../inference/model-info.js";

/** `marrow info MODEL` */
export function infoCommand(): Command {
  return new Command("info")
    .description("say what a model is, at once: its weights are not loaded")
    .argument("<models...>", "model.onnx files")
    .option("--json", "all that the file says, as JSON")
    .action(async (files: string[], { json }: { json?: boolean }) => {
      for (const file of files) {
        const info = await modelInfo(file);
        const { metadata, ...rest } = info;
        const all = { ...rest, notice: metadata.get("marrow.notice"), licence: metadata.get("licence") };
        console.log(json ? JSON.stringify(all, null, 2) : linesOf(info).join("\n"));
      }
    });
}

function linesOf({
  file,
  bytes,
  opset,
  nodes,
  stored,
  inputs,
  outputs,
  plan,
  training,
  metadata,
}: ModelInfo): string[] {
  const shape = ({ name, shape: extents }: { name: string; shape: readonly number[] }) =>
    `${name} [${extents.join(", ")}]`;
  const rows: [string, string][] = [
    ["network", plan.networks[0].name],
    ["task", plan.task],
    ["channels", plan.channels.join(", ")],
    ["labels", plan.labels.map(({ name, value }) => `${value} ${name}`).join(", ")],
    ["grid", `${plan.orientation}, ${plan.spacing.join(" × ")} mm, patch ${plan.patch.join(" × ")}`],
    ["input", inputs.map(shape).join(", ")],
    ["output", outputs.map(shape).join(", ")],
    ["size", `${stored} numbers, ${nodes} nodes, ${(bytes / 1e6).toFixed(1)} MB, operator set ${opset}`],
    ...Object.entries(training).map(([key, value]): [string, string] => [key, textOf(value)]),
    ["licence", metadata.get("licence") ?? "not stated"],
    ["notice", metadata.get("marrow.notice") ?? "Research use only."],
  ];
  const width = Math.max(...rows.map(([key]) => key.length));
  return [file, ...rows.map(([key, value]) => `  ${key.padEnd(width)}  ${value}`)];
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
