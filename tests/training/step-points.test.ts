import { afterEach, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { networkNamed } from "../../src/networks/registry.js";
import type { StepOptions } from "../../src/training/step-graph.js";
import { TrainingStep } from "../../src/training/step.js";
import { stepOptions } from "../../src/training/train-options.js";
import { smallPlan } from "./generated.js";

const [batch, side] = [4, 32];
const options: StepOptions = {
  ...stepOptions(smallPlan(), "cpu", 1),
  network: networkNamed("unet-pointrend"),
  networkOptions: { classes: 2, features: [4, 6, 8, 8], dropout: 0 },
  patch: [side, side],
  averaging: 0,
  batch,
  optimiser: { name: "adam" },
};

/** Bright discs in noise. */
function batchOf(seed: number): { images: Float32Array; labels: Uint8Array } {
  const random = new Random(seed, "discs");
  const centres = Array.from({ length: batch }, () => [random.uniform(10, 22), random.uniform(10, 22)]);
  const labels = Uint8Array.from({ length: batch * side * side }, (_, n) => {
    const [x, y] = [n % side, Math.floor(n / side) % side];
    const [cx, cy] = centres[Math.floor(n / (side * side))];
    return Math.hypot(x - cx, y - cy) < 7 ? 1 : 0;
  });
  return { labels, images: Float32Array.from(labels, (label) => 2 * label + random.normal(0, 0.3)) };
}

const open: TrainingStep[] = [];
afterEach(() => Promise.all(open.splice(0).map((step) => step.close())));

async function start(): Promise<TrainingStep> {
  const initial = TrainingStep.initialState(options, (name) => new Random(1, name));
  const step = await TrainingStep.create(options, initial);
  open.push(step);
  return step;
}

const drawn = (iteration: number, seed = 5) => new Random(seed, "random", iteration);

async function train(step: TrainingStep, iterations: number, seed = 5): Promise<number[]> {
  const losses: number[] = [];
  for (let t = 0; t < iterations; t++) {
    const { images, labels } = batchOf(t);
    losses.push((await step.run(images, labels, 0.01, t, drawn(t, seed))).loss);
  }
  return losses;
}

const copyOf = (step: TrainingStep) =>
  new Map([...step.state()].map(([name, data]) => [name, Float32Array.from(data)]));

describe("a training step with a loss at points", () => {
  it("learns, the head of the points too", async () => {
    const step = await start();
    const before = copyOf(step);
    const losses = await train(step, 30);
    expect(losses[29]).toBeLessThan(0.6 * losses[0]);
    const still = [...step.weights()].filter(([name, data]) =>
      data.every((v, i) => v === before.get(name)?.[i]),
    );
    expect(still.map(([name]) => name)).toEqual([]);
  });

  it("is bit-identical from the same start with the same random points, and not with others", async () => {
    const states = [];
    for (const seed of [5, 5, 6]) {
      const step = await start();
      await train(step, 2, seed);
      states.push(copyOf(step));
    }
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).not.toEqual(states[0]);
  });
});
