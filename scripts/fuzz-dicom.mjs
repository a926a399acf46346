/**
 * Reads thousands of damaged DICOM files: `node scripts/fuzz-dicom.mjs [count] [folder] [first seed]`. Each must be read or refused by
 * a code, within two seconds of processor time (and a minute by the clock); memory stays below a gigabyte. The folder's files (default: the shared real sets) are
 * damaged in turn. Needs `npm run build`. Exit code 1 where a file broke a promise.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { mutate } from "./mutate-dicom.mjs";

/** Processor time of the process, in which one file is read at a time: the same on a busy machine as on a calm one. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const dist = new URL(process.env.MARROW_DIST ?? "../dist/", import.meta.url);
const limitMs = 2000;
const patienceMs = 60_000;
const largest = 600_000;

function basesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && !/\.(nii|json|txt|md|tsv|csv|safetensors|npz|py|onnx)$|\.nii\.gz$/.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size < largest)
    .sort();
}

async function work() {
  const { check } = await import(new URL("dicom/exercise.js", dist).href);
  for (let seed = workerData.from; seed < workerData.to; seed++) {
    const file = workerData.bases[seed % workerData.bases.length];
    const original = readFileSync(file);
    const bytes = original[0] === 0x1f && original[1] === 0x8b ? gunzipSync(original) : original;
    const damaged = mutate(bytes, seed);
    parentPort.postMessage({ seed, file, name: damaged.name });
    const started = processorMs();
    const outcome = await check(damaged.bytes, file);
    parentPort.postMessage({ seed, outcome, ms: processorMs() - started });
  }
}

async function run(count, folder, first) {
  const bases = basesIn(folder);
  const tally = {};
  const broken = [];
  let slowest = { ms: 0 };
  let [memory, next] = [0, first];
  while (next < first + count) {
    await new Promise((done) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { bases, from: next, to: first + count },
      });
      let current;
      let timer;
      const end = (seed, what) => {
        clearInterval(timer);
        broken.push({ ...current, what });
        next = seed + 1;
        void worker.terminate();
      };
      worker.on("message", (message) => {
        if (message.file) {
          current = message;
          const [since, cpu] = [Date.now(), processorMs()];
          timer = setInterval(() => {
            if (processorMs() - cpu > limitMs) end(message.seed, `still running after ${limitMs} ms`);
            else if (Date.now() - since > patienceMs) end(message.seed, "waits for ever");
          }, limitMs);
          return;
        }
        clearInterval(timer);
        next = message.seed + 1;
        if (message.ms > slowest.ms) slowest = { ...current, ...message, ms: Math.round(message.ms) };
        memory = Math.max(memory, process.memoryUsage().rss);
        const kind = message.outcome.split(" ")[0];
        tally[kind] = (tally[kind] ?? 0) + 1;
        if (kind === "INTERNAL" || message.ms > limitMs)
          broken.push({ ...current, what: message.outcome, ms: message.ms });
      });
      worker.on("error", (error) => end(current.seed, String(error)));
      worker.on("exit", () => (clearInterval(timer), done()));
    });
  }
  return {
    count,
    bases: bases.length,
    tally,
    slowest,
    memoryMB: Math.round(memory / 2 ** 20),
    broken,
  };
}

if (isMainThread) {
  const [count = "10000", folder = resolve(process.env.MARROW_SHARED ?? "../shared", "data"), first = "1"] =
    process.argv.slice(2);
  const report = await run(Number(count), folder, Number(first));
  console.log(JSON.stringify(report, null, 1));
  process.exitCode = report.broken.length > 0 || report.memoryMB > 1024 ? 1 : 0;
} else await work();
