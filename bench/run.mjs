/**
 * npm run bench [-- NETWORK …] [--repeat N] [--operators] [--keep-memory]
 *
 * Training step and inference of each network at its paper's size, Marrow and PyTorch in turn in one run, so that both
 * meet the same machine. Prints medians, the ratio of the pairs (Marrow / PyTorch) and each process's peak memory. Without
 * PyTorch only Marrow is measured. --operators adds the time of each ONNX operator; --keep-memory lets PyTorch keep freed
 * memory (glibc only), which by default it returns to the system after every tensor.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { peakGflops } from "./peak.mjs";
import { sizes } from "./sizes.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const flag = (name) => args.includes(name);
const repeat = Number(args[args.indexOf("--repeat") + 1] ?? 5) || 5;
const named = args.filter((arg) => arg in sizes);
const networks = named.length > 0 ? named : Object.keys(sizes);

/** A process that measures one step at every call of `step`; undefined where it cannot start. */
async function open(command, argv) {
  const child = spawn(command, argv, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((resolve) => child.once("error", () => resolve({ value: undefined })));
  const read = async () => {
    const { value } = await Promise.race([lines.next(), failed]);
    return value === undefined ? undefined : JSON.parse(value);
  };
  const first = await read();
  if (!first?.ready) return undefined;
  const step = async () => {
    child.stdin.write("step\n");
    return read();
  };
  return { step, operations: first.operations, close: () => child.stdin.end() };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const range = (values) => `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;

async function measure(name, mode) {
  const keep = flag("--keep-memory") ? ["--allocator", "keep"] : [];
  const torchArgs = [
    join(here, "pytorch", "bench.py"),
    "--network",
    name,
    "--mode",
    mode,
    "--size",
    "full",
    ...keep,
  ];
  const torch = await open("python3", torchArgs);
  const marrow = await open(process.execPath, [join(here, "marrow.mjs"), name, mode]);
  const rows = [];
  for (let i = 0; i < repeat; i++) rows.push({ marrow: await marrow.step(), torch: await torch?.step() });
  marrow.close();
  torch?.close();
  report(name, mode, rows, torch !== undefined);
  const gflops = marrow.operations / median(rows.map((row) => row.marrow.ms)) / 1e6;
  console.log(
    `    ${gflops.toFixed(0)} GFLOPS, ${((100 * gflops) / peak).toFixed(0)} % of what a matrix product reaches`,
  );
}

function report(name, mode, rows, hasTorch) {
  const of = (side, key) => rows.map((row) => row[side]?.[key]);
  const mine = `${median(of("marrow", "ms")).toFixed(0)} ms, ${Math.max(...of("marrow", "rssPeakMB")).toFixed(0)} MB`;
  if (!hasTorch) {
    console.log(`${name} ${mode}: Marrow ${mine}`);
    return;
  }
  const ratios = rows.map((row) => row.marrow.ms / row.torch.ms);
  const theirs = `${median(of("torch", "ms")).toFixed(0)} ms, ${Math.max(...of("torch", "rssPeakMB")).toFixed(0)} MB`;
  const cpu = median(rows.map((row) => row.marrow.cpuMs / row.torch.cpuMs)).toFixed(2);
  const ratio = `${median(ratios).toFixed(2)} (${range(ratios)}; processor time ${cpu})`;
  console.log(`${name} ${mode}: Marrow ${mine}; PyTorch ${theirs}; time ratio ${ratio}`);
}

/** Time of each operator in one step, from ONNX Runtime's own profile. */
async function operators(name, mode) {
  const folder = mkdtempSync(join(tmpdir(), "marrow-bench-"));
  const child = await open(process.execPath, [join(here, "marrow.mjs"), name, mode, join(folder, "profile")]);
  await child.step();
  child.close();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const events = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
  const kernels = events.filter((event) => event.cat === "Node" && event.name.endsWith("_kernel_time"));
  const last = kernels.slice(kernels.length / 2);
  const totals = new Map();
  for (const { dur, args: about } of last)
    totals.set(about.op_name, (totals.get(about.op_name) ?? 0) + dur / 1000);
  const all = [...totals.values()].reduce((a, b) => a + b, 0);
  for (const [op, ms] of [...totals].sort((a, b) => b[1] - a[1]).slice(0, 15)) {
    console.log(
      `    ${op.padEnd(24)} ${ms.toFixed(0).padStart(6)} ms ${((100 * ms) / all).toFixed(1).padStart(5)} %`,
    );
  }
  rmSync(folder, { recursive: true });
}

const peak = await peakGflops();
console.log(`product of 2048 × 2048 matrices: ${peak.toFixed(0)} GFLOPS`);
for (const name of networks) {
  for (const mode of ["train", "infer"]) {
    await measure(name, mode);
    if (flag("--operators")) await operators(name, mode);
  }
}
