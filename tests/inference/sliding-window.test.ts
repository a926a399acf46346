import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { slideWindows } from "../../src/inference/sliding-window.js";
import type { Vec3 } from "../../src/volume/volume.js";
import type { PredictWindow } from "../../src/inference/window-model.js";
import { makePlan } from "../training/data/plan.js";
import { imageOf, ownValue } from "./fake-model.js";

const labels = [
  { value: 4, name: "four" },
  { value: 2, name: "two" },
];

/** Classes 0, 1, 2 at random. */
function classesAt(size: Vec3, seed = 3) {
  const random = new Random(seed);
  return imageOf(size, () => random.integer(3));
}

const planOf = (patch: [number, number, number], inference: object = {}) =>
  makePlan({
    patch,
    labels,
    inference: { overlap: 0.5, mirror: [false, false, false], noisyPasses: 0, noiseSd: 0.01, ...inference },
  });

describe("slideWindows with a 2-D network that sees neighbouring slices", () => {
  const network = { name: "unet-2d", features: [4], contextSlices: 1, dropout: 0, deepSupervision: false };
  const planWith = (mirror: boolean[]) =>
    makePlan({
      ...{ patch: [4, 4, 1], labels, networks: [network] },
      inference: { overlap: 0.5, mirror, noisyPasses: 0, noiseSd: 0 },
    });
  /** Predicts the class that stands in the slice before (0), its own (1) or the slice after (2). */
  const slice =
    (n: number): PredictWindow =>
    async (window) => {
      expect(window.length).toBe(3 * 16);
      const own = window.slice(16 * n, 16 * (n + 1));
      return Float32Array.from({ length: 48 }, (_, at) => Number(own[at % 16] === Math.floor(at / 16)));
    };
  const image = imageOf([9, 7, 5], (i, j, k) => (i + 2 * j + k * k) % 3);
  const voxel = (i: number, j: number, k: number) => image.channels[i + 9 * (j + 7 * k)];

  it.each<[number, (k: number) => number]>([
    [0, (k) => Math.abs(k - 1)],
    [1, (k) => k],
    [2, (k) => 4 - Math.abs(3 - k)],
  ])("feeds slice %i of the three, mirrored beyond the ends", async (n, from) => {
    const mask = await slideWindows(image, { plan: planWith([false, false, false]), models: [slice(n)] });
    const expected = imageOf([9, 7, 5], (i, j, k) => [0, 4, 2][voxel(i, j, from(k))]);
    expect([...mask]).toEqual([...expected.channels]);
  });

  it("mirrors the slices seen with the image", async () => {
    const plan = planWith([true, true, true]);
    const mask = await slideWindows(image, { plan, models: [slice(1)] });
    expect([...mask]).toEqual(Array.from(image.channels, (v) => [0, 4, 2][v]));
    // Half of the passes see the slice before, half the one after.
    const shares: number[] = [];
    await slideWindows(image, {
      plan,
      models: [slice(0)],
      onSlice: (k, probabilities) => {
        if (k === 2) shares.push(...probabilities);
      },
    });
    const [before, after] = [voxel(4, 3, 1), voxel(4, 3, 3)];
    const of = (c: number) => shares[c * 63 + 4 + 9 * 3];
    expect(before).not.toBe(after);
    expect(of(before)).toBeCloseTo(0.5, 5);
    expect(of(after)).toBeCloseTo(0.5, 5);
  });
});

describe("slideWindows", () => {
  it.each<[string, Vec3, [number, number, number], object]>([
    ["one window", [6, 5, 4], [6, 5, 4], {}],
    ["a multiple of the patch", [12, 8, 6], [6, 4, 3], {}],
    ["no multiple", [13, 9, 7], [6, 4, 3], {}],
    ["no overlap, no multiple", [13, 9, 7], [6, 4, 3], { overlap: 0 }],
    ["much overlap", [9, 8, 7], [4, 4, 4], { overlap: 0.9 }],
    ["smaller than the patch along i", [3, 9, 7], [8, 4, 4], {}],
    ["smaller along k", [9, 8, 2], [4, 4, 5], {}],
    ["smaller along all axes, odd rest", [3, 4, 5], [8, 8, 8], {}],
    ["one voxel", [1, 1, 1], [4, 4, 4], {}],
    ["one slice at a time", [9, 7, 5], [4, 4, 1], {}],
    ["mirrored along all axes", [9, 7, 5], [4, 4, 4], { mirror: [true, true, true] }],
    ["with noisy passes", [9, 7, 5], [4, 4, 4], { noisyPasses: 2 }],
  ])("gives every voxel the label that was predicted there: %s", async (_, size, patch, inference) => {
    const image = classesAt(size);
    const mask = await slideWindows(image, { plan: planOf(patch, inference), models: [ownValue(3)] });
    expect([...mask]).toEqual(Array.from(image.channels, (v) => [0, 4, 2][v]));
  });

  it("delivers each slice once, in order, as probabilities that sum to one", async () => {
    const image = classesAt([9, 7, 6]);
    const seen: number[] = [];
    await slideWindows(image, {
      plan: planOf([4, 4, 4]),
      models: [ownValue(3)],
      onSlice: (k, probabilities) => {
        seen.push(k);
        expect(probabilities.length).toBe(3 * 9 * 7);
        for (let p = 0; p < 63; p++) {
          const [a, b, c] = [0, 1, 2].map((n) => probabilities[n * 63 + p]);
          expect(a + b + c).toBeCloseTo(1, 5);
          expect([a, b, c][image.channels[k * 63 + p]]).toBeCloseTo(1, 5);
        }
      },
    });
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("holds no more slices than a window: all before it are delivered when it is predicted", async () => {
    const depth = 400;
    const image = imageOf([4, 4, depth], (_i, _j, k) => k);
    let delivered = 0;
    let largest = 0;
    const model = async (window: Float32Array) => {
      largest = Math.max(largest, window[window.length - 1] + 1 - delivered);
      return new Float32Array(3 * window.length).fill(1 / 3);
    };
    await slideWindows(image, { plan: planOf([4, 4, 8]), models: [model], onSlice: () => void delivered++ });
    expect(delivered).toBe(depth);
    expect(largest).toBe(8);
  });

  it("blends overlapping windows with Gaussian weights", async () => {
    // Two windows of 4 over 6 voxels: the first says class 0, the second class 1.
    let call = 0;
    const model = async (window: Float32Array) => {
      const first = call++ === 0 ? 1 : 0;
      const n = window.length;
      return Float32Array.from({ length: 3 * n }, (_, p) => (p < n ? first : p < 2 * n ? 1 - first : 0));
    };
    let shares: number[] = [];
    const onSlice = (_: number, probabilities: Float32Array) => (shares = [...probabilities.subarray(6, 12)]);
    const mask = await slideWindows(classesAt([6, 1, 1]), {
      plan: planOf([4, 1, 1]),
      models: [model],
      onSlice,
    });
    const gauss = (x: number) => Math.max(1e-3, Math.exp(-0.5 * ((x - 1.5) * 2) ** 2));
    const share = (i: number) => gauss(i - 2) / (gauss(i) + gauss(i - 2));
    [0, 0, share(2), share(3), 1, 1].forEach((expected, i) => expect(shares[i]).toBeCloseTo(expected, 5));
    expect([...mask]).toEqual([0, 0, 0, 4, 4, 4]);
  });

  it("averages the models of an ensemble; ties go to the lower class", async () => {
    const always = (c: number) => async (window: Float32Array) => {
      const out = new Float32Array(3 * window.length);
      return out.fill(1, c * window.length, (c + 1) * window.length);
    };
    const vote = async (...classes: number[]) => {
      const models = classes.map(always);
      return new Set(await slideWindows(classesAt([5, 5, 5]), { plan: planOf([4, 4, 4]), models }));
    };
    expect(await vote(2, 2, 1)).toEqual(new Set([2]));
    expect(await vote(2, 1)).toEqual(new Set([4]));
    expect(await vote(2, 0)).toEqual(new Set([0]));
  });

  it("feeds all channels of a window", async () => {
    const size: Vec3 = [5, 4, 3];
    const one = classesAt(size, 1);
    const channels = Float32Array.from([...one.channels, ...one.channels.map((v) => v + 10)]);
    const plan = { ...planOf([4, 4, 4]), channels: ["T1w", "STIR"] };
    const model = async (window: Float32Array) => {
      const n = window.length / 2;
      for (let p = 0; p < n; p++) expect(window[n + p]).toBe(window[p] + 10);
      return ownValue(3)(window.subarray(0, n));
    };
    const mask = await slideWindows({ ...one, channels }, { plan, models: [model] });
    expect([...mask]).toEqual(Array.from(one.channels, (v) => [0, 4, 2][v]));
  });

  it("draws the same noise from the same seed", async () => {
    const image = imageOf([6, 6, 6], () => 0.5);
    const run = async (seed: number) => {
      const slices: number[] = [];
      await slideWindows(image, {
        plan: planOf([4, 4, 4], { noisyPasses: 1, noiseSd: 0.3 }),
        models: [ownValue(3)],
        seed,
        onSlice: (_, probabilities) => slices.push(...probabilities),
      });
      return slices;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });
});
