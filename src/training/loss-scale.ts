/**
 * Scaling of the loss in mixed precision (Micikevicius et al. 2018, section 3.2): gradients are computed of a multiple of
 * the loss, so that small ones do not vanish in 16 bits, and divided by it again. A step whose gradients have overflowed
 * changes nothing but the scale, which is halved; after many good steps it is doubled. Numbers as in PyTorch's GradScaler.
 * The scale is part of the training's state, so that a resumed training goes on alike.
 */
import { add, greater, greaterEqual, mul, where } from "../autograd/operators/elementwise.js";
import { input, scalar, type Tensor } from "../autograd/tensor.js";
import { joined, layoutOf, partOf, type StateVector } from "./flat-state.js";

const start = 2 ** 16;
const goodSteps = 2000;
const largestFloat = 3e38;

const layout = layoutOf([
  ["scale", [1]],
  ["steps", [1]],
]);

export const lossScaleState: StateVector = {
  name: "lossScale",
  layout,
  nameOf: (name) => `lossScale#${name}`,
};

export interface LossScale {
  readonly scale: Tensor;
  /** The state after a step with gradients of this norm. */
  readonly next: (norm: Tensor) => Tensor;
}

/** False where the gradients have overflowed. */
export const isFinite = (norm: Tensor): Tensor => greater(scalar(largestFloat), norm);

export function lossScale(): LossScale {
  const vector = input(lossScaleState.name, layout.shape);
  const kept = partOf(vector, layout, "scale");
  const scale = where(greater(kept, scalar(0)), kept, scalar(start));
  const steps = add(partOf(vector, layout, "steps"), scalar(1));
  const next = (norm: Tensor) => {
    const grows = greaterEqual(steps, scalar(goodSteps));
    const good = where(grows, mul(scale, scalar(2)), scale);
    const count = where(grows, scalar(0), steps);
    const isGood = isFinite(norm);
    const state = new Map([
      ["scale", where(isGood, good, mul(scale, scalar(0.5)))],
      ["steps", where(isGood, count, scalar(0))],
    ]);
    return joined(layout, state);
  };
  return { scale, next };
}
