/** A process that measures one step at a time: bench/marrow.mjs or bench/pytorch/bench.py. */
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sizeOf } from "./sizes.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** What the process says once it is ready, and `step` and `close`; undefined where it cannot be had on this machine. */
async function open(command, argv) {
  const child = spawn(command, argv, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((resolve) => child.once("error", () => resolve({ missing: true })));
  const read = async () => {
    const { value, missing } = await Promise.race([lines.next(), failed]);
    if (missing) return { error: "torch-missing" };
    if (value === undefined) throw new Error(`${command} ${argv.join(" ")} ended without an answer`);
    return JSON.parse(value);
  };
  const first = await read();
  if (first.error === "torch-missing") return undefined;
  const step = async () => {
    child.stdin.write("step\n");
    return read();
  };
  return { ...first, step, close: () => child.stdin.end() };
}

export function openMarrow(name, mode, { small = false, profile } = {}) {
  const options = [...(small ? ["--small"] : []), ...(profile ? ["--profile", profile] : [])];
  return open(process.execPath, [join(here, "marrow.mjs"), name, mode, ...options]);
}

/** `keepMemory`: the C library keeps freed memory instead of returning it to the system. */
export function openPyTorch(name, mode, { small = false, keepMemory = false } = {}) {
  const { batch, patch, features } = sizeOf(name, small);
  const size = ["--batch", `${batch}`, "--patch", patch.join(), "--features", features.join()];
  const allocator = ["--allocator", keepMemory ? "keep" : "default"];
  const script = join(here, "pytorch", "bench.py");
  return open("python3", [script, "--network", name, "--mode", mode, ...size, ...allocator]);
}
