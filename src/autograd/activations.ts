/** Activations that are compositions of operators. */
import { add, erf, minimum, mul, relu, sigmoid } from "./operators/elementwise.js";
import { perChannel } from "./operators/normalise.js";
import { scalar, type Tensor } from "./tensor.js";

/** x · Φ(x), exact (Hendrycks & Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return mul(mul(x, scalar(0.5)), add(erf(mul(x, scalar(Math.SQRT1_2))), scalar(1)));
}

/** x · sigmoid(x). */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/** Leaky ReLU with a learnt slope: one number, or one per channel (He et al. 2015). */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  const perChannelSlope =
    slope.shape.length === 1 && slope.shape[0] !== 1 ? perChannel(slope, x.shape.length) : slope;
  return add(relu(x), mul(minimum(x, scalar(0)), perChannelSlope));
}
