import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { LabelsOnGrid } from "../../src/inference/labels-on-grid.js";
import { type Grid, reorient } from "../../src/volume/geometry.js";
import { gridWithSpacing, resampleTo } from "../../src/volume/resample.js";
import { type Affine, type Vec3, type Volume, voxelCount } from "../../src/volume/volume.js";

const values = [0, 4, 7];

const straight: Affine = [2, 0, 0, -9, 0, 1.5, 0, 3, 0, 0, 4, 12, 0, 0, 0, 1];
const flipped: Affine = [-2, 0, 0, 9, 0, 1.5, 0, 3, 0, 0, -4, 12, 0, 0, 0, 1];
const coronal: Affine = [-2, 0, 0, 9, 0, 0, 4, 3, 0, -1.5, 0, 12, 0, 0, 0, 1];
const size: Vec3 = [13, 10, 7];

/** Probabilities of three classes, rough enough that labels change often. */
function probabilitiesOn(grid: Grid, seed: number): Volume[] {
  const random = new Random(seed);
  const volumes = values.map(() => ({ ...grid, data: new Float32Array(voxelCount(grid.size)) }));
  for (let n = 0; n < voxelCount(grid.size); n++) {
    const shares = values.map(() => random.uniform(0.01, 1));
    const sum = shares.reduce((a, b) => a + b);
    volumes.forEach(({ data }, c) => (data[n] = shares[c] / sum));
  }
  return volumes;
}

/** Labels as they come slice by slice. */
function labelsOf(classes: readonly Volume[], grid: Grid): Uint8Array | undefined {
  const [network] = classes;
  const labels = LabelsOnGrid.between(network, grid, values);
  const plane = network.size[0] * network.size[1];
  for (let k = 0; k < network.size[2]; k++) {
    const slice = classes.flatMap(({ data }) => [...data.subarray(k * plane, (k + 1) * plane)]);
    labels?.add(k, Float32Array.from(slice), network.size);
  }
  return labels?.mask.data;
}

describe("LabelsOnGrid", () => {
  it.each([
    ["straight, to finer voxels", straight, 1.7],
    ["flipped, to finer voxels", flipped, 1.7],
    ["coronal, to finer voxels", coronal, 1.7],
    ["coronal, to coarser voxels", coronal, 0.6],
  ] as const)("has the most probable label of the interpolated probabilities: %s", (_, affine, factor) => {
    const image = { size, affine, data: new Uint8Array(voxelCount(size)) };
    const turned = reorient(image, "LPS");
    const spacing = [2, 1.5, 4].map((mm) => mm * factor) as unknown as Vec3;
    const classes = probabilitiesOn(
      gridWithSpacing(turned, affine === coronal ? [spacing[0], spacing[2], spacing[1]] : spacing),
      5,
    );
    const found = labelsOf(classes, image);
    const whole = classes.map((one, label) =>
      resampleTo(one, image, { method: "linear", outside: label === 0 ? 1 : 0 }),
    );
    let decided = 0;
    found?.forEach((label, n) => {
      const shares = whole.map(({ data }) => data[n]);
      const best = shares.indexOf(Math.max(...shares));
      const [first, second] = [...shares].sort((a, b) => b - a);
      if (first - second < 1e-5) return;
      decided++;
      expect(label).toBe(values[best]);
    });
    expect(decided).toBeGreaterThan(0.95 * voxelCount(size));
    expect(new Set(found)).toEqual(new Set(values));
  });

  it("finds a border between two voxels of the network", () => {
    const network: Grid = { size: [8, 4, 3], affine: [4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1] };
    const fine = gridWithSpacing(network, [0.5, 4, 4]);
    for (const border of [13.1, 14.2, 15.4]) {
      const inside = Float32Array.from({ length: voxelCount(network.size) }, (_, n) =>
        Math.min(1, Math.max(0, 0.5 + (4 * (n % 8) - border) / 16)),
      );
      const classes = [inside.map((p) => 1 - p), inside, inside.map(() => 0)].map((data) => ({
        ...network,
        data,
      }));
      const found = labelsOf(classes, fine) ?? new Uint8Array();
      const first = found.subarray(0, fine.size[0]).indexOf(values[1]);
      expect(Math.abs(0.5 * first - 1.75 - border)).toBeLessThanOrEqual(0.5);
    }
  });

  it("leaves to others what has the same voxels, or is oblique", () => {
    const image = { size, affine: flipped, data: new Uint8Array(voxelCount(size)) };
    expect(LabelsOnGrid.between(reorient(image, "LPS"), image, values)).toBeUndefined();
    const [c, s] = [Math.cos(0.2), Math.sin(0.2)];
    const oblique: Affine = [2 * c, -1.5 * s, 0, 0, 2 * s, 1.5 * c, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1];
    expect(
      LabelsOnGrid.between({ size, affine: straight }, { size, affine: oblique }, values),
    ).toBeUndefined();
  });

  it("is background outside what the network saw", () => {
    const network: Grid = { size: [4, 4, 4], affine: [2, 0, 0, 6, 0, 2, 0, 6, 0, 0, 2, 6, 0, 0, 0, 1] };
    const image: Grid = { size: [16, 16, 16], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
    const one = new Float32Array(64).fill(1);
    const classes = [one.map(() => 0), one, one.map(() => 0)].map((data) => ({ ...network, data }));
    const found = labelsOf(classes, image) ?? new Uint8Array();
    const seen = (v: number) => v >= 5 && v <= 13;
    found.forEach((label, n) => {
      const isSeen = [n % 16, Math.floor(n / 16) % 16, Math.floor(n / 256)].every(seen);
      expect(label).toBe(isSeen ? values[1] : 0);
    });
  });
});
