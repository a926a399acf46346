import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  hyperValues,
  optimiserStep,
  type OptimiserOptions,
  slotNames,
} from "../../src/autograd/optimiser.js";
import { input, parameter, type Shape } from "../../src/autograd/tensor.js";
import { type Fed, prepare, relativeError } from "./evaluate.js";

interface Trajectory {
  readonly name: string;
  readonly rates: number[];
  readonly start: Record<string, { shape: number[]; data: number[] }>;
  readonly gradients: Record<string, number[]>[];
  readonly steps: (Record<string, number[]> & { norm: number })[];
}

/** Made with torch.optim in double precision, see fixtures/make-torch-reference.py. */
const url = new URL("./fixtures/torch-reference.json", import.meta.url);
const { optimisers } = JSON.parse(readFileSync(url, "utf8")) as { optimisers: Trajectory[] };

const options: Readonly<Record<string, OptimiserOptions>> = {
  "sgd momentum": { name: "sgd", momentum: 0.9 },
  "sgd nesterov decay": { name: "sgd", momentum: 0.95, nesterov: true, weightDecay: 0.03 },
  "sgd nesterov decay clipped": {
    name: "sgd",
    momentum: 0.99,
    nesterov: true,
    weightDecay: 0.03,
    clipNorm: 5,
  },
  "adam decay": { name: "adam", weightDecay: 0.02 },
  "adamw decay clipped": { name: "adamw", weightDecay: 0.1, clipNorm: 1.5 },
};

const fed = (data: readonly number[], shape: Shape): Fed => ({ shape, data: Float32Array.from(data) });

/** A compiled step of parameters of these shapes, and its state, all slots zero. */
async function optimiserOf(start: Trajectory["start"], chosen: OptimiserOptions) {
  const names = Object.keys(start);
  const parameters = names.map((name) => parameter(name, start[name].shape));
  const grads = names.map((name) => input(`grad.${name}`, start[name].shape));
  const { next, gradientNorm } = optimiserStep(parameters, grads, chosen);
  const outputs = Object.fromEntries([...next].map(([name, tensor]) => [`next.${name}`, tensor]));
  const run = await prepare({ ...outputs, gradientNorm });
  const state: Record<string, Fed> = {};
  for (const name of names) {
    const { shape, data } = start[name];
    state[name] = fed(data, shape);
    for (const slot of slotNames(chosen))
      state[`${name}#${slot}`] = fed(new Array<number>(data.length).fill(0), shape);
  }
  const step = async (gradient: Record<string, number[]>, rate: number, iteration: number, averaging = 0) => {
    const hyper = Object.entries(hyperValues(chosen, rate, iteration, averaging));
    const feeds = {
      ...state,
      ...Object.fromEntries(hyper.map(([name, v]) => [`hyper.${name}`, fed([v], [1])])),
    };
    for (const name of names) feeds[`grad.${name}`] = fed(gradient[name], start[name].shape);
    const got = await run(feeds);
    for (const name of Object.keys(state)) state[name] = fed([...got[`next.${name}`]], state[name].shape);
    return got["gradientNorm"][0];
  };
  return { state, step, close: () => run.close() };
}

describe("optimisers follow PyTorch's trajectories", () => {
  it.each(optimisers)("$name", async ({ name, rates, start, gradients, steps }) => {
    const { state, step, close } = await optimiserOf(start, options[name]);
    for (const [i, expected] of steps.entries()) {
      const norm = await step(gradients[i], rates[i], i);
      expect(norm).toBeCloseTo(expected.norm, 4);
      for (const key of Object.keys(start)) {
        expect(
          relativeError(state[key].data as Float32Array, expected[key]),
          `${key}, step ${i + 1}`,
        ).toBeLessThan(2e-6);
      }
    }
    await close();
  });
});

describe("clipping", () => {
  it("leaves a gradient below the norm alone", async () => {
    const start = { p: { shape: [2], data: [1, 1] } };
    const { state, step, close } = await optimiserOf(start, { name: "sgd", momentum: 0, clipNorm: 10 });
    expect(await step({ p: [3, 4] }, 1, 0)).toBeCloseTo(5, 6);
    expect([...(state["p"].data as Float32Array)]).toEqual([-2, -3]);
    await close();
  });
});

describe("moving average of the parameters", () => {
  it("moves by 1 − min(decay, (1 + t) / (10 + t)) towards the newest parameters", async () => {
    const start = { p: { shape: [1], data: [1] } };
    const { state, step, close } = await optimiserOf(start, { name: "sgd", momentum: 0, averaging: true });
    state["p#average"] = fed([1], [1]);
    const value = (name: string) => Number(state[name].data[0]);
    await step({ p: [1] }, 1, 0, 0.99);
    expect(value("p")).toBe(0);
    expect(value("p#average")).toBeCloseTo(2 / 11, 6);
    await step({ p: [1] }, 1, 1, 0.1);
    expect(value("p#average")).toBeCloseTo((2 / 11) * 0.1 - 0.9, 6);
    await close();
  });

  it("is a slot of the state only where it is kept", () => {
    expect(slotNames({ name: "adam" })).toEqual(["m", "v"]);
    expect(slotNames({ name: "sgd", averaging: true })).toEqual(["velocity", "average"]);
  });
});
