import { describe, expect, it } from "vitest";
import { derivePlan, merge, planForNetwork } from "../../src/study/plan.js";
import { tasks } from "../../src/study/tasks.js";
import { planSchema, type CaseRecord, type Fingerprint, type Task } from "../../src/study/types.js";
import { type Affine, type Vec3 } from "../../src/volume/volume.js";
import { straight } from "./make-study.js";

const coronal = (inPlane: number, thickness: number): Affine =>
  // i to the left, j down, k to the back
  [inPlane, 0, 0, 0, 0, 0, thickness, 0, 0, -inPlane, 0, 0, 0, 0, 0, 1];

function record(
  n: number,
  size: Vec3,
  affine: Affine,
  percentiles: [number, number, number] = [0, 50, 100],
): CaseRecord {
  const place = { size: [...size] as [number, number, number], affine: [...affine] };
  const image = {
    file: "i",
    ...place,
    hash: `${n}`,
    notFinite: 0,
    minimum: 0,
    maximum: 150,
    mean: 50,
    sd: 20,
    percentiles,
  };
  return {
    id: `sub-${n}`,
    subject: `sub-${n}`,
    stamps: [],
    images: [image],
    mask: { file: "m", ...place, counts: { 1: 9 } },
  };
}

const print = (count: number, size: Vec3, affine: Affine): Fingerprint => ({
  version: 1,
  cases: Array.from({ length: count }, (_, n) => record(n, size, affine)),
});

const task: Task = {
  ...{ name: "custom", title: "", channels: ["T1w"], folds: 5, plan: {}, quantification: [], source: "" },
  labels: [
    { value: 1, name: "anterior" },
    { value: 2, name: "posterior" },
  ],
};

describe("derivePlan", () => {
  it("shows 2-D networks the slices asked for, and leaves 3-D ones alone", () => {
    const { plan } = derivePlan(task, print(20, [64, 64, 20], straight()), {
      networks: ["unet-2d", "hrnet-w18-small", "unet-3d"],
      contextSlices: 2,
    });
    expect(plan.networks.map(({ contextSlices }) => contextSlices)).toEqual([2, 2, 0]);
  });

  it("plans a 3-D network for small cubes", () => {
    const { plan } = derivePlan(task, print(260, [35, 50, 36], straight()), { minutes: 30, cores: 2 });
    expect(plan).toMatchObject({
      ...{ orientation: "LPS", spacing: [1, 1, 1], patch: [40, 56, 40], batch: 2, iterationsPerEpoch: 104 },
      networks: [
        {
          name: "unet-3d",
          pooling: [
            [2, 2, 2],
            [2, 2, 2],
            [2, 2, 2],
          ],
        },
      ],
      augmentation: { rotation: [30, 30, 30], flip: [true, false, false] },
      inference: { mirror: [true, false, false] },
    });
    expect(plan.epochs).toBeGreaterThan(3);
  });

  it("plans a 2-D network for few thick coronal slices, k across them", () => {
    const { plan, why } = derivePlan(task, print(10, [336, 320, 25], coronal(0.6, 3.3)));
    expect(plan).toMatchObject({
      ...{ orientation: "LIP", spacing: [0.6, 0.6, 3.3], patch: [352, 320, 1] },
      networks: [{ name: "unet-2d" }],
      augmentation: { rotation: [0, 0, 30], flip: [true, false, false] },
      loss: { batchDice: true, attention: 0 },
    });
    expect(why.orientation).toContain("10 of 10 cases have coronal slices");
  });

  it("takes the 10th percentile across thick slices, the median within them", () => {
    const thickness = [3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6];
    const cases = thickness.map((mm, n) => record(n, [200, 200, 20], straight([0.5, 0.5, mm])));
    expect(derivePlan(task, { version: 1, cases }).plan.spacing).toEqual([0.5, 0.5, 4]);
  });

  it("lays sagittal slices on k as well", () => {
    const cases = [1, 2].map((n) => record(n, [20, 128, 128], straight([4, 0.5, 0.5])));
    const { plan } = derivePlan(task, { version: 1, cases });
    expect(plan).toMatchObject({ orientation: "PIL", spacing: [0.5, 0.5, 4] });
  });

  it("does not mirror left and right where labels name sides", () => {
    const sided = {
      ...task,
      labels: [
        { value: 1, name: "hip-left" },
        { value: 2, name: "hip-right" },
      ],
    };
    const { plan } = derivePlan(sided, print(5, [64, 64, 64], straight()));
    expect(plan.augmentation.flip).toEqual([false, false, false]);
    expect(plan.inference.mirror).toEqual([false, false, false]);
  });

  it("clips percentiles where a few voxels are far brighter", () => {
    const method = (percentiles: [number, number, number]) =>
      derivePlan(task, { version: 1, cases: [record(0, [40, 40, 40], straight(), percentiles)] }).plan
        .normalisation.method;
    expect(method([0, 50, 100])).toBe("z-score");
    expect(method([0, 5, 10])).toBe("percentile");
  });

  it("gives fewer epochs or a narrower network for fewer minutes, never none", () => {
    const planned = (minutes: number) =>
      derivePlan(task, print(20, [64, 64, 64], straight()), { minutes }).plan;
    expect(planned(600).epochs).toBeGreaterThan(planned(300).epochs);
    expect(planned(600).networks[0].features[0]).toBeGreaterThan(planned(10).networks[0].features[0]);
    expect(planned(0.001).epochs).toBe(1);
  });

  it("gives 2-D and 3-D networks in one plan a patch each", () => {
    const { plan } = derivePlan(task, print(10, [128, 128, 20], straight([1, 1, 5])), {
      networks: ["unet-2d", "unet-3d"],
    });
    expect(plan.patch).toEqual([128, 128, 1]);
    const own = planForNetwork(plan, "unet-3d");
    expect(own.patch[2]).toBeGreaterThan(1);
    expect(own.networks.map(({ name }) => name)).toEqual(["unet-3d"]);
    expect(planForNetwork(plan, "unet-2d").patch).toEqual(plan.patch);
    expect(() => planForNetwork(plan, "vnet")).toThrow("BAD_ARGUMENT");
  });

  it("refuses an empty study", () =>
    expect(() => derivePlan(task, { version: 1, cases: [] })).toThrow("STUDY_EMPTY"));
});

describe("shipped tasks", () => {
  it("keeps paper 1's numbers whatever the data", () => {
    const sijFat = tasks.find(({ name }) => name === "sij-fat")!;
    const { plan, why } = derivePlan(sijFat, print(103, [320, 320, 20], straight([0.6, 0.6, 5])));
    expect(plan).toMatchObject({
      ...{ orientation: "LPS", spacing: [1, 1, 7], patch: [192, 192, 16], batch: 2, epochs: 400 },
      networks: [{ name: "attention-unet-2.5d", features: [32, 32, 64, 128, 256, 32], dropout: 0.2 }],
      loss: { crossEntropy: 1, dice: 1, attention: 0.2, background: true },
      optimiser: { name: "adamw", learningRate: 5e-4 },
      schedule: { name: "step", every: 3800, factor: 0.5 },
      inference: { overlap: 0.5, noisyPasses: 4, noiseSd: 0.01 },
      augmentation: { noise: 0.15, noiseSd: 0.01, affine: 0.15, flip: [true, true, true] },
    });
    // 103 patients, four folds: 77 train; 39 steps of two.
    expect(plan.iterationsPerEpoch).toBe(39);
    expect(plan.validateEvery).toBe(40);
    expect(why.epochs).toBe("the task's");
    const short = derivePlan(sijFat, print(103, [320, 320, 20], straight([0.6, 0.6, 5])), { minutes: 30 });
    expect(short.plan.epochs).toBeLessThan(400);
    expect(short.why.epochs).toContain("30 minutes");
  });

  it("keeps paper 2's crops and network", () => {
    const hip = tasks.find(({ name }) => name === "hip-inflammation")!;
    const { plan } = derivePlan(hip, print(20, [256, 256, 20], coronal(0.8, 4)));
    expect(plan).toMatchObject({
      orientation: "LIP",
      patch: [128, 160, 1],
      networks: [{ name: "unet-pointrend" }],
    });
  });

  it.each(tasks)("$name makes a valid plan for blocks and slices", (shipped) => {
    for (const affine of [straight(), coronal(0.8, 4)]) {
      const { plan } = derivePlan(shipped, print(8, [120, 120, 24], affine));
      expect(planSchema.parse(plan)).toEqual(plan);
      expect(plan.labels).toEqual(shipped.labels);
    }
  });
});

it("merge replaces arrays whole and leaves what is undefined", () => {
  expect(merge({ a: [1, 2], b: { c: 1, d: 2 }, e: 5 }, { a: [3], b: { d: 4 }, e: undefined })).toEqual({
    ...{ a: [3], b: { c: 1, d: 4 }, e: 5 },
  });
});
