/**
 * Computes beforehand what depends on stored weights alone, such as their order for blocked kernels. The runtime would do
 * so while it opens a model, but keeps room for the weights as they were and for every step in between.
 */
import { compile, topological } from "./onnx/compile.js";
import { replaced } from "./replace.js";
import { floats, Session, value, type Values } from "./runtime.js";
import { isConstant, isParameter, parameter, type Tensor } from "./tensor.js";

type Outputs = Readonly<Record<string, Tensor>>;
type Weights = ReadonlyMap<string, Float32Array>;

/** The same outputs of `stored` weights, and the weights that they still read. */
export async function foldWeights(
  outputs: Outputs,
  stored: Weights,
): Promise<{ outputs: Outputs; stored: Weights }> {
  const order = topological(Object.values(outputs));
  const fixed = new Set<Tensor>();
  for (const t of order) {
    const isLeaf = isConstant(t) || (isParameter(t) && stored.has(t.name ?? ""));
    if (isLeaf || (t.inputs.length > 0 && t.inputs.every((u) => fixed.has(u)))) fixed.add(t);
  }
  const read = new Set([
    ...Object.values(outputs),
    ...order.filter((t) => !fixed.has(t)).flatMap((t) => t.inputs),
  ]);
  const results = [...read].filter((t) => fixed.has(t) && t.inputs.length > 0 && t.dtype === "float32");
  if (results.length === 0) return { outputs, stored };
  const computed = await valuesOf(new Map(results.map((t, i) => [`folded.${i}`, t])), stored);
  const leaves = new Map(results.map((t, i) => [t, parameter(`folded.${i}`, t.shape)]));
  return readBy(replaced(outputs, leaves), new Map([...stored, ...computed]));
}

function readBy(outputs: Outputs, weights: Weights): { outputs: Outputs; stored: Weights } {
  const read = new Set(topological(Object.values(outputs)).map(({ name }) => name));
  return { outputs, stored: new Map([...weights].filter(([name]) => read.has(name))) };
}

async function valuesOf(
  results: ReadonlyMap<string, Tensor>,
  stored: Weights,
): Promise<Map<string, Float32Array>> {
  const parameters = topological([...results.values()]).filter(isParameter);
  const session = await Session.open(compile(Object.fromEntries(results)), { threads: 1 });
  const feeds: Values = {};
  for (const { name = "", shape } of parameters)
    feeds[name] = value(stored.get(name) ?? new Float32Array(), shape);
  const values = await session.run(feeds);
  await session.close();
  return new Map([...results.keys()].map((name) => [name, floats(values[name])]));
}
