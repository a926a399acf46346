/** Sums and activations that a blocked convolution can apply on its way to memory, where nothing else reads its result. */
import { reshape, rows as shapeRows } from "../operators/shape.js";
import { node, sameShape, type Tensor } from "../tensor.js";
import { type BlockedConv, rows } from "./operators.js";
import type { Context } from "./rule.js";

/** The convolution a blocked value is, seen through a change of shape. */
function convolutionOf(value: Tensor): Tensor | undefined {
  const source = value.operator === shapeRows.reshape ? value.inputs[0] : value;
  return source?.operator === rows.blockedConv && source.attributes["activation"] === "" ? source : undefined;
}

function replaced(value: Tensor, inputs: readonly Tensor[], change: Partial<BlockedConv> = {}): Tensor {
  const conv = convolutionOf(value) as Tensor;
  return reshape(node(rows.blockedConv, inputs, { ...conv.attributes, ...change }), value.shape);
}

function fusible(x: Tensor, context: Context): Tensor | undefined {
  return context.isBlocked(x) && context.isUsedOnce(x) ? convolutionOf(context.blocked(x)) : undefined;
}

/** relu(conv) and leakyRelu(conv). */
export function fusedActivation(t: Tensor, context: Context): { blocked: Tensor } | undefined {
  const x = t.inputs[0];
  const conv = fusible(x, context);
  if (!conv) return undefined;
  const change: Partial<BlockedConv> =
    t.operator.name === "relu"
      ? { activation: "Relu" }
      : { activation: "LeakyRelu", alpha: t.attributes["alpha"] as number };
  return { blocked: replaced(context.blocked(x), conv.inputs, change) };
}

/** conv + other. */
export function fusedSum(t: Tensor, context: Context): { blocked: Tensor } | undefined {
  const [a, b] = t.inputs as [Tensor, Tensor];
  if (!sameShape(a.shape, b.shape)) return undefined;
  for (const [x, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const conv = fusible(x, context);
    if (conv?.inputs.length !== 3) continue;
    const plus = reshape(context.blocked(other), conv.shape);
    return { blocked: replaced(context.blocked(x), [...conv.inputs, plus]) };
  }
  return undefined;
}
