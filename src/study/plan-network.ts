/** Depth, kernels, patch and batch of each network, derived as nnU-Net does within what a CPU can bear. */
import type { Network } from "../networks/network.js";
import { networkNamed } from "../networks/registry.js";
import type { Vec3 } from "../volume/volume.js";
import { stepMemory } from "./plan-cost.js";
import { triple, type PlanGrid } from "./plan-geometry.js";
import type { NetworkPlan } from "./types.js";

type Triple = [number, number, number];

/** What a training step may cost: tuned by hand on two CPU cores. */
export const limits = {
  /** Channels of the first level, the widest that the time allows; doubled at every pooling up to `mostFeatures`. */
  firstFeatures: [32, 24, 16],
  /** A network should be trained for this many steps before it is made wider. */
  leastSteps: 3000,
  mostFeatures: 256,
  mostPoolings: { 2: 5, 3: 4 },
  /** Voxels of one patch: of a 2-D network, a 3-D network, and an architecture of fixed depth. */
  patchVoxels: { 2: 160_000, 3: 160_000, fixed: 300_000 },
  /** Voxels of one batch, and its size. */
  batchVoxels: 400_000,
  batch: { 2: [2, 12], 3: [2, 2] },
} as const;

export interface Depth {
  /** Pooling factors between levels, kernels of levels (one more), and their product. */
  readonly pooling: Triple[];
  readonly kernels: Triple[];
  readonly divisor: Triple;
}

/** An axis is halved while it has 8 voxels or more and is no more than twice as coarse as the finest. */
const smallestHalved = 8;
/** An axis that would be halved without any other must be longer. */
const smallestAlone = 12;

/**
 * nnU-Net's rule for depth: at every level those axes are halved that are long enough and within a factor two of the
 * finest spacing among them; a kernel is 1 along an axis until its spacing is within that factor. A 2-D network leaves k.
 */
export function planDepth(size: Vec3, spacing: Vec3, dimensions: 2 | 3): Depth {
  const axes = dimensions === 2 ? [0, 1] : [0, 1, 2];
  const now = { size: [...size], spacing: [...spacing] };
  const kernel: Triple = [1, 1, 1];
  const pooling: Triple[] = [];
  const kernels: Triple[] = [];
  while (pooling.length < limits.mostPoolings[dimensions]) {
    const near = (axis: number, among: readonly number[]) =>
      now.spacing[axis] < 2 * Math.min(...among.map((other) => now.spacing[other]));
    for (const axis of axes) if (near(axis, axes)) kernel[axis] = 3;
    const long = axes.filter((axis) => now.size[axis] >= smallestHalved);
    const halved = long.filter((axis) => near(axis, long));
    if (halved.length === 0 || (halved.length === 1 && now.size[halved[0]] < smallestAlone)) break;
    kernels.push([...kernel]);
    const factors = triple([0, 1, 2].map((axis) => (halved.includes(axis) ? 2 : 1)));
    pooling.push(factors);
    factors.forEach((factor, axis) => {
      now.size[axis] = Math.ceil(now.size[axis] / factor);
      now.spacing[axis] *= factor;
    });
  }
  for (const axis of axes) kernel[axis] = 3;
  kernels.push([...kernel]);
  const divisor = pooling.reduce(
    (product, factors) => triple(product.map((n, axis) => n * factors[axis])),
    triple([1, 1, 1]),
  );
  return { pooling, kernels, divisor };
}

/** The smallest patch that holds a typical case; while it is over `budget` voxels, its relatively longest axis shrinks. */
export function fitPatch(
  shape: Vec3,
  spacing: Vec3,
  dimensions: 2 | 3,
  budget: number,
): Depth & { patch: Triple } {
  const axes = dimensions === 2 ? [0, 1] : [0, 1, 2];
  let wanted = triple(dimensions === 2 ? [shape[0], shape[1], 1] : shape);
  for (;;) {
    const depth = planDepth(wanted, spacing, dimensions);
    const patch = roundUp(wanted, depth.divisor);
    const share = (axis: number) => patch[axis] / shape[axis];
    const shrinkable = axes.filter((axis) => patch[axis] > depth.divisor[axis]);
    if (product(patch) <= budget || shrinkable.length === 0) return { ...depth, patch };
    const longest = shrinkable.reduce((a, b) => (share(b) > share(a) ? b : a));
    wanted = triple(patch.map((n, axis) => (axis === longest ? n - depth.divisor[axis] : n)));
  }
}

const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);

function roundUp(size: readonly number[], divisor: readonly number[]): Triple {
  return triple(size.map((n, axis) => Math.ceil(n / divisor[axis]) * divisor[axis]));
}

export interface PlannedNetwork {
  readonly network: NetworkPlan;
  readonly patch: Triple;
  readonly batch: number;
  readonly why: { readonly patch: string; readonly batch: string; readonly depth: string };
}

/** What architectures need beside features and depth. */
const ownOptions: Readonly<Record<string, Partial<NetworkPlan>>> = {
  "attention-unet-2.5d": { dropout: 0.2 },
  unetr: { heads: 12 },
};

/**
 * Options, patch and batch of one network on this grid. `memory` is in bytes; `prescribed` is the task's patch, which is
 * kept. Throws NETWORK_UNKNOWN.
 */
export function planNetwork(
  name: string,
  grid: PlanGrid,
  memory: number,
  prescribed?: Vec3,
  firstFeatures: number = limits.firstFeatures[0],
): PlannedNetwork {
  const definition = networkNamed(name);
  const { dimensions, hasPlannedDepth } = definition;
  const shape = prescribed ?? grid.shape;
  const deepest = hasPlannedDepth ? planDepth(shape, grid.spacing, dimensions) : fixedDepth(definition);
  const { perVoxel, fixed } = stepMemory(outline(name, deepest, firstFeatures), deepest.divisor);
  const mostVoxels = Math.max(0, memory - fixed) / perVoxel;
  const most = prescribed
    ? Infinity
    : Math.min(limits.patchVoxels[hasPlannedDepth ? dimensions : "fixed"], mostVoxels / 2);
  const fitted = hasPlannedDepth
    ? fitPatch(shape, grid.spacing, dimensions, most)
    : fixedPatch(shape, dimensions, deepest, most);
  const batch = batchOf(fitted.patch, dimensions, mostVoxels);
  return {
    network: outline(name, fitted, firstFeatures),
    patch: fitted.patch,
    batch,
    why: {
      patch: prescribed ? "the task's" : patchReason(grid, fitted),
      batch: `as many as keep a step near ${limits.batchVoxels / 1000} thousand voxels`,
      depth: hasPlannedDepth
        ? `${fitted.pooling.length} poolings: axes are halved while they have 8 voxels and are not over twice as coarse as the finest`
        : "fixed by the architecture",
    },
  };
}

/** The network's entry: at the paper's size, or of the planned depth with so many channels in its first level. */
function outline(name: string, { pooling, kernels }: Depth, firstFeatures: number): NetworkPlan {
  const { hasPlannedDepth, features } = networkNamed(name);
  const size = hasPlannedDepth
    ? { features: featuresOf(pooling.length, firstFeatures), pooling, kernels }
    : { features: [...features] };
  return { name, ...size, contextSlices: 0, dropout: 0, deepSupervision: false, ...ownOptions[name] };
}

function featuresOf(poolings: number, first: number): number[] {
  return Array.from({ length: poolings + 1 }, (_, n) => Math.min(limits.mostFeatures, first * 2 ** n));
}

/** What an architecture of fixed depth says of patches. */
function fixedDepth({ dimensions, divisor, features }: Network): Depth {
  const dhw = divisor({ classes: 2, features });
  const ijk = triple(dimensions === 2 ? [dhw[1], dhw[0], 1] : [dhw[2], dhw[1], dhw[0]]);
  return { divisor: ijk, pooling: [], kernels: [] };
}

/** The typical case rounded up to the divisor and cut to the budget. */
function fixedPatch(shape: Vec3, dimensions: 2 | 3, depth: Depth, budget: number): Depth & { patch: Triple } {
  const { divisor } = depth;
  let patch = roundUp(dimensions === 2 ? [shape[0], shape[1], 1] : shape, divisor);
  while (product(patch) > budget) {
    const shrinkable = [0, 1, 2].filter((axis) => patch[axis] > 2 * divisor[axis]);
    if (shrinkable.length === 0) break;
    const longest = shrinkable.reduce((a, b) => (patch[b] / shape[b] > patch[a] / shape[a] ? b : a));
    patch = triple(patch.map((n, axis) => (axis === longest ? n - divisor[axis] : n)));
  }
  return { ...depth, patch };
}

function batchOf(patch: Triple, dimensions: 2 | 3, mostVoxels: number): number {
  const [least, most] = limits.batch[dimensions];
  const fitting = Math.floor(Math.min(limits.batchVoxels, mostVoxels) / product(patch));
  return Math.max(1, Math.min(most, Math.max(least, fitting), Math.floor(mostVoxels / product(patch))));
}

function patchReason({ shape }: PlanGrid, { patch, divisor }: { patch: Triple; divisor: Triple }): string {
  const whole = patch.every((n, axis) => n >= shape[axis] || (n === 1 && axis === 2));
  const size = whole ? "holds a typical case" : "as much of a typical case as the budget of voxels allows";
  return `${size} (median ${shape.join(" × ")}), divisible by ${divisor.join(", ")}`;
}
