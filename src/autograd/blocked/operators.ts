/**
 * ONNX Runtime's own processor kernels on channel-blocked tensors (its domain com.microsoft.nchwc), as operators of our
 * graphs. A blocked tensor has the shape [P, C, H, W] (P planes: samples × slices) and the memory [P, C / B, H, W, B]: B
 * channels of a voxel lie together, where vector instructions want them. Only these operators read it that way; for
 * element-by-element operators the order does not matter. None has a gradient: the rewrite comes after differentiation.
 */
import { node, type Operator, type Shape, type Tensor } from "../tensor.js";

/** What may be applied to a convolution's result on its way to memory. */
export type Activation = "Relu" | "LeakyRelu";

export interface BlockedConv {
  readonly kernel: Shape;
  readonly stride: Shape;
  /** Zeros before H and W; after them as many, or `paddingAfter`. */
  readonly padding: Shape;
  readonly paddingAfter?: Shape;
  readonly dilation: Shape;
  readonly groups: number;
  readonly activation: Activation | "";
  readonly alpha: number;
}

const domain = "com.microsoft.nchwc::";
const geometry = (t: Tensor) => t.attributes as unknown as BlockedConv;

function convAttributes(t: Tensor) {
  const { kernel, stride, padding, paddingAfter, dilation, groups, activation, alpha } = geometry(t);
  return {
    kernel_shape: kernel,
    strides: stride,
    pads: [...padding, ...(paddingAfter ?? padding)],
    dilations: dilation,
    group: groups,
    ...(activation === "" ? {} : { activation }),
    ...(activation === "LeakyRelu" ? { activation_params: { floats: [alpha] } } : {}),
  };
}

const windowed =
  (onnx: string): Operator["emit"] =>
  (emitter, t, inputs) => {
    const kernel = t.attributes["kernel"] as Shape;
    return emitter.node(domain + onnx, inputs, { kernel_shape: kernel, strides: kernel });
  };
const shrunk: Operator["shape"] = ([x], attributes) => {
  const [p = 1, c = 1, h = 1, w = 1] = x?.shape ?? [];
  const [kh = 1, kw = 1] = attributes["kernel"] as Shape;
  return [p, c, Math.floor(h / kh), Math.floor(w / kw)];
};

export const rows = {
  /** Plain [P, C, H, W], or where `last` [P, H, W, C], to blocked; C must be a multiple of the block. */
  reorderInput: {
    name: "reorderInput",
    shape: ([x], attributes) => {
      const [p = 1, ...rest] = x?.shape ?? [];
      return attributes["last"] ? [p, rest[2] ?? 1, rest[0] ?? 1, rest[1] ?? 1] : [p, ...rest];
    },
    emit: (emitter, t, inputs) =>
      emitter.node(`${domain}ReorderInput`, inputs, { channels_last: t.attributes["last"] as boolean }),
  },
  /** Blocked to plain: the first `channels`, as [P, channels, H, W], or [P, H, W, channels] where `last`. */
  reorderOutput: {
    name: "reorderOutput",
    shape: ([x], attributes) => {
      const [p = 1, , h = 1, w = 1] = x?.shape ?? [];
      const channels = attributes["channels"] as number;
      return attributes["last"] ? [p, h, w, channels] : [p, channels, h, w];
    },
    emit: (emitter, t, inputs) => {
      const { channels, last } = t.attributes as { channels: number; last: boolean };
      return emitter.node(`${domain}ReorderOutput`, inputs, { channels, channels_last: last });
    },
  },
  /** Inputs x, weights in blocked order, bias and, optionally, a tensor that is added before the activation. */
  blockedConv: {
    name: "blockedConv",
    shape: ([x, w], attributes) => {
      const { kernel, stride, padding, paddingAfter, dilation } = attributes as unknown as BlockedConv;
      const zeros = (i: number) => (padding[i] ?? 0) + ((paddingAfter ?? padding)[i] ?? 0);
      const spatial = (x?.shape ?? []).slice(2).map((n, i) => {
        const reach = (dilation[i] ?? 1) * ((kernel[i] ?? 1) - 1);
        return Math.floor((n + zeros(i) - reach - 1) / (stride[i] ?? 1)) + 1;
      });
      return [x?.shape[0] ?? 1, w?.shape[0] ?? 1, ...spatial];
    },
    emit: (emitter, t, inputs) => emitter.node(`${domain}Conv`, inputs, convAttributes(t)),
  },
  /** Windows of `kernel`, which do not overlap. */
  blockedMaxPool: { name: "blockedMaxPool", shape: shrunk, emit: windowed("MaxPool") },
  blockedAveragePool: { name: "blockedAveragePool", shape: shrunk, emit: windowed("AveragePool") },
  /** Every voxel repeated `factor` times along H and W. */
  blockedRepeat: {
    name: "blockedRepeat",
    shape: ([x], attributes) => {
      const factor = attributes["factor"] as Shape;
      return (x?.shape ?? []).map((n, axis) => n * (factor[axis - 2] ?? 1));
    },
    emit: (emitter, t, inputs) => {
      const scales = [1, 1, ...(t.attributes["factor"] as Shape)];
      return emitter.node(`${domain}Upsample`, inputs, { scales, mode: "nearest" });
    },
  },
} satisfies Record<string, Operator>;

export const reorderInput = (x: Tensor, last = false): Tensor => node(rows.reorderInput, [x], { last });
export const reorderOutput = (x: Tensor, channels: number, last = false): Tensor =>
  node(rows.reorderOutput, [x], { channels, last });
export const blockedMaxPool = (x: Tensor, kernel: Shape): Tensor =>
  node(rows.blockedMaxPool, [x], { kernel });
export const blockedAveragePool = (x: Tensor, kernel: Shape): Tensor =>
  node(rows.blockedAveragePool, [x], { kernel });
export const blockedRepeat = (x: Tensor, factor: Shape): Tensor => node(rows.blockedRepeat, [x], { factor });

/** `weights` in blocked order (see weights.ts). */
export function blockedConv(
  inputs: { x: Tensor; weights: Tensor; bias: Tensor; plus?: Tensor },
  options: Partial<BlockedConv> & { kernel: Shape },
): Tensor {
  const { x, weights, bias, plus } = inputs;
  const ones = [1, 1];
  const defaults = { stride: ones, padding: [0, 0], dilation: ones, groups: 1, activation: "", alpha: 0 };
  return node(rows.blockedConv, plus ? [x, weights, bias, plus] : [x, weights, bias], {
    ...defaults,
    ...options,
  });
}
