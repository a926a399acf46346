/**
 * Transpositions that put three groups of neighbouring axes in reverse order, [a, b, c] → [c, b, a], as two turns of
 * matrices. The runtime's processor kernel moves such tensors element by element: 4 × 512 × 1024 in 42 ms instead of 4.
 */
import { reshape, rows, transpose } from "./operators/shape.js";
import { rewritten } from "./replace.js";
import type { Shape, Tensor } from "./tensor.js";

/** Extents of the three groups, or undefined where the permutation is another. Axes of one element lie anywhere. */
function reversedGroups(shape: Shape, permutation: readonly number[]): Shape | undefined {
  const kept = [...shape.keys()].filter((axis) => shape[axis] !== 1);
  const groups: { last: number; extent: number }[] = [];
  for (const axis of permutation.filter((one) => shape[one] !== 1)) {
    const [place, extent] = [kept.indexOf(axis), shape[axis] ?? 1];
    const open = groups[0];
    if (open?.last === place - 1) groups[0] = { last: place, extent: open.extent * extent };
    else groups.unshift({ last: place, extent });
  }
  const isReversed = groups.length === 3 && groups.every(({ last }, i) => last > (groups[i - 1]?.last ?? -1));
  return isReversed ? groups.map(({ extent }) => extent) : undefined;
}

function inTwoTurns(x: Tensor, [a = 1, b = 1, c = 1]: Shape): Tensor {
  const swapped = transpose(reshape(x, [a, b, c]), [0, 2, 1]);
  return transpose(reshape(swapped, [a, c * b]), [1, 0]);
}

/** The same outputs; for the processor. */
export function turnInSteps(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return rewritten(outputs, (t, [x]) => {
    if (t.operator !== rows.transpose || !x) return undefined;
    const groups = reversedGroups(x.shape, t.attributes["permutation"] as readonly number[]);
    return groups && reshape(inTwoTurns(x, groups), t.shape);
  });
}
