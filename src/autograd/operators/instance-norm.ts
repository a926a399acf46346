/** Instance normalisation without learnt scale: every channel of every sample to mean 0 and variance 1. */
import { constant, node, type Operator, type Shape, sizeOf, type Tensor } from "../tensor.js";
import { mul, sub } from "./elementwise.js";
import { mean } from "./reduction.js";
import { reshape } from "./shape.js";

export const rows = {
  /** Outputs the normalised tensor; the second row below gives 1 / standard deviation for the backward pass. */
  instanceNorm: {
    name: "instanceNorm",
    shape: (inputs) => (inputs[0] as Tensor).shape,
    emit: (emitter, t, inputs) => emitter.node("InstanceNormalization", inputs, { epsilon: { float: t.attributes["epsilon"] as number } }),
    gradient: ({ dy, y, inputs }) => [() => backward(dy, y, inputs[0] as Tensor), undefined, undefined],
  },
  inverseDeviation: {
    name: "inverseDeviation",
    shape: (inputs) => (inputs[0] as Tensor).shape.map((n, axis) => (axis < 2 ? n : 1)),
    emit: (emitter, t, [x]) => {
      const axes = emitter.ints(spatialAxes((t.inputs[0] as Tensor).shape));
      const count = sizeOf((t.inputs[0] as Tensor).shape.slice(2));
      const [average] = emitter.node("ReduceMean", [x as string, axes], { keepdims: 1 });
      const [squares] = emitter.node("ReduceSumSquare", [x as string, axes], { keepdims: 1 });
      const [power] = emitter.node("Div", [squares as string, emitter.float(count)]);
      const [square] = emitter.node("Mul", [average as string, average as string]);
      const [variance] = emitter.node("Sub", [power as string, square as string]);
      const [positive] = emitter.node("Max", [variance as string, emitter.float(0)]);
      const [shifted] = emitter.node("Add", [positive as string, emitter.float(t.attributes["epsilon"] as number)]);
      const [deviation] = emitter.node("Sqrt", [shifted as string]);
      return emitter.node("Reciprocal", [deviation as string]);
    },
  },
} satisfies Record<string, Operator>;

const spatialAxes = (shape: Shape) => [...shape.keys()].slice(2);

/** dx = (dy − mean(dy) − y · mean(dy · y)) / σ (Ioffe & Szegedy 2015, with statistics per sample and channel). */
function backward(dy: Tensor, y: Tensor, x: Tensor): Tensor {
  const axes = spatialAxes(y.shape);
  const scale = node(rows.inverseDeviation, [x], { epsilon: y.attributes["epsilon"] as number });
  const projection = mul(scale, mean(mul(dy, y), axes));
  return sub(sub(mul(dy, scale), mul(y, projection)), mul(scale, mean(dy, axes)));
}

/** x [N, C, …] with each sample's channel normalised over its spatial axes (biased variance). */
export function instanceNorm(x: Tensor, epsilon = 1e-5): Tensor {
  const channels = x.shape[1] ?? 1;
  const ones = constant(new Float32Array(channels).fill(1));
  const zeros = constant(new Float32Array(channels));
  return node(rows.instanceNorm, [x, ones, zeros], { epsilon });
}

/** Broadcasts a vector over channels: [C] → [1, C, 1, …]. */
export function perChannel(vector: Tensor, rank: number): Tensor {
  return reshape(vector, [1, vector.shape[0] ?? 1, ...Array.from({ length: rank - 2 }, () => 1)]);
}
