/** Says before a training begins whether its steps fit into memory, and what would make them fit. */
import { totalmem } from "node:os";
import type { Device } from "../autograd/runtime.js";
import { MarrowError } from "../base/errors.js";
import { networkCost } from "../networks/cost.js";
import { networkOptions, tensorAxes } from "../networks/plan-options.js";
import { networkNamed } from "../networks/registry.js";
import { inputChannels } from "../study/context-slices.js";
import type { Plan } from "../study/types.js";

type Size = Pick<Plan, "patch" | "batch">;

/** Weights, gradient, both moments and the moving average, and their next values while a step ends. */
const bytesPerParameter = 4 * (4 + 1 + 4);
/** Node, the runtime and the batches that wait. */
const base = 0.3e9;
/** Part of the machine's memory that a training may take where no limit is given. */
const share = 0.9;

/** Bytes of a training step of the plan's first network, within about a quarter (docs/reference/performance.md). */
export function stepBytes(plan: Plan, { patch, batch }: Size = plan): number {
  const [entry] = plan.networks;
  const network = networkNamed(entry.name);
  const image = [1, inputChannels(plan), ...tensorAxes(patch, network.dimensions)];
  const cost = networkCost(network, networkOptions(entry, plan.labels.length + 1), image);
  return base + cost.activationBytes * batch + bytesPerParameter * cost.parameters;
}

/** Memory that steps may take: what is asked for, else most of the machine's; of a graphics card nobody tells us. */
export function memoryLimit(device: Device, asked?: number): number {
  return asked ?? (device === "cpu" ? share * totalmem() : Infinity);
}

/**
 * Throws MEMORY_LIMIT where a step of the plan's first network would not fit, with the estimate and changes of the plan
 * that do. Recomputing large activations is part of every step and counted as if it saved nothing.
 */
export function requireMemory(plan: Plan, limit: number): void {
  if (plan.classification) return;
  const bytes = stepBytes(plan);
  if (bytes <= limit) return;
  const ways = [fewerAtOnce(plan, limit), smallerPatch(plan, limit)].filter((way) => way !== undefined);
  const { name } = plan.networks[0];
  throw new MarrowError("MEMORY_LIMIT", {
    expected: `at most ${gigabytes(limit)} for a step`,
    found: `about ${gigabytes(bytes)}: ${name}, patch ${plan.patch.join(" × ")}, batch ${plan.batch}`,
    next:
      ways.length > 0
        ? `In the plan set ${ways.join("; or ")}. Or raise --memory.`
        : "Make another plan with `marrow plan STUDY --memory GB --force`: fewer features, or a smaller network.",
  });
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(2)} GB`;

/** The same update from more and smaller batches. */
function fewerAtOnce(plan: Plan, limit: number): string | undefined {
  for (let batch = plan.batch - 1; batch >= 1; batch--) {
    const bytes = plan.batch % batch === 0 ? stepBytes(plan, { ...plan, batch }) : Infinity;
    const accumulate = (plan.optimiser.accumulate * plan.batch) / batch;
    if (bytes <= limit)
      return `batch ${batch} with optimiser.accumulate ${accumulate} (about ${gigabytes(bytes)}, the same update)`;
  }
  return undefined;
}

/** The plan's patch with its longest axis shortened, step by step, until it fits. */
function smallerPatch(plan: Plan, limit: number): string | undefined {
  const [entry] = plan.networks;
  const { divisor, dimensions } = networkNamed(entry.name);
  const steps = [...divisor(networkOptions(entry, plan.labels.length + 1))].reverse();
  const step = (axis: number) => (axis < dimensions ? (steps[axis] ?? 1) : Infinity);
  let patch = plan.patch;
  for (;;) {
    const axes = [0, 1, 2].filter((axis) => (patch[axis] ?? 1) > 2 * step(axis));
    if (axes.length === 0) return undefined;
    const longest = axes.reduce((a, b) => ((patch[b] ?? 0) / step(b) > (patch[a] ?? 0) / step(a) ? b : a));
    patch = patch.map((n, axis) => (axis === longest ? n - step(axis) : n)) as Plan["patch"];
    const bytes = stepBytes(plan, { ...plan, patch });
    if (bytes <= limit) return `patch ${patch.join(", ")} (about ${gigabytes(bytes)})`;
  }
}
