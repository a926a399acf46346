import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { deviate, rician } from "../../src/phantom/acquire.js";
import { Noise } from "../../src/phantom/noise.js";
import { halfTangent, turn, type Grid } from "../../src/phantom/pose.js";
import { render, type Scene } from "../../src/phantom/render.js";
import { capsule, ellipsoid, mirror, tube, type Coat, type Shape } from "../../src/phantom/shapes.js";

const level = turn("x", 0);
const oblique = turn("x", halfTangent(25));
const build = { scale: 1, amplitude: 0, wavelength: 50, ragged: 0 };

function grid(tilt = level): Grid {
  const where = { centre: [0, 0, 0], origin: [0, 0, 0] } as const;
  return { size: [60, 60, 60], spacing: [1, 1, 1], thickness: 1, tilt, patient: level, ...where };
}

function rendering(coats: Coat[], tilt = level) {
  const scene: Scene = { grid: grid(tilt), build, coats, planes: 3 };
  return render(scene, new Noise(new Random(1)));
}

function volume(shape: Shape, tilt = level): number {
  const { bones } = rendering([{ shape, tissue: { value: 1 }, bone: 1 }], tilt);
  return bones.reduce((sum, value) => sum + value, 0);
}

describe("render", () => {
  it.each([
    ["a ball", ellipsoid([2, -3, 1], [15, 15, 15]), (4 / 3) * Math.PI * 15 ** 3],
    ["an ellipsoid", ellipsoid([0, 0, 0], [18, 9, 12]), (4 / 3) * Math.PI * 18 * 9 * 12],
    ["a capsule", capsule([-8, 0, 4], [8, 0, -4], 7), Math.PI * 49 * Math.hypot(16, 8) + (4 / 3) * Math.PI * 343],
    ["a shell", { op: "cut", of: ellipsoid([0, 0, 0], [15, 15, 15]), by: ellipsoid([0, 0, 0], [10, 10, 10]) }, (4 / 3) * Math.PI * (15 ** 3 - 10 ** 3)],
    ["half a ball", { op: "and", of: [ellipsoid([0, 0, 0], [12, 12, 12]), ellipsoid([200, 0, 0], [200, 200, 200])] }, (2 / 3) * Math.PI * 12 ** 3],
    ["a grown ball", { op: "grow", of: ellipsoid([0, 0, 0], [10, 10, 10]), by: 4 }, (4 / 3) * Math.PI * 14 ** 3],
  ] as [string, Shape, number][])("%s has its volume, in oblique slices too", (_, shape, expected) => {
    expect(volume(shape) / expected).toBeCloseTo(1, 1);
    expect(volume(shape, oblique) / volume(shape)).toBeCloseTo(1, 1);
  }); // prettier-ignore

  it("fills a loft between its levels and slopes it off beyond them", () => {
    const tubular = tube([-10, 0, 0, 10, 10], [10, 0, 0, 10, 10]);
    const between = Math.PI * 100 * 20;
    // Each end goes on for 5 mm, shrinking by 1 mm all round per mm: ∫ π (10 − t)² dt.
    const beyond = (Math.PI * (1000 - 125)) / 3;
    expect(volume(tubular) / (between + 2 * beyond)).toBeCloseTo(1, 1);
    expect(volume(tubular, oblique) / volume(tubular)).toBeCloseTo(1, 1);
  });

  it("sets the mirrored shape on the other side", () => {
    const shape = capsule([6, -4, 3], [20, 8, -6], 5, 3);
    const left = rendering([{ shape, tissue: { value: 1 }, bone: 1 }]).bones;
    const right = rendering([{ shape: mirror(shape), tissue: { value: 1 }, bone: 1 }]).bones;
    const flipped = left.map((_, n) => left[n - (n % 60) + 59 - (n % 60)]);
    expect(Buffer.from(right).equals(Buffer.from(flipped))).toBe(true);
    expect(right.some((value) => value === 1)).toBe(true);
  });

  it("averages the planes of a slice and blends borders (partial volume)", () => {
    const radius = 15;
    const { signal } = rendering([
      { shape: ellipsoid([0, 0, 0], [radius, radius, radius]), tissue: { value: 2 } },
    ]);
    const sum = signal.reduce((total, value) => total + value, 0);
    expect(sum / (2 * (4 / 3) * Math.PI * radius ** 3)).toBeCloseTo(1, 2);
    expect(signal.some((value) => value > 0.2 && value < 1.8)).toBe(true);
  });

  it("lets later coats cover earlier ones and leaves the bone beneath a lesion", () => {
    const ball = ellipsoid([0, 0, 0], [15, 15, 15]);
    const spot = ellipsoid([0, 0, 0], [6, 6, 6]);
    const hole = ellipsoid([0, 10, 0], [3, 3, 3]);
    const { signal, bones, lesions } = rendering([
      { shape: ball, tissue: { value: 1 }, bone: 2 },
      { shape: spot, tissue: { value: 3 }, lesion: 1 },
      { shape: hole, tissue: { value: 0.5 } },
    ]);
    const at = (p: number, q: number) => 30 + p + 60 * (30 + q + 60 * 30);
    expect([signal[at(0, 0)], bones[at(0, 0)], lesions[at(0, 0)]]).toEqual([3, 2, 1]);
    expect([signal[at(0, 10)], bones[at(0, 10)], lesions[at(0, 10)]]).toEqual([0.5, 0, 0]);
    expect([signal[at(0, -10)], bones[at(0, -10)], lesions[at(0, -10)]]).toEqual([1, 2, 0]);
  });
});

describe("noise", () => {
  const moments = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
  };

  it("deviates have mean 0 and standard deviation 1", () => {
    const random = new Random(5);
    const [mean, sd] = moments(Array.from({ length: 40000 }, () => deviate(random)));
    expect(mean).toBeCloseTo(0, 1);
    expect(sd).toBeCloseTo(1, 1);
  });

  it.each([
    [0, Math.sqrt(Math.PI / 2), Math.sqrt(2 - Math.PI / 2)],
    // Far above the noise Rician noise is Gaussian with mean √(A² + σ²) (Gudbjartsson & Patz 1995).
    [10, Math.sqrt(101), 1],
  ])("Rician noise over signal %d σ", (signal, expectedMean, expectedSd) => {
    const random = new Random(6);
    const [mean, sd] = moments(Array.from({ length: 40000 }, () => rician(signal, 1, random)));
    expect(mean).toBeCloseTo(expectedMean, 1);
    expect(sd).toBeCloseTo(expectedSd, 1);
  });

  it("is smooth, centred and within ±1", () => {
    const noise = new Noise(new Random(3));
    const values = Array.from({ length: 20000 }, (_, n) => noise.at(n * 0.137, n * 0.071, n * 0.053));
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Math.abs(moments(values)[0])).toBeLessThan(0.03);
    const steps = values.map((_, n) => Math.abs(noise.at(n * 0.9, 2, 3) - noise.at(n * 0.9 + 1e-4, 2, 3)));
    expect(Math.max(...steps)).toBeLessThan(1e-3);
  });

  it.each([0, 5, 33, -25])("halfTangent turns by %d degrees", (degrees) => {
    const [, [, cosine, minusSine]] = turn("x", halfTangent(degrees));
    expect(cosine).toBeCloseTo(Math.cos((degrees * Math.PI) / 180), 3);
    expect(-minusSine).toBeCloseTo(Math.sin((degrees * Math.PI) / 180), 3);
  });
});
