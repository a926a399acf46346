/**
 * What a network definition draws on: named parameters with their initialisation, layers, and the random masks that
 * training feeds. One definition serves training (`training: true`), inference and export.
 */
import { prelu } from "../autograd/activations.js";
import { batchNorm, instanceNorm, layerNorm } from "../autograd/norms.js";
import { add, mul } from "../autograd/operators/elementwise.js";
import { perChannel } from "../autograd/operators/normalise.js";
import { conv, type ConvOptions, convTranspose } from "../autograd/operators/convolution.js";
import { matmul, swapLast } from "../autograd/operators/matmul.js";
import { detach } from "../autograd/operators/shape.js";
import { upsample } from "../autograd/upsample.js";
import { input, parameter, type Shape, sizeOf, type Tensor } from "../autograd/tensor.js";
import type { Random } from "../base/random.js";

/** Start value: uniform in ±bound, normal with a standard deviation, or a constant. */
type Initial = { readonly bound: number } | { readonly deviation: number } | { readonly value: number };

interface ParameterInfo {
  readonly tensor: Tensor;
  readonly initial: Initial;
}

/** A dropout mask that training feeds: 0 with probability p, else 1 / (1 − p). */
export interface DropoutMask {
  readonly tensor: Tensor;
  readonly probability: number;
}

export class Layers {
  readonly parameters = new Map<string, ParameterInfo>();
  /** Running statistics: fed and returned, never trained. */
  readonly statistics = new Map<string, ParameterInfo>();
  /** The statistics' values after a training step. */
  readonly updates = new Map<string, Tensor>();
  readonly dropoutMasks: DropoutMask[] = [];
  /** What each named layer gave, in order: what `marrow explain --layer` can look at. */
  readonly results = new Map<string, Tensor>();
  /** Tensors that training feeds with numbers drawn evenly from 0 to 1. */
  readonly uniforms: Tensor[] = [];

  constructor(readonly training: boolean) {}

  /** Names a result, e.g. that of a whole block, and returns it. */
  named(name: string, result: Tensor): Tensor {
    this.results.set(name, result);
    return result;
  }

  /** The parameter of this name, made at first use; asking again shares it. */
  parameter(name: string, shape: Shape, initial: Initial): Tensor {
    return this.stored(this.parameters, name, shape, initial);
  }

  private stored(map: Map<string, ParameterInfo>, name: string, shape: Shape, initial: Initial): Tensor {
    const known = map.get(name);
    if (known) return known.tensor;
    const tensor = parameter(name, shape);
    map.set(name, { tensor, initial });
    return tensor;
  }

  /**
   * Convolution with "same" padding unless told otherwise; kernel along D, H, W or H, W. PyTorch's initialisation. A norm
   * right after it takes the bias out again, so `beforeNorm` saves computing a gradient that is zero.
   */
  conv(
    name: string,
    x: Tensor,
    out: number,
    kernel: Shape,
    options: ConvOptions & { bias?: boolean; beforeNorm?: boolean } = {},
  ): Tensor {
    const {
      bias = true,
      beforeNorm = false,
      padding = kernel.map((k) => Math.floor(k / 2)),
      ...rest
    } = options;
    const into = (x.shape[1] ?? 1) / (rest.groups ?? 1);
    const bound = 1 / Math.sqrt(into * sizeOf(kernel));
    const weight = this.parameter(`${name}.weight`, [out, into, ...kernel], { bound });
    if (!bias) return this.named(name, conv(x, weight, undefined, { ...rest, padding }));
    const offset = this.parameter(`${name}.bias`, [out], { bound });
    return this.named(name, conv(x, weight, beforeNorm ? detach(offset) : offset, { ...rest, padding }));
  }

  /** Transposed convolution whose kernel is its stride: multiplies the extents by `factor`. */
  upsample(name: string, x: Tensor, out: number, factor: Shape, { bias = true } = {}): Tensor {
    const bound = 1 / Math.sqrt(out * sizeOf(factor));
    const weight = this.parameter(`${name}.weight`, [x.shape[1] ?? 1, out, ...factor], { bound });
    const offset = bias ? this.parameter(`${name}.bias`, [out], { bound }) : undefined;
    return this.named(name, upsample(x, weight, offset));
  }

  /** Transposed convolution with overlapping windows before a norm: multiplies the extents by `stride`. */
  convTranspose(name: string, x: Tensor, out: number, kernel: Shape, stride: Shape): Tensor {
    const bound = 1 / Math.sqrt(out * sizeOf(kernel));
    const weight = this.parameter(`${name}.weight`, [x.shape[1] ?? 1, out, ...kernel], { bound });
    const bias = detach(this.parameter(`${name}.bias`, [out], { bound }));
    const padding = kernel.map((k) => Math.floor(k / 2));
    const output = x.shape.slice(2).map((n, axis) => n * (stride[axis] ?? 1));
    return this.named(name, convTranspose(x, weight, bias, { stride, padding, output }));
  }

  /** x [N, …, in] · weightᵀ + bias, PyTorch's initialisation. */
  linear(name: string, x: Tensor, out: number, { bias = true } = {}): Tensor {
    const into = x.shape.at(-1) ?? 1;
    const bound = 1 / Math.sqrt(into);
    const product = matmul(x, swapLast(this.parameter(`${name}.weight`, [out, into], { bound })));
    return bias ? add(product, this.parameter(`${name}.bias`, [out], { bound })) : product;
  }

  /** Leaky ReLU with one learnt slope, 0.25 at first (He et al. 2015). */
  prelu(name: string, x: Tensor): Tensor {
    return prelu(x, this.parameter(`${name}.weight`, [1], { value: 0.25 }));
  }

  /** Instance norm, with learnt scale and shift where it has a name, then channel dropout in training. */
  instanceNorm(x: Tensor, { name, dropout = 0 }: { name?: string; dropout?: number } = {}): Tensor {
    const [scale, shift] = name === undefined ? [] : this.affine(name, x.shape[1] ?? 1);
    const given = (y: Tensor) => (name === undefined ? y : this.named(name, y));
    if (!this.training || dropout === 0) return given(instanceNorm(x, scale, shift));
    const mask = this.dropoutMask(x, dropout);
    const rank = x.shape.length;
    const masked = (vector?: Tensor) => vector && mul(perChannel(vector, rank), mask);
    return given(instanceNorm(x, masked(scale) ?? mask, masked(shift)));
  }

  /** Batch norm with running statistics. */
  batchNorm(name: string, x: Tensor): Tensor {
    const channels = x.shape[1] ?? 1;
    const [scale, shift] = this.affine(name, channels);
    const runningMean = this.stored(this.statistics, `${name}.running_mean`, [channels], { value: 0 });
    const runningVariance = this.stored(this.statistics, `${name}.running_var`, [channels], { value: 1 });
    const result = batchNorm(x, { scale, shift, runningMean, runningVariance }, this.training);
    if (result.runningMean) this.updates.set(`${name}.running_mean`, result.runningMean);
    if (result.runningVariance) this.updates.set(`${name}.running_var`, result.runningVariance);
    return this.named(name, result.y);
  }

  /** Layer norm over the last axis. */
  layerNorm(name: string, x: Tensor): Tensor {
    const [scale, shift] = this.affine(name, x.shape.at(-1) ?? 1);
    return layerNorm(x, scale, shift);
  }

  private affine(name: string, channels: number): [Tensor, Tensor] {
    return [
      this.parameter(`${name}.weight`, [channels], { value: 1 }),
      this.parameter(`${name}.bias`, [channels], { value: 0 }),
    ];
  }

  /** Drops whole channels of a sample in training (Tompson et al. 2015). */
  channelDropout(x: Tensor, probability: number): Tensor {
    return this.training && probability > 0 ? mul(x, this.dropoutMask(x, probability)) : x;
  }

  /** Drops single elements in training (Srivastava et al. 2014). */
  dropout(x: Tensor, probability: number): Tensor {
    return this.training && probability > 0 ? mul(x, this.dropoutMask(x, probability, x.shape)) : x;
  }

  /** Numbers between 0 and 1, drawn anew for every training step. */
  uniform(shape: Shape): Tensor {
    const tensor = input(`uniform.${this.uniforms.length}`, shape);
    this.uniforms.push(tensor);
    return tensor;
  }

  private dropoutMask(x: Tensor, probability: number, shape: Shape = channelShape(x)): Tensor {
    const tensor = input(`dropout.${this.dropoutMasks.length}`, shape);
    this.dropoutMasks.push({ tensor, probability });
    return tensor;
  }
}

/** [N, C, 1, …] */
function channelShape(x: Tensor): Shape {
  return x.shape.map((n, axis) => (axis < 2 ? n : 1));
}

/** Start values of all parameters and statistics; each has a stream of its own, so their order does not matter. */
export function initialValues(
  layers: Layers,
  random: (name: string) => Random,
): Map<string, Float32Array<ArrayBuffer>> {
  const values = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, { tensor, initial }] of [...layers.parameters, ...layers.statistics]) {
    const data = new Float32Array(sizeOf(tensor.shape));
    if ("value" in initial) data.fill(initial.value);
    else {
      const stream = random(name);
      const draw =
        "bound" in initial
          ? () => stream.uniform(-initial.bound, initial.bound)
          : () => stream.normal(0, initial.deviation);
      for (let i = 0; i < data.length; i++) data[i] = draw();
    }
    values.set(name, data);
  }
  return values;
}

/** Values of one dropout mask. */
export function drawMask(mask: DropoutMask, random: Random): Float32Array<ArrayBuffer> {
  const keep = 1 / (1 - mask.probability);
  return Float32Array.from({ length: sizeOf(mask.tensor.shape) }, () =>
    random.chance(mask.probability) ? 0 : keep,
  );
}

/** Values of one tensor of even random numbers. */
export function drawUniform(tensor: Tensor, random: Random): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: sizeOf(tensor.shape) }, () => random.uniform());
}
