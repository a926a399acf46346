import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autograd/gradient.js";
import { batchNorm } from "../../src/autograd/norms.js";
import { mul } from "../../src/autograd/operators/elementwise.js";
import { sum } from "../../src/autograd/operators/reduction.js";
import { constant, input, type Shape, sizeOf, type Tensor } from "../../src/autograd/tensor.js";
import { evaluate, type Fed, prepare, relativeError } from "./evaluate.js";
import { builders } from "./torch-builders.js";

interface Values {
  readonly shape: number[];
  readonly data: number[];
}
interface Case {
  readonly name: string;
  readonly inputs: Record<string, Values>;
  readonly y: Values;
  readonly weights: number[];
  readonly gradients: Record<string, number[]>;
}
interface BatchNorm {
  readonly scale: number[];
  readonly shift: number[];
  readonly steps: {
    readonly x: Values;
    readonly y: number[];
    readonly mean: number[];
    readonly variance: number[];
    readonly gradients: Record<"x" | "scale" | "shift", number[]>;
  }[];
  readonly evaluated: number[];
}

/** Made with PyTorch in double precision, see fixtures/make-torch-reference.py. */
const url = new URL("./fixtures/torch-reference.json", import.meta.url);
const reference = JSON.parse(readFileSync(url, "utf8")) as { cases: Case[]; batchNorm: BatchNorm };

const tolerance = 2e-5;
const floats = (data: readonly number[], shape: Shape): Fed => ({ shape, data: Float32Array.from(data) });

describe("agrees with PyTorch", () => {
  it("has a builder for every case and no other", () => {
    expect(Object.keys(builders).sort()).toEqual(reference.cases.map(({ name }) => name).sort());
  });

  it.each(reference.cases)("$name", async ({ name, inputs, y, weights, gradients: expected }) => {
    const isLabel = (key: string) => !(key in expected);
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([key, { shape, data }]): [string, Fed] => [
        key,
        isLabel(key) ? { shape, data: Uint8Array.from(data) } : floats(data, shape),
      ]),
    );
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([key, { shape }]): [string, Tensor] => [
        key,
        input(key, shape, isLabel(key) ? "uint8" : "float32"),
      ]),
    );
    const result = builders[name](tensors);
    expect(sizeOf(result.shape)).toBe(y.data.length);
    if (y.data.length > 1) expect(result.shape).toEqual(y.shape);
    const loss = sum(mul(result, constant(Float32Array.from(weights), result.shape)));
    const names = Object.keys(expected);
    const grads = gradients(
      loss,
      names.map((key) => tensors[key]),
    );
    const outputs = { y: result, ...Object.fromEntries(names.map((key, i) => [`grad.${key}`, grads[i]])) };
    const got = await evaluate(outputs, feeds);
    expect(relativeError(got["y"], y.data)).toBeLessThan(tolerance);
    for (const key of names) {
      expect(relativeError(got[`grad.${key}`], expected[key]), `gradient of ${key}`).toBeLessThan(tolerance);
    }
  });
});

describe("batch norm agrees with PyTorch", () => {
  const { scale, shift, steps, evaluated } = reference.batchNorm;
  const channels = [scale.length];
  const [x, a, b] = [input("x", steps[0].x.shape), input("scale", channels), input("shift", channels)];
  const [runningMean, runningVariance] = [input("mean", channels), input("variance", channels)];
  const state = { scale: a, shift: b, runningMean, runningVariance };
  const fixed = { scale: floats(scale, channels), shift: floats(shift, channels) };

  it("in training, moving its statistics, with gradients", async () => {
    const result = batchNorm(x, state, true);
    const cube = mul(result.y, mul(result.y, result.y));
    const grads = gradients(sum(cube), [x, a, b]);
    const run = await prepare({
      y: result.y,
      "next.mean": result.runningMean as Tensor,
      "next.variance": result.runningVariance as Tensor,
      "grad.x": grads[0],
      "grad.scale": grads[1],
      "grad.shift": grads[2],
    });
    let running = { mean: floats([0, 0, 0], channels), variance: floats([1, 1, 1], channels) };
    for (const step of steps) {
      const got = await run({ ...fixed, ...running, x: floats(step.x.data, step.x.shape) });
      expect(relativeError(got["y"], step.y)).toBeLessThan(tolerance);
      expect(relativeError(got["next.mean"], step.mean)).toBeLessThan(tolerance);
      expect(relativeError(got["next.variance"], step.variance)).toBeLessThan(tolerance);
      for (const [key, expected] of Object.entries(step.gradients)) {
        expect(relativeError(got[`grad.${key}`], expected), `gradient of ${key}`).toBeLessThan(
          10 * tolerance,
        );
      }
      running = {
        mean: floats([...got["next.mean"]], channels),
        variance: floats([...got["next.variance"]], channels),
      };
    }
    await run.close();
  });

  it("in evaluation, with the running statistics", async () => {
    const result = batchNorm(x, state, false);
    expect([result.runningMean, result.runningVariance]).toEqual([undefined, undefined]);
    const last = steps[steps.length - 1];
    const running = { mean: floats(last.mean, channels), variance: floats(last.variance, channels) };
    const got = await evaluate(
      { y: result.y },
      { ...fixed, ...running, x: floats(steps[0].x.data, steps[0].x.shape) },
    );
    expect(relativeError(got["y"], evaluated)).toBeLessThan(tolerance);
  });
});
