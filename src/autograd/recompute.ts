/**
 * Rewrites a training step so that results which are cheap to compute again are not kept from the forward to the backward
 * pass (Chen et al. 2016). An activation after a norm takes one pass over the norm's input. A convolution's result
 * takes a convolution, which is worth it where the result is large for each image: a batch can be made smaller, a patch
 * that has to be seen as a whole cannot.
 */
import { topological } from "./onnx/compile.js";
import { rows as convolution } from "./operators/convolution.js";
import { rows as elementwise } from "./operators/elementwise.js";
import { rows as norms } from "./operators/normalise.js";
import { rows as reduction } from "./operators/reduction.js";
import { after } from "./operators/shape.js";
import { node, type Operator, sizeOf, type Tensor } from "./tensor.js";

const activations = new Set<Operator>([elementwise.relu, elementwise.leakyRelu]);
const statistics = new Set<Operator>([norms.normalise, reduction.mean, reduction.sumSquare, elementwise.sub]);

type Uses = ReadonlyMap<Tensor, readonly Tensor[]>;

/** activation(norm(x)), whose norm nothing else reads. */
function isActivation(y: Tensor, forwardUses: Uses): boolean {
  const norm = y.inputs[0];
  if (!activations.has(y.operator) || norm?.operator !== norms.normalise) return false;
  return forwardUses.get(norm)?.length === 1;
}

/** A convolution that only a norm reads. */
function isConvolution(y: Tensor, forwardUses: Uses): boolean {
  const users = forwardUses.get(y) ?? [];
  return y.operator === convolution.conv && users.every((user) => statistics.has(user.operator));
}

/** y once more, not before `trigger` is known; `source` gives its inputs. */
function again(y: Tensor, trigger: Tensor, source: (t: Tensor) => Tensor): Tensor {
  if (y.operator === convolution.conv) {
    const [x, weights, ...bias] = y.inputs as [Tensor, Tensor, ...Tensor[]];
    return node(y.operator, [source(x), after(weights, trigger), ...bias], y.attributes);
  }
  const norm = y.inputs[0];
  const [x, average, inverse, scale, shift] = norm.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const late = [source(x), average, inverse, scale, after(shift, trigger)];
  return node(y.operator, [node(norm.operator, late, norm.attributes)], y.attributes);
}

function usesOf(order: readonly Tensor[]): Map<Tensor, Tensor[]> {
  const uses = new Map<Tensor, Tensor[]>();
  for (const t of order) for (const input of t.inputs) uses.set(input, [...(uses.get(input) ?? []), t]);
  return uses;
}

/**
 * The same outputs. `loss` divides them: what it depends on is the forward pass, all else the backward pass. Results of
 * convolutions of at least `large` elements an image are computed again.
 */
export function recompute(
  outputs: Readonly<Record<string, Tensor>>,
  loss: Tensor,
  large = Infinity,
): Record<string, Tensor> {
  const forward = new Set(topological([loss]));
  const order = topological(Object.values(outputs));
  const position = new Map(order.map((t, i) => [t, i]));
  const uses = usesOf(order);
  const forwardUses = usesOf([...forward]);
  const isBackward = (t: Tensor) => !forward.has(t);

  /** A gradient that meets what `user` makes of y: the moment when y is needed. */
  const momentOf = (user: Tensor, y: Tensor): Tensor | undefined => {
    const partner = user.inputs.find((t) => t !== y && isBackward(t) && t.inputs.length > 0);
    const next = uses.get(user)?.[0];
    return partner ?? (next && momentOf(next, user));
  };
  const triggers = new Map<Tensor, Tensor>();
  for (const y of forward) {
    const users = (uses.get(y) ?? []).filter(isBackward);
    const isLarge = sizeOf(y.shape.slice(1)) >= large && isConvolution(y, forwardUses);
    if (users.length === 0 || !(isLarge || isActivation(y, forwardUses))) continue;
    const moments = users.map((user) => momentOf(user, y));
    if (!moments.every((t) => t !== undefined)) continue;
    triggers.set(
      y,
      moments.reduce((a, b) => ((position.get(a) ?? 0) < (position.get(b) ?? 0) ? a : b)),
    );
  }
  return replaced(outputs, triggers, isBackward);
}

/** The outputs with every y among `triggers` computed again for the backward pass. */
function replaced(
  outputs: Readonly<Record<string, Tensor>>,
  triggers: ReadonlyMap<Tensor, Tensor>,
  isBackward: (t: Tensor) => boolean,
): Record<string, Tensor> {
  const inputsOf = (t: Tensor) =>
    isBackward(t) ? [...t.inputs, ...t.inputs.flatMap((input) => triggers.get(input) ?? [])] : t.inputs;
  const made = new Map<Tensor, Tensor>();
  const copies = new Map<Tensor, Tensor>();
  const copyOf = (y: Tensor, trigger: Tensor): Tensor => {
    const source = (t: Tensor) => (triggers.has(t) ? copyOf(t, trigger) : t);
    const copy = copies.get(y) ?? again(y, made.get(trigger) ?? trigger, source);
    copies.set(y, copy);
    return copy;
  };
  for (const t of topological(Object.values(outputs), inputsOf)) {
    if (!isBackward(t)) continue;
    const inputs = t.inputs.map((input) => {
      const trigger = triggers.get(input);
      return trigger ? copyOf(input, trigger) : (made.get(input) ?? input);
    });
    const isSame = inputs.every((input, i) => input === t.inputs[i]);
    made.set(t, isSame ? t : node(t.operator, inputs, t.attributes, { dtype: t.dtype }));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, made.get(t) ?? t]));
}
