import { compile } from "../../src/autograd/onnx/compile.js";
import { floats, Session, value } from "../../src/autograd/runtime.js";
import { sizeOf, type Data, type Shape, type Tensor } from "../../src/autograd/tensor.js";
import { Random } from "../../src/base/random.js";

/** Values of one fed tensor. */
export interface Fed {
  readonly shape: Shape;
  readonly data: Data;
}

export interface Computation {
  (feeds: Readonly<Record<string, Fed>>): Promise<Record<string, Float32Array>>;
  close(): Promise<void>;
}

/** Compiles once; each call computes all outputs from the values of the inputs the model reads. */
export async function prepare(outputs: Readonly<Record<string, Tensor>>): Promise<Computation> {
  const session = await Session.open(compile(outputs), { threads: 1 });
  const run = async (feeds: Readonly<Record<string, Fed>>) => {
    const read = Object.entries(feeds).filter(([name]) => session.inputs.includes(name));
    const results = await session.run(
      Object.fromEntries(read.map(([name, fed]) => [name, value(fed.data, fed.shape)])),
    );
    return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, floats(result)]));
  };
  return Object.assign(run, { close: () => session.close() });
}

/** Computes the outputs once. */
export async function evaluate(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, Fed>> = {},
): Promise<Record<string, Float32Array>> {
  const run = await prepare(outputs);
  const results = await run(feeds);
  await run.close();
  return results;
}

/** Distinct, evenly spaced values between the bounds in a seeded order: no two are close, none of an even number is 0. */
export function spread(shape: Shape, seed: number, low = -1.5, high = 1.5): Float32Array<ArrayBuffer> {
  const n = sizeOf(shape);
  const values = Array.from({ length: n }, (_, i) => low + ((i + 0.5) * (high - low)) / n);
  return Float32Array.from(new Random(seed).shuffle(values));
}

/** Labels 0 … classes − 1, every one of which occurs where there is room. */
export function someLabels(shape: Shape, classes: number, seed = 5): Uint8Array<ArrayBuffer> {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => i % classes);
  return Uint8Array.from(new Random(seed).shuffle(values));
}

/** Largest absolute difference divided by the largest magnitude of the expected values (at least `floor`). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1e-3): number {
  if (actual.length !== expected.length) return Infinity;
  let [difference, magnitude] = [0, floor];
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(actual[i] - expected[i]);
    difference = Number.isNaN(d) ? Infinity : Math.max(difference, d);
    magnitude = Math.max(magnitude, Math.abs(expected[i]));
  }
  return difference / magnitude;
}
