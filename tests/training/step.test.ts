import { afterEach, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { networkNamed } from "../../src/networks/registry.js";
import type { StepOptions } from "../../src/training/step-graph.js";
import { TrainingStep } from "../../src/training/step.js";
import { stepOptions } from "../../src/training/train-options.js";
import { smallPlan } from "./generated.js";

const [depth, height, width] = [8, 12, 12];
const voxels = depth * height * width;

function optionsOf(over: Partial<StepOptions> = {}, dropout = 0): StepOptions {
  const options = stepOptions(smallPlan(), "cpu", 1);
  const networkOptions = { ...options.networkOptions, dropout };
  return { ...options, networkOptions, averaging: 0, optimiser: { name: "sgd", momentum: 0.9 }, ...over };
}

/** Noise with a bright and a dark block in a place that depends on the seed. */
function sampleOf(seed: number): { image: Float32Array; labels: Uint8Array } {
  const random = new Random(seed, "sample");
  const labels = new Uint8Array(voxels);
  const shift = random.integer(5);
  for (let n = 0; n < voxels; n++) {
    const [i, j, k] = [n % width, Math.floor(n / width) % height, Math.floor(n / (width * height))];
    labels[n] = i > shift && i < shift + 4 && j > 2 && j < 8 ? 1 : i > shift + 5 && k > 3 ? 2 : 0;
  }
  return { image: Float32Array.from(labels, (l) => [0, 2, -2][l] + random.normal(0, 0.3)), labels };
}

function batchOf(...seeds: number[]) {
  const samples = seeds.map(sampleOf);
  return {
    images: Float32Array.from(samples.flatMap((s) => [...s.image])),
    labels: Uint8Array.from(samples.flatMap((s) => [...s.labels])),
  };
}

const open: TrainingStep[] = [];
afterEach(() => Promise.all(open.splice(0).map((step) => step.close())));

async function start(options: StepOptions, seed = 1): Promise<TrainingStep> {
  const step = await TrainingStep.create(
    options,
    TrainingStep.initialState(options, (name) => new Random(seed, name)),
  );
  open.push(step);
  return step;
}

const masks = (iteration: number) => new Random(5, "dropout", iteration);
const copyOf = (step: TrainingStep) =>
  new Map([...step.state()].map(([name, data]) => [name, Float32Array.from(data)]));

describe("TrainingStep", () => {
  it.each<[string, Partial<StepOptions>]>([
    ["sgd", {}],
    ["adam", { optimiser: { name: "adam" } }],
    [
      "adamw with averaging",
      { optimiser: { name: "adamw", weightDecay: 0.01, averaging: true }, averaging: 0.9 },
    ],
    ["focal and Tversky", { loss: { ...optionsOf().loss, crossEntropy: 0, dice: 0, focal: 1, tversky: 1 } }],
  ])("learns: %s", async (_, over) => {
    const step = await start(optionsOf(over));
    const losses: number[] = [];
    for (let t = 0; t < 25; t++) {
      const { images, labels } = batchOf(2 * t, 2 * t + 1);
      const { loss, scoreLoss, gradientNorm } = await step.run(images, labels, 0.01, t, masks(t));
      expect([scoreLoss >= 0 && scoreLoss <= 1, gradientNorm > 0]).toEqual([true, true]);
      losses.push(loss);
    }
    const mean = (list: number[]) => list.reduce((a, b) => a + b) / list.length;
    expect(mean(losses.slice(-4))).toBeLessThan(0.7 * mean(losses.slice(0, 4)));
  });

  it("gives bit-identical states from the same start, with dropout", async () => {
    const states = [];
    for (let run = 0; run < 2; run++) {
      const step = await start(optionsOf({}, 0.3));
      for (let t = 0; t < 3; t++) {
        const { images, labels } = batchOf(t, t + 9);
        await step.run(images, labels, 0.01, t, masks(t));
      }
      states.push(copyOf(step));
    }
    expect(states[0]).toEqual(states[1]);
  });

  it("goes on from a saved state as if it had never stopped", async () => {
    const whole = await start(
      optionsOf({ averaging: 0.9, optimiser: { name: "adam", averaging: true } }, 0.2),
    );
    const later = await start(
      optionsOf({ averaging: 0.9, optimiser: { name: "adam", averaging: true } }, 0.2),
      99,
    );
    const { images, labels } = batchOf(1, 2);
    for (let t = 0; t < 4; t++) {
      if (t === 2) later.load(copyOf(whole));
      if (t >= 2) await later.run(images, labels, 0.01, t, masks(t));
      await whole.run(images, labels, 0.01, t, masks(t));
    }
    expect(copyOf(later)).toEqual(copyOf(whole));
  });

  it.each(["sgd", "adam"] as const)(
    "takes two batches of one for a batch of two when it accumulates: %s",
    async (name) => {
      const optimiser = { name, clipNorm: 1 };
      const together = await start(optionsOf({ batch: 2, optimiser }));
      const apart = await start(optionsOf({ batch: 1, accumulate: 2, optimiser }));
      for (let update = 0; update < 3; update++) {
        const [first, second] = [10 + update, 20 + update];
        const both = batchOf(first, second);
        const whole = await together.run(both.images, both.labels, 0.02, update, masks(0));
        const before = copyOf(apart);
        const half = await apart.run(
          batchOf(first).images,
          batchOf(first).labels,
          0.02,
          2 * update,
          masks(0),
        );
        for (const [key, data] of apart.weights()) expect(data, "no update yet").toEqual(before.get(key));
        const rest = await apart.run(
          batchOf(second).images,
          batchOf(second).labels,
          0.02,
          2 * update + 1,
          masks(0),
        );
        expect((half.loss + rest.loss) / 2).toBeCloseTo(whole.loss, 4);
        expect(rest.gradientNorm / whole.gradientNorm).toBeCloseTo(1, 2);
      }
      const start0 = TrainingStep.initialState(optionsOf(), (key) => new Random(1, key));
      for (const [key, data] of apart.weights()) {
        // The bias of a convolution before a norm has no gradient but rounding noise, of which Adam makes full steps.
        if (key.endsWith("conv.bias")) continue;
        const expected = together.weights().get(key) ?? new Float32Array();
        const moved = Math.max(...expected.map((v, i) => Math.abs(v - (start0.get(key)?.[i] ?? 0))));
        const error = Math.max(...data.map((v, i) => Math.abs(v - expected[i])));
        expect(moved, key).toBeGreaterThan(0);
        expect(error / moved, key).toBeLessThan(0.02);
      }
    },
  );

  it("predicts with the moving average where there is one", async () => {
    const step = await start(optionsOf({ averaging: 0.9, optimiser: { name: "sgd", averaging: true } }));
    const initial = copyOf(step);
    const { images, labels } = batchOf(1, 2);
    await step.run(images, labels, 0.1, 0, masks(0));
    const [weights, state] = [step.weights(), step.state()];
    const name = "final_conv.weight";
    expect(weights.get(name)).toEqual(state.get(`${name}#average`));
    expect(weights.get(name)).not.toEqual(state.get(name));
    expect(initial.get(`${name}#average`)).toEqual(initial.get(name));
    expect([...weights.keys()].filter((key) => key.includes("#") || key.startsWith("sum:"))).toEqual([]);
  });

  it("runs deep supervision, the attention loss and 2-D networks", async () => {
    const { loss } = optionsOf();
    const attention = networkNamed("attention-unet-2.5d");
    const two = networkNamed("unet-2d");
    const narrow = { classes: 3, features: [2, 2, 4, 4, 8, 2], dropout: 0.1 };
    const deep = {
      classes: 3,
      features: [2, 2, 2, 2],
      pooling: [
        [1, 2, 2],
        [2, 1, 1],
        [1, 2, 2],
      ],
      kernels: [
        [1, 3, 3],
        [3, 3, 3],
        [3, 3, 3],
        [3, 3, 3],
      ],
      deepSupervision: true,
    };
    const cases: Partial<StepOptions>[] = [
      { networkOptions: deep },
      { network: attention, networkOptions: narrow, patch: [4, 48, 48], loss: { ...loss, attention: 0.2 } },
      { network: two, networkOptions: narrow, patch: [32, 48] },
    ];
    for (const over of cases) {
      const options = optionsOf({ batch: 1, ...over });
      const step = await start(options);
      const count = options.patch.reduce((a, b) => a * b, 1);
      const random = new Random(2);
      const images = Float32Array.from({ length: count }, () => random.normal());
      const labels = Uint8Array.from({ length: count }, () => random.integer(3));
      const before = copyOf(step);
      const result = await step.run(images, labels, 1, 0, masks(0));
      expect(Number.isFinite(result.loss) && result.gradientNorm > 0).toBe(true);
      const still = [...step.weights()].filter(([key, data]) =>
        data.every((v, i) => v === before.get(key)?.[i]),
      );
      // At the bottom of so small a patch some branches have one voxel, which a norm makes 0.
      const expected = still.filter(
        ([key]) => key.endsWith("weight") && !/^(context_block|attention_)/.test(key),
      );
      expect(expected.map(([key]) => key)).toEqual([]);
      expect([...step.weights().values()].every((data) => data.every(Number.isFinite))).toBe(true);
    }
  });
});

describe("mixed precision", () => {
  const mixed = optionsOf({ precision: "float16", optimiser: { name: "adamw", weightDecay: 0.01 } });
  const batch = () => batchOf(1, 2);

  it("learns with a scaled loss as without, and the scale is part of the state", async () => {
    const losses = [];
    for (const options of [mixed, { ...mixed, precision: "float32" as const }]) {
      const step = await start(options);
      let last = NaN;
      for (let n = 0; n < 12; n++) {
        const { images, labels } = batch();
        last = (await step.run(images, labels, 3e-3, n, masks(n))).loss;
      }
      losses.push(last);
      expect(step.state().get("lossScale#scale")?.[0]).toBe(
        options.precision === "float16" ? 65536 : undefined,
      );
    }
    expect(Math.abs((losses[0] ?? NaN) - (losses[1] ?? NaN))).toBeLessThan(0.02);
  });

  it("skips a step whose gradients are not finite, and halves the scale", async () => {
    const step = await start(mixed);
    const before = copyOf(step);
    const { images, labels } = batch();
    images[0] = Infinity;
    await step.run(images, labels, 1e-2, 0, masks(0));
    for (const [name, data] of copyOf(step))
      if (!name.startsWith("lossScale#")) expect(data, name).toEqual(before.get(name));
    expect(step.state().get("lossScale#scale")?.[0]).toBe(32768);
  });

  it("doubles the scale after two thousand good steps", async () => {
    const step = await start(mixed);
    step.load(
      new Map(copyOf(step))
        .set("lossScale#scale", Float32Array.of(1024))
        .set("lossScale#steps", Float32Array.of(1999)),
    );
    const { images, labels } = batch();
    await step.run(images, labels, 1e-3, 0, masks(0));
    expect(step.state().get("lossScale#scale")?.[0]).toBe(2048);
    expect(step.state().get("lossScale#steps")?.[0]).toBe(0);
  });
});
