/** The table of docs/reference/performance.md, written between two comments of the page. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { format } from "prettier";
import { goals, sizes } from "./sizes.mjs";

const { version: onnxRuntime } = createRequire(import.meta.url)("onnxruntime-node/package.json");
const begin = "<!-- begin of what npm run bench writes -->";
const end = "<!-- end of what npm run bench writes -->";
const header = [
  ...["network", "mode", "Marrow", "PyTorch", "time ratio (range)", "processor time"],
  ...["share of the product's GFLOPS", "goal", "met"],
];
const modes = { train: "training", infer: "inference" };

const side = ({ ms, megabytes }) => `${ms.toFixed(0)} ms, ${(megabytes / 1024).toFixed(2)} GB`;
const cells = (values) => `| ${values.join(" | ")} |`;

/** What of the goal is missed. */
function verdict({ ratio, marrow, pytorch }, goal) {
  const missed = [
    ...(ratio.median > goal ? ["time"] : []),
    ...(marrow.megabytes > pytorch.megabytes ? ["memory"] : []),
  ];
  return missed.length > 0 ? `no: ${missed.join(", ")}` : "yes";
}

function row(result, peak) {
  const { name, mode, marrow, pytorch, ratio, processor, gflops } = result;
  const goal = goals[sizes[name].axes][mode];
  const compared = pytorch && [
    side(pytorch),
    `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`,
    processor.toFixed(2),
  ];
  return cells([
    ...[`\`${name}\``, modes[mode], side(marrow), ...(compared ?? ["", "", ""])],
    ...[`${((100 * gflops) / peak).toFixed(0)} %`, `≤ ${goal}`, pytorch ? verdict(result, goal) : ""],
  ]);
}

/** `results` in the order of measurement; `about`: peak in GFLOPS, load before, repeat, PyTorch's version, the command. */
function section(results, { peak, load, repeat, torch, command }) {
  const date = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const [{ model }] = cpus();
  const machine = `${cpus().length} cores (${model.trim()}), ${(totalmem() / 2 ** 30).toFixed(0)} GB`;
  const quiet = `load average before ${load.toFixed(1)}`;
  const product = `product of 2048 × 2048 matrices ${peak.toFixed(0)} GFLOPS`;
  const versions = [
    ...[`Node ${process.versions.node}`, `ONNX Runtime ${onnxRuntime}`],
    torch ? `PyTorch ${torch}` : "no PyTorch",
  ].join(", ");
  return [
    `\`${command}\`, ${date}, medians of ${repeat}.`,
    `${machine}; ${quiet}; ${product}; ${versions}.`,
    [cells(header), cells(header.map(() => "---")), ...results.map((result) => row(result, peak))].join("\n"),
  ].join("\n\n");
}

/** Puts the results into the page, in place of those it has; a page without the comments gets them at its end. */
export async function writeMarkdown(file, results, about) {
  const page = existsSync(file) ? readFileSync(file, "utf8") : "";
  const [before, rest = ""] = page.split(begin);
  const [, after = ""] = rest.split(end);
  const parts = [before.trimEnd(), begin, section(results, about), end, after.trimStart()];
  const text = parts.filter((part) => part !== "").join("\n\n");
  writeFileSync(file, await format(text, { parser: "markdown", printWidth: 110 }));
}
