import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { type EnsembleOptions, mirrored, predictAveraged, variantsOf } from "../../src/inference/variants.js";
import { ownValue } from "./fake-model.js";

const inference = (over: object) => ({
  overlap: 0.5,
  mirror: [false, false, false],
  noisyPasses: 0,
  noiseSd: 0.01,
  ...over,
});
const extents = [2, 3, 4] as const;
const numbered = (n: number) => Float32Array.from({ length: n }, (_, i) => i);

describe("variantsOf", () => {
  const flips = (over: object) =>
    variantsOf(inference(over)).map(({ flip, noisy }) => (noisy ? "noisy " : "") + flip.map(Number).join(""));

  it.each<[object, string[]]>([
    [{}, ["000"]],
    [{ mirror: [true, false, false] }, ["000", "100"]],
    [{ mirror: [true, false, true] }, ["000", "100", "001", "101"]],
    [{ noisyPasses: 1 }, ["000", "noisy 000", "noisy 100", "noisy 010"]],
  ])("%o", (over, expected) => {
    expect(flips(over)).toEqual(expected);
  });

  it("takes all eight mirrorings of three axes, and every noisy pass", () => {
    expect(new Set(flips({ mirror: [true, true, true] })).size).toBe(8);
    expect(flips({ noisyPasses: 4 }).length).toBe(13);
  });
});

describe("mirrored", () => {
  const data = numbered(2 * 2 * 3 * 4);
  const at = (values: Float32Array, c: number, k: number, j: number, i: number) =>
    values[((c * 2 + k) * 3 + j) * 4 + i];

  it.each<[[boolean, boolean, boolean]]>([
    [[true, false, false]],
    [[false, true, false]],
    [[false, false, true]],
    [[true, true, true]],
  ])("turns along i, j, k and back: %o", (flip) => {
    const turned = mirrored(data, 2, extents, flip);
    const [i, j, k] = [flip[0] ? 3 - 1 : 1, flip[1] ? 2 - 2 : 2, flip[2] ? 1 - 0 : 0];
    expect(at(turned, 1, 0, 2, 1)).toBe(at(data, 1, k, j, i));
    expect(turned).not.toEqual(data);
    expect(mirrored(turned, 2, extents, flip)).toEqual(data);
  });
});

describe("predictAveraged", () => {
  const options = (over: Partial<EnsembleOptions>): EnsembleOptions => ({
    models: [ownValue(3)],
    variants: variantsOf(inference({ mirror: [true, true, true] })),
    noiseSd: 0.01,
    channels: 1,
    classes: 3,
    extents,
    ...over,
  });
  const window = Float32Array.from({ length: 24 }, (_, n) => (n * 7) % 3);

  it("puts every mirrored prediction back in its place", async () => {
    const averaged = await predictAveraged(window, new Random(1), options({}));
    expect(averaged).toEqual(await ownValue(3)(window));
  });

  it("averages what a model says that knows left from right", async () => {
    // Probability of class 1 grows along i; mirrored and put back it falls: the mean is one half everywhere.
    const ramp = Float32Array.from({ length: 24 }, (_, n) => (n % 4) / 3);
    const model = async () => Float32Array.from([...ramp.map((v) => 1 - v), ...ramp]);
    const mirror = variantsOf(inference({ mirror: [true, false, false] }));
    const averaged = await predictAveraged(
      window,
      new Random(1),
      options({ models: [model], variants: mirror, classes: 2 }),
    );
    averaged.forEach((v) => expect(v).toBeCloseTo(0.5, 6));
  });

  it("averages models, and leaves their results alone", async () => {
    const results = [0, 0.5, 1].map((v) => new Float32Array(48).fill(v));
    const models = results.map((result) => async () => result);
    const averaged = await predictAveraged(window, new Random(1), options({ models, classes: 2 }));
    averaged.forEach((v) => expect(v).toBeCloseTo(0.5, 6));
    expect(results.map((r) => new Set(r))).toEqual([new Set([0]), new Set([0.5]), new Set([1])]);
  });

  it("adds noise of the given deviation to the noisy passes alone, from the generator", async () => {
    const seen: Float32Array[] = [];
    const large = new Float32Array(6 * 20 * 30);
    const spy = async (view: Float32Array) => {
      seen.push(view);
      return new Float32Array(view.length);
    };
    const noisy = options({
      models: [spy],
      variants: variantsOf(inference({ noisyPasses: 1 })),
      noiseSd: 0.2,
      classes: 1,
      extents: [6, 20, 30],
    });
    await predictAveraged(large, new Random(9), noisy);
    await predictAveraged(large, new Random(9), noisy);
    const deviation = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
    expect(deviation(seen[0])).toBe(0);
    seen.slice(1, 4).forEach((x) => expect(Math.abs(deviation(x) - 0.2)).toBeLessThan(0.01));
    expect(seen[1]).not.toEqual(seen[2]);
    expect(seen.slice(4)).toEqual(seen.slice(0, 4));
    expect(new Set(large)).toEqual(new Set([0]));
  });
});
