import { describe, expect, it } from "vitest";
import { Random } from "../../../src/base/random.js";
import { choosePatch, makeSample, sampleRandom } from "../../../src/training/data/augment.js";
import { caseSource } from "../../../src/training/data/case-source.js";
import { ElasticField } from "../../../src/training/data/elastic.js";
import { drawSpatialMap } from "../../../src/training/data/spatial.js";
import type { Vec3 } from "../../../src/volume/volume.js";
import { makePlan, nothing } from "./plan.js";
import { makePrepared, noisyBalls } from "./prepared.js";

const seeds = Array.from({ length: 20 }, (_, n) => n);
const all = {
  affine: 1,
  elastic: 1,
  noise: 1,
  blur: 1,
  brightness: 1,
  contrast: 1,
  gamma: 1,
  lowResolution: 1,
};

describe("makeSample", () => {
  const cases = caseSource([noisyBalls([20, 18, 12], 1), noisyBalls([9, 25, 6], 2)]);

  it("is a function of seed, fold, iteration and index alone", () => {
    const plan = makePlan({}, all);
    const make = (...keys: [number, number, number, number]) =>
      makeSample(cases, plan, sampleRandom(...keys));
    const first = make(1, 2, 3, 4);
    expect(make(1, 2, 3, 4)).toEqual(first);
    for (const other of [make(0, 2, 3, 4), make(1, 0, 3, 4), make(1, 2, 0, 4), make(1, 2, 3, 0)])
      expect(other.image).not.toEqual(first.image);
  });

  it.each<[string, Vec3, Vec3]>([
    ["isotropic", [8, 8, 8], [1, 1, 1]],
    ["thick slices", [16, 16, 6], [1, 1, 7]],
    ["one slice", [12, 12, 1], [1, 1, 5]],
    ["longer than the image", [30, 30, 16], [1, 1, 1]],
  ])("invents no label and no NaN: %s", (_, patch, spacing) => {
    const plan = makePlan({ patch, spacing }, { ...all, rotation: [20, 20, 30] });
    const labels = new Set<number>();
    for (const seed of seeds) {
      const { image, mask } = makeSample(cases, plan, sampleRandom(seed, 0, 0, 0));
      expect(image.every(Number.isFinite)).toBe(true);
      mask.forEach((label) => labels.add(label));
    }
    expect([...labels].sort()).toEqual([0, 1, 2]);
  });

  it.each([
    ["isotropic", [1, 1, 1], [20, 20, 20]],
    ["thick slices", [1, 1, 7], [0, 0, 30]],
  ] as [string, Vec3, Vec3][])("moves image and mask together: %s", (_, spacing, rotation) => {
    const box = (i: number, j: number, k: number) =>
      Number(i > 9 && i < 24 && j > 12 && j < 26 && k > 5 && k < 12);
    const source = caseSource([makePrepared([34, 36, 18], box, box)]);
    const plan = makePlan(
      { patch: [16, 16, 8], spacing },
      { ...nothing, affine: 1, elastic: 1, flip: [true, true, true], rotation },
    );
    let labelled = 0;
    for (const seed of seeds) {
      const { image, mask } = makeSample(source, plan, sampleRandom(seed, 0, 0, 0));
      image.forEach((value, n) => {
        if (Math.abs(value - 0.5) > 1e-5) expect(mask[n]).toBe(Number(value > 0.5));
        labelled += mask[n];
      });
    }
    expect(labelled).toBeGreaterThan(1000);
  });

  it("turns and scales a linear ramp exactly as the map says, within the volume", () => {
    const ramp = (i: number, j: number, k: number) => 3 * i - 2 * j + 5 * k;
    const source = makePrepared([40, 40, 40], ramp, () => 0);
    const patch: Vec3 = [8, 8, 8];
    const plan = makePlan(
      { patch },
      { ...nothing, affine: 1, rotation: [30, 30, 30], flip: [true, true, true] },
    );
    for (const seed of seeds) {
      const { image } = makeSample(caseSource([source]), plan, sampleRandom(seed, 0, 0, 0));
      // A turned ramp is a ramp: all second differences vanish, and its slope is the ramp's, scaled.
      const at = (i: number, j: number, k: number) => image[i + 8 * (j + 8 * k)];
      const slope = [at(4, 4, 4) - at(3, 4, 4), at(4, 4, 4) - at(4, 3, 4), at(4, 4, 4) - at(4, 4, 3)];
      expect(at(5, 6, 2)).toBeCloseTo(at(4, 4, 4) + slope[0] + 2 * slope[1] - 2 * slope[2], 3);
      const scale = Math.hypot(3, 2, 5) / Math.hypot(...slope);
      expect(scale).toBeGreaterThan(0.849);
      expect(scale).toBeLessThan(1.201);
    }
  });
});

describe("makeSample for a 2-D network that sees neighbouring slices", () => {
  const network = { name: "unet-2d", features: [4], contextSlices: 2, dropout: 0, deepSupervision: false };
  const planOf = (over: Parameters<typeof makePlan>[0], augmentation = {}) =>
    makePlan({ patch: [6, 5, 1], networks: [network], ...over }, { ...nothing, ...augmentation });
  /** Grey value 100 a slice; the label is the number of the slice. */
  const slices = (count: number) =>
    makePrepared(
      [6, 5, count],
      (i, j, k) => 100 * k + i + 10 * j,
      (_i, _j, k) => k,
    );
  const sliceOf = (image: Float32Array, n: number) => Math.floor(image[30 * n] / 100);

  it("holds the slices around the labelled one, mirrored at the ends", () => {
    const seen = new Set<number>();
    for (const seed of seeds) {
      const { image, mask } = makeSample(caseSource([slices(4)]), planOf({}), sampleRandom(seed, 0, 0, 0));
      expect([image.length, mask.length]).toEqual([5 * 30, 30]);
      const k = mask[0];
      const mirrored = (n: number) => (n < 0 ? -n : n > 3 ? 6 - n : n);
      expect([0, 1, 2, 3, 4].map((n) => sliceOf(image, n))).toEqual(
        [-2, -1, 0, 1, 2].map((step) => mirrored(k + step)),
      );
      expect([...image.subarray(60, 90)].map((v) => v - 100 * k)).toEqual(
        Array.from({ length: 30 }, (_, p) => (p % 6) + 10 * Math.floor(p / 6)),
      );
      seen.add(k);
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
  });

  it("turns the order of the slices round where k is mirrored", () => {
    const orders = new Set<string>();
    for (const seed of seeds) {
      const plan = planOf({}, { flip: [false, false, true] });
      const { image, mask } = makeSample(caseSource([slices(9)]), plan, sampleRandom(seed, 0, 0, 0));
      if (mask[0] < 2 || mask[0] > 6) continue;
      orders.add([0, 1, 2, 3, 4].map((n) => sliceOf(image, n) - mask[0]).join());
    }
    expect(orders).toEqual(new Set(["-2,-1,0,1,2", "2,1,0,-1,-2"]));
  });

  it("keeps channels apart, and stays finite under all augmentation", () => {
    const balls = noisyBalls([20, 18, 12], 1);
    const two = {
      ...balls,
      channelCount: 2,
      channels: Float32Array.from([...balls.channels, ...balls.channels.map((v) => v + 1000)]),
    };
    const plan = planOf({ channels: ["T1w", "STIR"] });
    const { image } = makeSample(caseSource([two]), plan, new Random(3));
    for (let p = 0; p < 150; p++) expect(image[150 + p] - image[p]).toBeCloseTo(1000, 2);
    const wild = makeSample(caseSource([two]), planOf({ channels: ["T1w", "STIR"] }, all), new Random(4));
    expect(wild.image.length).toBe(300);
    expect(wild.image.every(Number.isFinite)).toBe(true);
  });
});

describe("choosePatch", () => {
  const plan = (foreground: number, patch: Vec3) => makePlan({ patch }, { foreground });

  it("holds a voxel of the label when centred on foreground, and finds every label", () => {
    const source = noisyBalls([24, 20, 10]);
    const found = new Set<number>();
    for (const seed of seeds) {
      const { mask } = makeSample(
        caseSource([source]),
        makePlan({ patch: [5, 5, 1] }, { ...nothing, foreground: 1 }),
        new Random(seed),
      );
      expect(mask.some((label) => label > 0)).toBe(true);
      mask.forEach((label) => found.add(label));
    }
    expect([...found].sort()).toEqual([0, 1, 2]);
  });

  it("centres a small patch on the only labelled voxel, without jitter", () => {
    const source = makePrepared(
      [24, 20, 10],
      (i) => i,
      (i, j, k) => Number(i === 5 && j === 15 && k === 7),
    );
    for (const seed of seeds)
      expect(choosePatch(source, plan(1, [5, 3, 1]), new Random(seed))).toEqual([3, 14, 7]);
  });

  it("reaches every place and stays inside otherwise", () => {
    const source = noisyBalls([10, 8, 4]);
    const starts = Array.from({ length: 400 }, (_, n) =>
      choosePatch(source, plan(0, [8, 8, 1]), new Random(n)),
    );
    expect(new Set(starts.map(String)).size).toBe(3 * 1 * 4);
    for (const [i, j, k] of starts) expect(i >= 0 && i <= 2 && j === 0 && k >= 0 && k <= 3).toBe(true);
  });

  it("centres an image that is smaller than the patch", () => {
    expect(choosePatch(noisyBalls([5, 8, 3]), plan(1, [8, 8, 8]), new Random(1))).toEqual([-1, 0, -2]);
  });

  it("takes any place in a case without labels", () => {
    const empty = makePrepared(
      [9, 9, 9],
      (i) => i,
      () => 0,
    );
    expect(empty.foreground).toEqual([]);
    const starts = seeds.map((seed) => String(choosePatch(empty, plan(1, [4, 4, 4]), new Random(seed))));
    expect(new Set(starts).size).toBeGreaterThan(10);
  });
});

describe("padding", () => {
  it("mirrors image and mask alike at the outermost voxel", () => {
    const source = makePrepared(
      [3, 1, 1],
      (i) => i,
      (i) => i,
    );
    const { image, mask } = makeSample(
      caseSource([source]),
      makePlan({ patch: [7, 2, 1] }, nothing),
      new Random(1),
    );
    expect([...image]).toEqual([2, 1, 0, 1, 2, 1, 0, 2, 1, 0, 1, 2, 1, 0]);
    expect([...mask]).toEqual([2, 1, 0, 1, 2, 1, 0, 2, 1, 0, 1, 2, 1, 0]);
  });
});

describe("drawSpatialMap", () => {
  it("stays in plane for one slice and for thick slices turned about k alone", () => {
    for (const [patch, rotation] of [
      [
        [8, 8, 1],
        [30, 30, 30],
      ],
      [
        [8, 8, 8],
        [0, 0, 30],
      ],
    ] as [Vec3, Vec3][]) {
      const plan = makePlan({ patch, spacing: [1, 1, 7] }, { ...nothing, affine: 1, elastic: 1, rotation });
      const { matrix, elastic } = drawSpatialMap(plan, [0, 0, 0], new Random(5));
      expect([2, 5, 6, 7].map((n) => Math.abs(matrix[n]))).toEqual([0, 0, 0, 0]);
      expect(matrix[8]).toBe(1);
      expect(matrix[1]).not.toBe(0);
      expect(elastic?.movesAlongK).toBe(false);
    }
  });
});

describe("ElasticField", () => {
  it("is smooth and never folds", () => {
    const n = 24;
    let largest = 0;
    for (const seed of seeds) {
      const field = new ElasticField([n, n, n], [true, true, true], new Random(seed));
      const rows = [0, 1, 2].map(() => new Float64Array(n));
      const ahead = [0, 1, 2].map(() => new Float64Array(n));
      for (let k = 0; k < n; k += 5) {
        field.row(3, k, rows);
        field.row(4, k, ahead);
        for (let i = 1; i < n; i++) {
          expect(1 + rows[0][i] - rows[0][i - 1]).toBeGreaterThan(0);
          expect(1 + ahead[1][i] - rows[1][i]).toBeGreaterThan(0);
          largest = Math.max(largest, ...rows.map((row) => Math.abs(row[i])));
        }
      }
    }
    expect(largest).toBeGreaterThan(0.3);
    expect(largest).toBeLessThanOrEqual(0.3 * (n / 4));
  });
});
