/**
 * npm run bench [-- NETWORK …] [--repeat N] [--markdown FILE] [--operators] [--keep-memory] [--small]
 *
 * Training step and inference of each network (all, or those named) at its paper's size, Marrow and PyTorch in turn in one
 * run, so that both meet the same machine. Prints medians, the ratio of the pairs (Marrow / PyTorch) and each process's peak
 * memory. Without PyTorch only Marrow is measured. --markdown writes the table of docs/reference/performance.md into FILE
 * after every network; --operators adds the time of each ONNX operator; --keep-memory lets PyTorch keep freed memory (glibc
 * only), which by default it returns to the system after every tensor; --small tries everything at a size of no meaning.
 */
import { cpus, loadavg } from "node:os";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { openMarrow, openPyTorch } from "./contestant.mjs";
import { writeMarkdown } from "./markdown.mjs";
import { operatorTimes } from "./operators.mjs";
import { peakGflops } from "./peak.mjs";
import { sizes } from "./sizes.mjs";

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    repeat: { type: "string", default: "5" },
    markdown: { type: "string" },
    operators: { type: "boolean", default: false },
    "keep-memory": { type: "boolean", default: false },
    small: { type: "boolean", default: false },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(sizes, name));
const repeat = Number(options.repeat);
if (unknown.length > 0 || !Number.isInteger(repeat) || repeat < 1) {
  console.error(`networks: ${Object.keys(sizes).join(", ")}; --repeat: 1 or more`);
  process.exit(2);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Pairs of steps, one of each side in turn. */
async function measure(name, mode) {
  const { small, "keep-memory": keepMemory } = options;
  const torch = await openPyTorch(name, mode, { small, keepMemory });
  const marrow = await openMarrow(name, mode, { small });
  if (torch && torch.parameters !== marrow.parameters)
    throw new Error(`${name}: ${marrow.parameters} parameters, in PyTorch ${torch.parameters}`);
  const pairs = [];
  for (let i = 0; i < repeat; i++) pairs.push({ marrow: await marrow.step(), torch: await torch?.step() });
  marrow.close();
  torch?.close();
  return { name, mode, ...summary(pairs, marrow.operations), torch: torch?.torch };
}

/** Medians, and peaks of memory, of both sides, and of their ratios. */
function summary(pairs, operations) {
  const side = (key) => ({
    ms: median(pairs.map((pair) => pair[key].ms)),
    megabytes: Math.max(...pairs.map((pair) => pair[key].rssPeakMB)),
  });
  const marrow = side("marrow");
  const alone = { marrow, gflops: operations / marrow.ms / 1e6 };
  if (!pairs[0].torch) return alone;
  const ratios = pairs.map((pair) => pair.marrow.ms / pair.torch.ms);
  return {
    ...alone,
    pytorch: side("torch"),
    ratio: { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) },
    processor: median(pairs.map((pair) => pair.marrow.cpuMs / pair.torch.cpuMs)),
  };
}

function print({ name, mode, marrow, pytorch, ratio, processor, gflops }) {
  const side = ({ ms, megabytes }) => `${ms.toFixed(0)} ms, ${megabytes.toFixed(0)} MB`;
  const range = ratio && `${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}`;
  const compared = pytorch
    ? `; PyTorch ${side(pytorch)}; time ratio ${ratio.median.toFixed(2)} (${range}; processor time ${processor.toFixed(2)})`
    : "";
  console.log(`${name} ${mode}: Marrow ${side(marrow)}${compared}`);
  const share = ((100 * gflops) / peak).toFixed(0);
  console.log(`    ${gflops.toFixed(0)} GFLOPS, ${share} % of what a matrix product reaches`);
}

function printOperators(rows) {
  for (const { op, ms, share } of rows) {
    const time = `${ms.toFixed(0).padStart(6)} ms ${(100 * share).toFixed(1).padStart(5)} %`;
    console.log(`    ${op.padEnd(24)} ${time}`);
  }
}

/** The command that was given, as the page shows it, with how PyTorch's threads wait where that was chosen. */
function commandLine() {
  const flags = ["operators", "keep-memory", "small"].filter((name) => options[name]);
  const { OMP_WAIT_POLICY: waiting } = process.env;
  return [
    ...(waiting ? [`OMP_WAIT_POLICY=${waiting}`] : []),
    ...["npm run bench --", ...positionals, "--repeat", repeat],
    ...["--markdown", relative(process.cwd(), options.markdown)],
    ...flags.map((name) => `--${name}`),
  ].join(" ");
}

const [load] = loadavg();
if (load > cpus().length / 2)
  console.log(`other programs are at work (load average ${load.toFixed(1)}): do not trust these numbers`);
const peak = await peakGflops();
console.log(`product of 2048 × 2048 matrices: ${peak.toFixed(0)} GFLOPS`);
const results = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(sizes)) {
  for (const mode of ["train", "infer"]) {
    const result = await measure(name, mode);
    results.push(result);
    print(result);
    if (options.operators) printOperators(await operatorTimes(name, mode, { small: options.small }));
  }
  const about = { peak, load, repeat, torch: results[0].torch, command: options.markdown && commandLine() };
  if (options.markdown) await writeMarkdown(options.markdown, results, about);
}
