import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autograd/gradient.js";
import { topological } from "../../src/autograd/onnx/compile.js";
import { add, cast, greater, mul, sign } from "../../src/autograd/operators/elementwise.js";
import { sum } from "../../src/autograd/operators/reduction.js";
import { detach } from "../../src/autograd/operators/shape.js";
import { operators } from "../../src/autograd/operators/table.js";
import { constant, input, type Operator, scalar, type Shape } from "../../src/autograd/tensor.js";
import { evaluate, type Fed, prepare, spread } from "./evaluate.js";
import { compositeExamples, type Example, operatorExamples } from "./gradient-examples.js";

/** Steps on whose results no gradient depends, or that only occur in gradients. */
const notDifferentiable = [
  "after",
  "cast",
  "equal",
  "floor",
  "greater",
  "greaterEqual",
  "maxScatter",
  "maxUnpool",
  "sign",
  "step",
  "topPlaces",
];

/** Stops the gradient on purpose, which differences cannot show; tested below. */
const stopping = ["detach"];

const table: Readonly<Record<string, Operator>> = operators;
const withRule = Object.keys(table).filter((name) => table[name].gradient && !stopping.includes(name));

/** Half the distance of a central difference; values of the examples lie further apart, so none meets a kink. */
const step = 4e-3;

interface Graph {
  readonly feeds: Record<string, Fed>;
  readonly names: readonly string[];
  readonly operators: ReadonlySet<Operator>;
  /** Σ wᵢ·yᵢ in double precision. */
  readonly loss: (feeds: Record<string, Fed>) => Promise<number>;
  readonly gradients: () => Promise<Record<string, Float32Array>>;
  readonly close: () => Promise<void>;
}

async function graphOf({ inputs, build }: Example): Promise<Graph> {
  const specs = inputs.map((spec) => ("shape" in spec ? spec : { shape: spec, from: -1.5, to: 1.5 }));
  const tensors = specs.map(({ shape }, i) => input(`x${i}`, shape));
  const names = tensors.map((_, i) => `x${i}`);
  const feeds = Object.fromEntries(
    specs.map(({ shape, from, to }, i) => [`x${i}`, { shape, data: spread(shape, i + 1, from, to) }]),
  );
  const y = build(...tensors);
  const weights = spread(y.shape, 77, 0.2, 1.2).map((v, i) => (i % 3 === 0 ? -v : v));
  const grads = gradients(sum(mul(y, constant(weights, y.shape))), tensors);
  const forward = await prepare({ y });
  const backward = await prepare(Object.fromEntries(grads.map((g, i) => [`grad.x${i}`, g])));
  const loss = async (fed: Record<string, Fed>) =>
    (await forward(fed))["y"].reduce((total, v, i) => total + v * weights[i], 0);
  const close = async () => void (await Promise.all([forward.close(), backward.close()]));
  const used = new Set(topological([y]).map((t) => t.operator));
  return { feeds, names, operators: used, loss, gradients: () => backward(feeds), close };
}

/** Central difference with respect to every element of one input. */
async function differences({ feeds, loss }: Graph, name: string): Promise<number[]> {
  const { shape, data } = feeds[name] as { shape: Shape; data: Float32Array<ArrayBuffer> };
  const slopes: number[] = [];
  for (let i = 0; i < data.length; i++) {
    const [above, below] = [data.with(i, data[i] + step), data.with(i, data[i] - step)];
    const rise =
      (await loss({ ...feeds, [name]: { shape, data: above } })) -
      (await loss({ ...feeds, [name]: { shape, data: below } }));
    slopes.push(rise / (above[i] - below[i]));
  }
  return slopes;
}

async function expectGradients(example: Example, row?: Operator): Promise<void> {
  const graph = await graphOf(example);
  if (row) expect(graph.operators).toContain(row);
  const actual = await graph.gradients();
  for (const name of graph.names) {
    const expected = await differences(graph, name);
    const got = actual[`grad.${name}`];
    expect(got.length).toBe(expected.length);
    const scale = Math.max(1e-2, ...expected.map(Math.abs));
    expected.forEach((value, i) => {
      const allowed = 1e-2 * Math.abs(value) + 2e-3 * scale;
      const error = Math.abs(got[i] - value);
      expect(error, `${name}[${i}]: rule ${got[i]}, difference ${value}`).toBeLessThan(allowed);
    });
  }
  await graph.close();
}

describe("every row of the operator table", () => {
  it("has an example, or is known not to be differentiable", () => {
    expect(Object.keys(operatorExamples).sort()).toEqual([...withRule].sort());
    const without = Object.keys(table).filter((name) => !table[name].gradient);
    expect(without.sort()).toEqual(notDifferentiable);
  });

  it("stands under its own name", () => {
    for (const [name, row] of Object.entries(table)) expect(row.name).toBe(name);
  });
});

describe.each(withRule)("gradient of %s agrees with differences", (name) => {
  it.each(operatorExamples[name] ?? [])("$name", (example) => expectGradients(example, table[name]));
});

describe("gradient of composites agrees with differences", () => {
  it.each(compositeExamples)("$name", (example) => expectGradients(example));
});

describe("gradients", () => {
  const x = () => input("x", [3]);
  const feeds = { x: { shape: [3], data: Float32Array.of(1, -2, 3) } };

  it("do not flow through detach, and elsewhere as before", async () => {
    const a = x();
    const [g] = gradients(sum(mul(detach(a), a)), [a]);
    expect([...(await evaluate({ g }, feeds))["g"]]).toEqual([1, -2, 3]);
  });

  it("ask no rule before a detach", async () => {
    const a = x();
    const [g] = gradients(sum(mul(detach(sign(a)), a)), [a]);
    expect([...(await evaluate({ g }, feeds))["g"]]).toEqual([1, -1, 1]);
  });

  it("adds up over all paths", async () => {
    const a = x();
    const [g] = gradients(sum(add(mul(a, a), mul(a, scalar(5)))), [a]);
    expect([...(await evaluate({ g }, feeds))["g"]]).toEqual([7, 1, 11]);
  });

  it("are zeros where the loss does not depend on an input", async () => {
    const unused = input("unused", [2, 2]);
    const [g] = gradients(sum(x()), [unused]);
    expect([...(await evaluate({ g }))["g"]]).toEqual([0, 0, 0, 0]);
  });

  it("can be taken of gradients", async () => {
    const a = x();
    const [first] = gradients(sum(mul(a, mul(a, a))), [a]);
    const [second] = gradients(sum(first), [a]);
    expect([...(await evaluate({ second }, feeds))["second"]]).toEqual([6, -12, 18]);
  });

  it.each([
    ["sign", (a: ReturnType<typeof x>) => sign(a)],
    ["cast", (a: ReturnType<typeof x>) => cast(greater(a, scalar(0)), "float32")],
  ])("name the operator without a rule: %s", (name, build) => {
    const a = x();
    expect(() => gradients(sum(build(a)), [a])).toThrow(
      expect.objectContaining({
        code: "GRAPH_NO_GRADIENT",
        message: expect.stringContaining(`operator ${name}`) as string,
      }),
    );
  });

  it("ask no rule that lies on no path to the input", async () => {
    const [a, b] = [x(), input("b", [3])];
    const [g] = gradients(sum(mul(a, sign(b))), [a]);
    const fed = { ...feeds, b: { shape: [3], data: Float32Array.of(-4, 0, 2) } };
    expect([...(await evaluate({ g }, fed))["g"]]).toEqual([-1, 0, 1]);
  });
});
