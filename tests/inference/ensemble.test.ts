import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { partsOf, segmentWithParts } from "../../src/inference/ensemble.js";
import type { Model } from "../../src/inference/model.js";
import { segmentImages } from "../../src/inference/segment.js";
import type { Plan } from "../../src/study/types.js";
import type { Affine, Vec3, Volume } from "../../src/volume/volume.js";
import { makePlan } from "../training/data/plan.js";

const size: Vec3 = [24, 18, 8];
const affine: Affine = [-1.5, 0, 0, 20, 0, 1.5, 0, -7, 0, 0, 4, 3, 0, 0, 0, 1];
const wide = makePlan({ patch: [12, 12, 4], spacing: [1.5, 1.5, 4], orientation: "LPS" });
const fine = makePlan({ patch: [16, 12, 4], spacing: [0.9, 1, 4], orientation: "RAI" });

/** Two blocks of different grey on a background of 100. */
const truth = Uint8Array.from({ length: size[0] * size[1] * size[2] }, (_, n) => {
  const [i, j, k] = [n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / (size[0] * size[1]))];
  if (k < 1 || k > 5 || j < 3 || j > 13) return 0;
  return i > 2 && i < 9 ? 1 : i > 13 && i < 21 ? 2 : 0;
});
const random = new Random(2);
const data = Float32Array.from(truth, (label) => 100 + 60 * label + random.uniform(-3, 3));
const image: Volume = { data, size, affine };

const modelOf = (plan: Plan, predict: Model["predict"]): Model => ({
  ...{ plan, training: {}, predict },
  close: () => Promise.resolve(),
});
/** Every voxel has these probabilities. */
const constant = (plan: Plan, shares: readonly number[]) =>
  modelOf(plan, (window) =>
    Promise.resolve(Float32Array.from(shares.flatMap((p) => Array<number>(window.length).fill(p)))),
  );
/** The class by the z-scored grey value. */
const byGrey = (plan: Plan) =>
  modelOf(plan, (window) => {
    const out = new Float32Array(3 * window.length);
    window.forEach((v, n) => (out[(v < 0.4 ? 0 : v < 1.7 ? 1 : 2) * window.length + n] = 1));
    return Promise.resolve(out);
  });

describe("partsOf", () => {
  it("puts models of one grid together, in their order", () => {
    const [a, b, c] = [constant(wide, []), constant(fine, []), constant({ ...wide, epochs: 7 }, [])];
    expect(partsOf([a, b, c], ["a", "b", "c"])).toEqual([
      { plan: wide, models: [a, c] },
      { plan: fine, models: [b] },
    ]);
  });

  it("keeps models apart that see other grey values", () => {
    const percentile = { ...wide, normalisation: { ...wide.normalisation, method: "percentile" as const } };
    const models = [constant(wide, []), constant(percentile, [])];
    expect(partsOf(models, ["a", "b"]).map(({ plan }) => plan)).toEqual([wide, percentile]);
  });

  it("refuses other labels, other channels, and no model", () => {
    const [one, two] = wide.labels;
    for (const other of [
      { ...fine, labels: [one, { ...two, name: "three" }] },
      { ...fine, channels: ["STIR"] },
    ])
      expect(() => partsOf([constant(wide, []), constant(other, [])], ["a", "b"])).toThrow(
        expect.objectContaining({
          code: "MODEL_MISMATCH",
          details: expect.objectContaining({ file: "b" }) as object,
        }),
      );
    expect(() => partsOf([], [])).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }));
  });
});

describe("segmentWithParts", () => {
  it("counts every model the same, whatever its grid", async () => {
    const parts = partsOf(
      [constant(wide, [0.1, 0.9, 0]), constant(fine, [0.7, 0.2, 0.1]), constant(fine, [0.4, 0.4, 0.2])],
      ["a", "b", "c"],
    );
    const { mask, probabilities, uncertainty } = await segmentWithParts([image], parts, {
      probabilities: true,
    });
    expect([...(probabilities?.keys() ?? [])]).toEqual(["one", "two"]);
    const middle = 12 + 24 * (9 + 18 * 4);
    expect(probabilities?.get("one")?.data[middle]).toBeCloseTo(0.5, 6);
    expect(probabilities?.get("two")?.data[middle]).toBeCloseTo(0.1, 6);
    expect(mask.data[middle]).toBe(wide.labels[0].value);
    const entropy = -[0.4, 0.5, 0.1].reduce((sum, p) => sum + p * Math.log(p), 0) / Math.log(3);
    expect(uncertainty).toBeCloseTo(entropy, 2);
  });

  it("finds each label in its place by models of two spacings and orientations", async () => {
    const parts = partsOf([byGrey(wide), byGrey(fine)], ["a", "b"]);
    const seen: number[] = [];
    const { mask, probabilities } = await segmentWithParts([image], parts, {
      onProgress: (share) => seen.push(share),
    });
    expect(probabilities).toBeUndefined();
    expect([mask.size, mask.affine]).toEqual([size, affine]);
    const wrong = mask.data.filter((label, n) => label !== truth[n]).length;
    expect(wrong).toBeLessThan(0.01 * truth.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  it("is the same as before where all models have one grid", async () => {
    const models = [byGrey(fine), constant(fine, [0.3, 0.4, 0.3])];
    const parts = partsOf(models, ["a", "b"]);
    const options = { probabilities: true };
    expect(await segmentWithParts([image], parts, options)).toEqual(
      await segmentImages([image], models, { ...options, plan: fine }),
    );
  });

  it("applies the first plan's post-processing", async () => {
    const plan = { ...wide, postprocessing: { largestComponent: [], minimumVolume: 1e6 } };
    const { mask } = await segmentWithParts([image], partsOf([byGrey(plan), byGrey(fine)], ["a", "b"]), {});
    expect(mask.data.some((label) => label !== 0)).toBe(false);
  });
});
