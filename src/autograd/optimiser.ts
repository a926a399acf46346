/** Optimisers as graphs: from parameters, gradients and state to the next parameters and state. */
import { add, div, minimum, mul, sqrt, sub } from "./operators/elementwise.js";
import { sumSquare } from "./operators/reduction.js";
import { reshape } from "./operators/shape.js";
import { input, scalar, type Tensor } from "./tensor.js";

export type OptimiserName = "sgd" | "adam" | "adamw";

export interface OptimiserOptions {
  readonly name: OptimiserName;
  readonly weightDecay?: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  /** Scale gradients down to this global norm; 0 or absent: never. */
  readonly clipNorm?: number;
  /** Keep an exponential moving average of the parameters. */
  readonly averaging?: boolean;
}

/** Scalars fed at every step; they carry what depends on the iteration. */
export interface Hyper {
  /** Learning rate, for Adam divided by 1 − β₁ᵗ. */
  readonly rate: Tensor;
  /** Learning rate × weight decay. */
  readonly decay: Tensor;
  /** Adam: 1 / √(1 − β₂ᵗ). */
  readonly correction: Tensor;
  /** Weight of the newest parameters in their moving average. */
  readonly newest: Tensor;
}

interface Update {
  readonly parameter: Tensor;
  readonly slots: readonly Tensor[];
}

interface Rule {
  /** Names of the state kept for each parameter. */
  readonly slots: readonly string[];
  readonly update: (
    p: Tensor,
    g: Tensor,
    slots: readonly Tensor[],
    hyper: Hyper,
    options: OptimiserOptions,
  ) => Update;
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** old · (1 − w) + value · w */
const blend = (old: Tensor, value: Tensor, w: number) => add(mul(old, scalar(1 - w)), mul(value, scalar(w)));
const decayed = (g: Tensor, p: Tensor, weightDecay: number) =>
  weightDecay > 0 ? add(g, mul(p, scalar(weightDecay))) : g;

function adamUpdate(p: Tensor, g: Tensor, [m, v]: readonly Tensor[], hyper: Hyper): Update {
  const first = blend(m, g, 1 - beta1);
  const second = blend(v, mul(g, g), 1 - beta2);
  const deviation = add(mul(sqrt(second), hyper.correction), scalar(epsilon));
  return { parameter: sub(p, mul(hyper.rate, div(first, deviation))), slots: [first, second] };
}

/** Formulas as in PyTorch's torch.optim (Kingma & Ba 2015; Loshchilov & Hutter 2019; Sutskever et al. 2013). */
export const rules: Readonly<Record<OptimiserName, Rule>> = {
  sgd: {
    slots: ["velocity"],
    update: (p, g0, [velocity], hyper, { momentum = 0.9, nesterov = false, weightDecay = 0 }) => {
      const g = decayed(g0, p, weightDecay);
      const next = add(mul(velocity, scalar(momentum)), g);
      const direction = nesterov ? add(g, mul(next, scalar(momentum))) : next;
      return { parameter: sub(p, mul(hyper.rate, direction)), slots: [next] };
    },
  },
  adam: {
    slots: ["m", "v"],
    update: (p, g, slots, hyper, { weightDecay = 0 }) =>
      adamUpdate(p, decayed(g, p, weightDecay), slots, hyper),
  },
  adamw: {
    slots: ["m", "v"],
    update: (p, g, slots, hyper) => adamUpdate(mul(p, sub(scalar(1), hyper.decay)), g, slots, hyper),
  },
};

/** Inputs for the iteration-dependent scalars. */
export function hyperInputs(): Hyper {
  const one = (name: string) => input(`hyper.${name}`, [1]);
  return { rate: one("rate"), decay: one("decay"), correction: one("correction"), newest: one("newest") };
}

/** Values to feed to `hyperInputs` at an iteration counted from 0. `averaging` is the decay of the moving average. */
export function hyperValues(
  options: OptimiserOptions,
  learningRate: number,
  iteration: number,
  averaging = 0,
): Record<keyof Hyper, number> {
  const t = iteration + 1;
  const isAdam = options.name !== "sgd";
  return {
    rate: isAdam ? learningRate / (1 - beta1 ** t) : learningRate,
    decay: learningRate * (options.weightDecay ?? 0),
    correction: 1 / Math.sqrt(1 - beta2 ** t),
    newest: 1 - Math.min(averaging, (1 + t) / (10 + t)),
  };
}

/** State slots of a parameter under these options, the moving average included. */
export function slotNames(options: OptimiserOptions): string[] {
  return [...rules[options.name].slots, ...(options.averaging ? ["average"] : [])];
}

export interface Step {
  /** Next value of every parameter and slot, by state name (`weight`, `weight#m`, …). */
  readonly next: Map<string, Tensor>;
  readonly gradientNorm: Tensor;
}

/** One update of all parameters; slots are inputs named `parameter#slot`. */
export function optimiserStep(
  parameters: readonly Tensor[],
  gradients: readonly Tensor[],
  options: OptimiserOptions,
): Step {
  const hyper = hyperInputs();
  const gradientNorm = globalNorm(gradients);
  const clip = options.clipNorm ?? 0;
  const factor =
    clip > 0 ? minimum(div(scalar(clip), add(gradientNorm, scalar(1e-6))), scalar(1)) : undefined;
  const next = new Map<string, Tensor>();
  parameters.forEach((p, i) => {
    const raw = gradients[i];
    const g = factor ? mul(raw, factor) : raw;
    const slots = rules[options.name].slots.map((slot) => input(`${p.name}#${slot}`, p.shape));
    const update = rules[options.name].update(p, g, slots, hyper, options);
    const name = p.name as string;
    next.set(name, reshape(update.parameter, p.shape));
    update.slots.forEach((slot, k) => next.set(`${name}#${rules[options.name].slots[k]}`, slot));
    if (options.averaging) {
      const average = input(`${name}#average`, p.shape);
      next.set(`${name}#average`, add(average, mul(hyper.newest, sub(update.parameter, average))));
    }
  });
  return { next, gradientNorm };
}

/** Norm of all of them as one vector. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  const squares = gradients.map((g) => reshape(sumSquare(g), [1]));
  return sqrt(squares.reduce((a, b) => add(a, b)));
}
