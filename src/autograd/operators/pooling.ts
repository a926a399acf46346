/** Max pooling; average pooling and linear resampling are linear maps along the axes (see linear-map.ts). */
import { constant, node, type Operator, type Shape, sizeOf, type Tensor } from "../tensor.js";
import { expand } from "./shape.js";

export const rows = {
  /** The second output holds the place of each maximum, which the backward pass scatters to. */
  maxPool: {
    name: "maxPool",
    shape: (inputs, attributes) => {
      const [kernel, stride, padding] = geometry(attributes as Record<string, Shape>);
      const spatial = inputs[0].shape.slice(2).map((n, axis) => {
        return Math.floor((n + 2 * (padding[axis] ?? 0) - (kernel[axis] ?? 1)) / (stride[axis] ?? 1)) + 1;
      });
      return [...inputs[0].shape.slice(0, 2), ...spatial];
    },
    emit: (emitter, t, inputs) => emitter.node("MaxPool", inputs, onnxAttributes(t), 2),
    gradient: ({ dy, y, inputs }) => [() => maxUnpool(dy, y, inputs[0])],
  },
  /** Puts each gradient where its maximum was; windows must not overlap. Inputs dy, the pool's result and its input. */
  maxUnpool: {
    name: "maxUnpool",
    shape: (_, attributes) => attributes["shape"] as Shape,
    emit: (emitter, t, [dy, pooled]) => {
      const places = emitter.sibling(pooled, 1);
      return emitter.node("MaxUnpool", [dy, places, emitter.ints(t.shape)], onnxAttributes(t));
    },
  },
  /** The same for windows that overlap: a maximum of several windows gets the sum of their gradients. */
  maxScatter: {
    name: "maxScatter",
    shape: (_, attributes) => attributes["shape"] as Shape,
    emit: (emitter, t, [dy, pooled, zeros]) => {
      const flat = emitter.ints([-1]);
      const [places] = emitter.node("Reshape", [emitter.sibling(pooled, 1), flat]);
      const [values] = emitter.node("Reshape", [dy, flat]);
      const [sums] = emitter.node("ScatterElements", [zeros, places, values], {
        axis: 0,
        reduction: "add",
      });
      return emitter.node("Reshape", [sums, emitter.ints(t.shape)]);
    },
  },
} satisfies Record<string, Operator>;

function geometry(attributes: Readonly<Record<string, Shape>>): [Shape, Shape, Shape] {
  return [attributes["kernel"], attributes["stride"], attributes["padding"]];
}

function onnxAttributes(t: Tensor) {
  const [kernel, strides, padding] = geometry(t.attributes as Record<string, Shape>);
  return { kernel_shape: kernel, strides, pads: [...padding, ...padding] };
}

function maxUnpool(dy: Tensor, pooled: Tensor, x: Tensor): Tensor {
  const [kernel, stride] = geometry(pooled.attributes as Record<string, Shape>);
  const attributes = { ...pooled.attributes, shape: x.shape };
  if (stride.every((s, axis) => s >= (kernel[axis] ?? 1)))
    return node(rows.maxUnpool, [dy, pooled, x], attributes);
  const zeros = expand(constant(Float32Array.of(0)), [sizeOf(x.shape)]);
  return node(rows.maxScatter, [dy, pooled, zeros], attributes);
}

/** Windows of `kernel` every `stride` (default: the kernel) over x [N, C, …]; incomplete windows are left out. */
export function maxPool(
  x: Tensor,
  kernel: Shape,
  stride: Shape = kernel,
  padding: Shape = kernel.map(() => 0),
): Tensor {
  return node(rows.maxPool, [x], { kernel, stride, padding });
}
