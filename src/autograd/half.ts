/**
 * Mixed precision (Micikevicius et al. 2018): products of images with weights are computed on 16-bit floats, and what only
 * moves or clips their results stays in 16 bits; norms, losses, sums and the update are computed on 32 bits. A convolution
 * or matrix product that adds up many numbers stays whole, for a device may add in 16 bits: so do all gradients of weights,
 * whose sums run over the image.
 */
import { topological } from "./onnx/compile.js";
import { cast } from "./operators/elementwise.js";
import { type DType, node, type Tensor } from "./tensor.js";

/** How numbers of a training are computed. Weights and their update are 32-bit floats in both. */
export type Precision = "float32" | "float16";

/** Most products that are added up in 16 bits: those of 512 channels under a 3 × 3 kernel. */
const longestSum = 4608;

const size = (t: Tensor | undefined, from: number) => t?.shape.slice(from).reduce((a, b) => a * b, 1) ?? 1;

/** Numbers that an operator adds up for one result. */
const sumLength: Readonly<Record<string, (inputs: readonly Tensor[]) => number>> = {
  conv: ([, weights]) => size(weights, 1),
  convTranspose: ([, weights]) => size(weights, 0) / (weights?.shape[1] ?? 1),
  matmul: ([a]) => size(a, -1),
};

/** Operators that take either precision, as their inputs come. */
const followers = new Set(["relu", "leakyRelu", "concat", "slice", "reshape", "transpose"]);

class Halving {
  private readonly made = new Map<Tensor, Tensor>();
  private readonly casts = new Map<Tensor, Tensor>();

  visit(t: Tensor): void {
    const inputs = this.isHalf(t)
      ? t.inputs.map((u) => this.as(u, "float16"))
      : t.inputs.map((u) => this.whole(u));
    const isSame = inputs.every((u, i) => u === t.inputs[i]);
    this.made.set(
      t,
      isSame ? t : node(t.operator, inputs, t.attributes, { dtype: this.isHalf(t) ? "float16" : t.dtype }),
    );
  }

  /** The new value of t as a result. */
  whole(t: Tensor): Tensor {
    return t.dtype === "float32" ? this.as(t, "float32") : (this.made.get(t) ?? t);
  }

  private isHalf(t: Tensor): boolean {
    if (t.dtype !== "float32" || t.inputs.length === 0) return false;
    const length = sumLength[t.operator.name]?.(t.inputs);
    if (length !== undefined) return length <= longestSum;
    return followers.has(t.operator.name) && t.inputs.every((u) => this.made.get(u)?.dtype === "float16");
  }

  private as(t: Tensor, dtype: DType): Tensor {
    const value = this.made.get(t) ?? t;
    if (value.dtype === dtype) return value;
    const known = this.casts.get(value) ?? cast(value, dtype);
    this.casts.set(value, known);
    return known;
  }
}

/** The same outputs, as 32-bit floats, computed on 16-bit floats where that is safe. */
export function halfPrecision(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const halving = new Halving();
  for (const t of topological(Object.values(outputs))) halving.visit(t);
  return Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, halving.whole(t)]));
}
