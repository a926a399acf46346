/** The gradient of max pooling without the places of the maxima. */
import { add, cast, equal, mul, sub } from "../operators/elementwise.js";
import { concat } from "../operators/shape.js";
import { constant, type Shape, sizeOf, type Tensor } from "../tensor.js";
import { border, filledUp, interleavedAll, placed, tuples, window } from "./layout.js";

/** The first maximum of each window gets its gradient, as the processor's kernel counts places. */
export function unpool(dy: Tensor, pooled: Tensor, shape: Shape): Tensor {
  const { kernel, stride, padding } = pooled.attributes as Record<string, Shape>;
  const x = pooled.inputs[0];
  const size = pooled.shape.slice(2);
  const isPadded = padding.some((p) => p > 0);
  const image = border(x, padding, padding);
  const inside = border(constant(new Float32Array(sizeOf(x.shape)).fill(1), x.shape), padding, padding);
  const taps = tuples(kernel);
  let free: Tensor = constant(new Float32Array(sizeOf(pooled.shape)).fill(1), pooled.shape);
  const shares = taps.map((tap) => {
    const isHere = cast(equal(window(image, tap, size, stride), pooled), "float32");
    const allowed = isPadded ? mul(isHere, window(inside, tap, size, stride)) : isHere;
    const here = mul(allowed, free);
    free = sub(free, here);
    return mul(dy, here);
  });
  const extents = image.shape.slice(2);
  const whole = stride.every((s, axis) => s === kernel[axis])
    ? filledUp(interleavedAll(concat(shares, 1), kernel), extents)
    : shares.map((share, i) => placed(share, taps[i] ?? [], stride, extents)).reduce((a, b) => add(a, b));
  return window(
    whole,
    padding,
    shape.slice(2),
    padding.map(() => 1),
  );
}
