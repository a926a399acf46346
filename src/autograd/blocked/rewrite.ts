/**
 * Rewrites a graph so that its large two-dimensional part runs on channel-blocked tensors, which ONNX Runtime's processor
 * kernels take half the time for. The runtime does this by itself only where weights are constant and images
 * two-dimensional; a training step has neither. Values are the same but for rounding.
 *
 * Every node is computed plain or blocked; `rules` say which operators have a blocked form and when it pays. A value that
 * is needed the other way round is reordered once.
 */
import { topological } from "../onnx/compile.js";
import { node, sameShape, type Shape, type Tensor } from "../tensor.js";
import { extents, isImage, toBlocked, toPlain } from "./layout.js";
import type { Context } from "./rule.js";
import { rules } from "./rules.js";

class Rewriting implements Context {
  private readonly plainValues = new Map<Tensor, Tensor>();
  private readonly blockedValues = new Map<Tensor, Tensor>();
  private readonly computedBlocked = new Set<Tensor>();
  private readonly uses = new Map<Tensor, number>();

  constructor(
    readonly block: number,
    order: readonly Tensor[],
    outputs: readonly Tensor[],
  ) {
    const used = [...order.flatMap((t) => t.inputs), ...outputs];
    for (const t of used) this.uses.set(t, (this.uses.get(t) ?? 0) + 1);
  }

  fits(shape: Shape): boolean {
    return isImage(shape) && extents(shape).c % this.block === 0;
  }

  isBlocked(t: Tensor): boolean {
    return this.computedBlocked.has(t);
  }

  isUsedOnce(t: Tensor): boolean {
    return this.uses.get(t) === 1;
  }

  plain(t: Tensor): Tensor {
    return remembered(this.plainValues, t, () => toPlain(this.blocked(t), t.shape));
  }

  blocked(t: Tensor): Tensor {
    return remembered(this.blockedValues, t, () => toBlocked(this.plain(t)));
  }

  visit(t: Tensor): void {
    const result = rules[t.operator.name]?.(t, this) ?? { plain: this.rebuilt(t) };
    if ("plain" in result) {
      this.plainValues.set(t, result.plain);
    } else {
      this.blockedValues.set(t, result.blocked);
      this.computedBlocked.add(t);
    }
  }

  private rebuilt(t: Tensor): Tensor {
    const inputs = t.inputs.map((input) => this.plain(input));
    if (inputs.every((input, i) => input === t.inputs[i])) return t;
    return node(t.operator, inputs, t.attributes, { dtype: t.dtype });
  }
}

function remembered(map: Map<Tensor, Tensor>, t: Tensor, make: () => Tensor): Tensor {
  const known = map.get(t);
  if (known) return known;
  const made = make();
  map.set(t, made);
  return made;
}

/** The same outputs, computed on tensors of `block` channels a block where that pays; block 1 changes nothing. */
export function blockChannels(
  outputs: Readonly<Record<string, Tensor>>,
  block: number,
): Readonly<Record<string, Tensor>> {
  if (block <= 1) return outputs;
  const order = topological(Object.values(outputs));
  const rewriting = new Rewriting(block, order, Object.values(outputs));
  for (const t of order) rewriting.visit(t);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, t]) => [name, checked(rewriting.plain(t), t)]),
  );
}

function checked(result: Tensor, t: Tensor): Tensor {
  if (!sameShape(result.shape, t.shape))
    throw new Error(`blocked ${t.operator.name}: [${result.shape.join()}] for [${t.shape.join()}]`);
  return result;
}
