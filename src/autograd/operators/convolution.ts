/**
 * Convolution and its transpose over any number of spatial axes; x is [N, C, …], weights are as in PyTorch:
 * [out, in / groups, …] and, transposed, [in, out, …].
 */
import { MarrowError } from "../../base/errors.js";
import { type Attributes, node, type Operator, type Shape, shapeError, type Tensor } from "../tensor.js";
import { sum } from "./reduction.js";
import { flip, reshape, transpose } from "./shape.js";
import { type Geometry, weightGradient } from "./weight-gradient.js";

export interface ConvOptions {
  stride?: readonly number[];
  /** Zeros added before and after each spatial axis (the same number on both sides). */
  padding?: readonly number[];
  dilation?: readonly number[];
  groups?: number;
}

function geometryOf(attributes: Attributes): Geometry {
  return attributes as unknown as Geometry;
}

/** Attributes as ONNX names them. */
function onnxAttributes({ kernel, stride, padding, dilation, groups }: Geometry): Attributes {
  return {
    kernel_shape: kernel,
    strides: stride,
    pads: [...padding, ...padding],
    dilations: dilation,
    group: groups,
  };
}

const reach = (g: Geometry, axis: number) => (g.dilation[axis] ?? 1) * ((g.kernel[axis] ?? 1) - 1);

export const rows: Record<"conv" | "convTranspose", Operator> = {
  conv: {
    name: "conv",
    shape: (inputs, attributes) => {
      const [x, w] = inputs as [Tensor, Tensor];
      const g = geometryOf(attributes);
      if (x.shape[1] !== (w.shape[1] ?? 0) * g.groups)
        throw shapeError("conv", "x [N, C, …] and w [O, C/groups, …]", x, w);
      const spatial = x.shape.slice(2).map((n, axis) => {
        return Math.floor((n + 2 * (g.padding[axis] ?? 0) - reach(g, axis) - 1) / (g.stride[axis] ?? 1)) + 1;
      });
      return [x.shape[0] ?? 1, w.shape[0] ?? 1, ...spatial];
    },
    emit: (emitter, t, inputs) => emitter.node("Conv", inputs, onnxAttributes(geometryOf(t.attributes))),
    gradient: ({ dy, y, inputs: [x, w] }) => {
      const g = geometryOf(y.attributes);
      return [
        () => inputGradient(dy, w, x.shape, g),
        () => weightGradient(rows.conv, x, dy, g),
        () => biasGradient(dy),
      ];
    },
  },
  convTranspose: {
    name: "convTranspose",
    shape: (inputs, attributes) => {
      const [x, w] = inputs as [Tensor, Tensor];
      const g = geometryOf(attributes);
      if (x.shape[1] !== w.shape[0]) throw shapeError("convTranspose", "x [N, C, …] and w [C, O, …]", x, w);
      const output = attributes["output"] as readonly number[];
      return [x.shape[0] ?? 1, (w.shape[1] ?? 1) * g.groups, ...output];
    },
    emit: (emitter, t, inputs) => {
      const g = geometryOf(t.attributes);
      const x = t.inputs[0].shape.slice(2);
      const output_padding = t.shape.slice(2).map((n, axis) => n - natural(x[axis] ?? 1, g, axis));
      return emitter.node("ConvTranspose", inputs, { ...onnxAttributes(g), output_padding });
    },
    gradient: ({ dy, y, inputs: [x, w] }) => {
      const g = geometryOf(y.attributes);
      return [
        () => conv(dy, w, undefined, g),
        () => weightGradient(rows.conv, dy, x, g),
        () => biasGradient(dy),
      ];
    },
  },
};

/** Extent of a transposed convolution without output padding. */
function natural(n: number, g: Geometry, axis: number): number {
  return (n - 1) * (g.stride[axis] ?? 1) - 2 * (g.padding[axis] ?? 0) + reach(g, axis) + 1;
}

/**
 * Gradient of the input. With stride 1 it is a convolution with the kernel turned round and its channels swapped, which
 * the runtime computes twice as fast as ConvTranspose; otherwise the transposed convolution.
 */
function inputGradient(dy: Tensor, w: Tensor, shape: Shape, g: Geometry): Tensor {
  const spatial = [...g.kernel.keys()];
  const simple =
    g.groups === 1 &&
    g.stride.every((s) => s === 1) &&
    spatial.every((i) => reach(g, i) >= (g.padding[i] ?? 0));
  if (!simple) return node(rows.convTranspose, [dy, w], { ...g, output: shape.slice(2) });
  const turned = flip(
    w,
    spatial.filter((i) => (g.kernel[i] ?? 1) > 1).map((i) => i + 2),
  );
  const swapped = transpose(turned, [1, 0, ...spatial.map((i) => i + 2)]);
  return node(rows.conv, [dy, swapped], {
    ...g,
    padding: spatial.map((i) => reach(g, i) - (g.padding[i] ?? 0)),
  });
}

function biasGradient(dy: Tensor): Tensor {
  const axes = [...dy.shape.keys()].filter((axis) => axis !== 1);
  return reshape(sum(dy, axes), [dy.shape[1] ?? 1]);
}

function complete(w: Tensor, options: ConvOptions): Geometry {
  const kernel = w.shape.slice(2);
  const ones = kernel.map(() => 1);
  const { stride = ones, padding = kernel.map(() => 0), dilation = ones, groups = 1 } = options;
  return { kernel, stride, padding, dilation, groups };
}

/** Cross-correlation as in every framework's "conv". */
export function conv(x: Tensor, w: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor {
  return node(rows.conv, bias ? [x, w, bias] : [x, w], { ...complete(w, options) });
}

/** Transposed convolution; `output` (spatial extents) resolves what the stride leaves open. */
export function convTranspose(
  x: Tensor,
  w: Tensor,
  bias?: Tensor,
  options: ConvOptions & { output?: readonly number[] } = {},
): Tensor {
  const g = complete(w, options);
  if (g.groups !== 1) {
    throw new MarrowError("GRAPH_SHAPE", {
      expected: "convTranspose with one group",
      found: `${g.groups} groups`,
    });
  }
  const output = options.output ?? x.shape.slice(2).map((n, axis) => natural(n, g, axis));
  return node(rows.convTranspose, bias ? [x, w, bias] : [x, w], { ...g, output });
}
