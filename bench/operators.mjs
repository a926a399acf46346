/** Time of each operator in one step, from ONNX Runtime's own profile. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMarrow } from "./contestant.mjs";

/** The 15 slowest operators: { op, ms, share }. */
export async function operatorTimes(name, mode, options) {
  const folder = mkdtempSync(join(tmpdir(), "marrow-bench-"));
  const child = await openMarrow(name, mode, { ...options, profile: join(folder, "profile") });
  await child.step();
  child.close();
  // The profile is written when the session closes.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const events = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
  rmSync(folder, { recursive: true });
  const kernels = events.filter((event) => event.cat === "Node" && event.name.endsWith("_kernel_time"));
  const totals = new Map();
  for (const { dur, args } of kernels.slice(kernels.length / 2))
    totals.set(args.op_name, (totals.get(args.op_name) ?? 0) + dur / 1000);
  const all = [...totals.values()].reduce((a, b) => a + b, 0);
  const slowest = [...totals].sort((a, b) => b[1] - a[1]).slice(0, 15);
  return slowest.map(([op, ms]) => ({ op, ms, share: ms / all }));
}
