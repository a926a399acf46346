/** Matrix products over the last two axes, leading axes broadcast. */
import { broadcastShape, node, type Operator, shapeError, type Tensor } from "../tensor.js";
import { transpose } from "./shape.js";

const batchOf = (t: Tensor): Tensor => ({ ...t, shape: t.shape.slice(0, -2) });

export const rows = {
  matmul: {
    name: "matmul",
    shape: (inputs) => {
      const [a, b] = inputs as [Tensor, Tensor];
      if (a.shape.length < 2 || b.shape.length < 2 || a.shape.at(-1) !== b.shape.at(-2)) {
        throw shapeError("matmul", "[…, m, k] and [k, n]", a, b);
      }
      return [...broadcastShape("matmul", batchOf(a), batchOf(b)), a.shape.at(-2) ?? 1, b.shape.at(-1) ?? 1];
    },
    emit: (emitter, _, inputs) => emitter.node("MatMul", inputs),
    gradient: ({ dy, inputs }) => {
      const [a, b] = inputs as [Tensor, Tensor];
      return [() => matmul(dy, swapLast(b)), () => matmul(swapLast(a), dy)];
    },
  },
} satisfies Record<string, Operator>;

export const matmul = (a: Tensor, b: Tensor): Tensor => node(rows.matmul, [a, b]);

/** The transpose of every matrix. */
export function swapLast(x: Tensor): Tensor {
  const n = x.shape.length;
  return transpose(x, [...Array.from({ length: n - 2 }, (_, i) => i), n - 1, n - 2]);
}
