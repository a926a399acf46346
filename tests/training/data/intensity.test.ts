import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/base/random.js";
import { gaussianBlur, lowResolution } from "../../../src/training/data/filters.js";
import {
  addNoise,
  augmentIntensity,
  changeContrast,
  changeGamma,
  intensitySteps,
} from "../../../src/training/data/intensity.js";
import type { Vec3 } from "../../../src/volume/volume.js";
import { makePlan, nothing } from "./plan.js";

/** Made with numpy and scipy, see fixtures/augment_reference.py. */
type Made<K extends string, T> = Record<K, T> & { image: number[] };
interface Reference {
  size: Vec3;
  volume: number[];
  blur: Made<"sd", number[]>;
  blur3: Made<"sd", number[]>;
  lowResolution: Made<"zoom", number[]>;
  lowResolution3: Made<"zoom", number[]>;
  gamma: Made<"exponent", number>;
  gammaInverted: Made<"exponent", number>;
  contrast: Made<"factor", number>;
}
const url = new URL("./fixtures/augment-reference.json", import.meta.url);
const r = JSON.parse(readFileSync(url, "utf8")) as Reference;

describe("each change of grey values agrees with numpy and scipy", () => {
  it.each<[string, (data: Float32Array) => void, number[], number]>([
    ["blur along two axes", (d) => gaussianBlur(d, r.size, r.blur.sd), r.blur.image, 1e-5],
    ["blur along three axes", (d) => gaussianBlur(d, r.size, r.blur3.sd), r.blur3.image, 1e-5],
    [
      "low resolution in plane",
      (d) => lowResolution(d, r.size, r.lowResolution.zoom),
      r.lowResolution.image,
      1e-5,
    ],
    ["low resolution", (d) => lowResolution(d, r.size, r.lowResolution3.zoom), r.lowResolution3.image, 1e-5],
    ["gamma", (d) => changeGamma(d, r.gamma.exponent, false), r.gamma.image, 2e-3],
    ["inverted gamma", (d) => changeGamma(d, r.gammaInverted.exponent, true), r.gammaInverted.image, 2e-2],
    ["contrast", (d) => changeContrast(d, r.contrast.factor), r.contrast.image, 1e-5],
  ])("%s", (_, change, expected, tolerance) => {
    const data = Float32Array.from(r.volume);
    change(data);
    const error = Math.max(...expected.map((value, n) => Math.abs(value - data[n])));
    expect(error).toBeLessThan(tolerance);
  });
});

describe("edge cases", () => {
  it("leaves a constant patch alone in gamma and contrast", () => {
    const data = new Float32Array(27).fill(3);
    changeGamma(data, 1.3, false);
    changeContrast(data, 1.2);
    expect([...data]).toEqual(new Array(27).fill(3));
  });

  it("adds noise of the asked mean and standard deviation", () => {
    const data = new Float32Array(40_001);
    addNoise(data, 0.5, new Random(3));
    const mean = data.reduce((sum, v) => sum + v, 0) / data.length;
    const sd = Math.sqrt(data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / data.length);
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(sd - 0.5)).toBeLessThan(0.01);
  });
});

describe("augmentIntensity", () => {
  const image = () => Float32Array.from({ length: 2 * 512 }, (_, n) => Math.sin(n));

  it("changes nothing at probability 0", () => {
    const data = image();
    augmentIntensity(data, makePlan({}, nothing), new Random(1));
    expect(data).toEqual(image());
  });

  it.each(Object.keys(intensitySteps))("obeys the probability of %s, keeps values finite", (name) => {
    const data = image();
    augmentIntensity(data, makePlan({}, { ...nothing, [name]: 1 }), new Random(1));
    expect(data).not.toEqual(image());
    expect(data.every(Number.isFinite)).toBe(true);
  });

  it("leaves the reference of the normalisation as it is, and changes the other channels", () => {
    const normalisation = { method: "reference" as const, reference: "bone", low: 0.5, high: 99.5 };
    const plan = makePlan(
      { channels: ["bone", "STIR"], normalisation },
      { ...nothing, brightness: 1, noise: 1 },
    );
    const data = image();
    augmentIntensity(data, plan, new Random(1));
    expect(data.subarray(0, 512)).toEqual(image().subarray(0, 512));
    expect(data.subarray(512)).not.toEqual(image().subarray(512));
  });

  it("does not mix thick slices", () => {
    const constantSlices = Float32Array.from({ length: 512 }, (_, n) => Math.floor(n / 64) ** 2);
    const before = constantSlices.slice();
    const plan = makePlan({ spacing: [1, 1, 7] }, { ...nothing, blur: 1, lowResolution: 1 });
    augmentIntensity(constantSlices, plan, new Random(1));
    constantSlices.forEach((value, n) => expect(value).toBeCloseTo(before[n], 4));
  });
});
