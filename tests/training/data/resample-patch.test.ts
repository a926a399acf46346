import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resamplePatch } from "../../../src/training/data/resample-patch.js";
import { rotationInVoxels } from "../../../src/training/data/spatial.js";
import type { Vec3 } from "../../../src/volume/volume.js";
import { identity } from "./prepared.js";

/** Made with scipy.ndimage.map_coordinates, see fixtures/augment_reference.py. */
interface Reference {
  size: Vec3;
  volume: number[];
  mask: number[];
  spatial: { name: string; patch: Vec3; centre: Vec3; matrix: number[]; image: number[]; mask: number[] }[];
  rotations: { angles: number[]; spacing: number[]; matrix: number[] }[];
}
const url = new URL("./fixtures/augment-reference.json", import.meta.url);
const reference = JSON.parse(readFileSync(url, "utf8")) as Reference;

function sampleOf(patch: Vec3, channelCount: number) {
  const voxels = patch[0] * patch[1] * patch[2];
  return { image: new Float32Array(channelCount * voxels).fill(99), mask: new Uint8Array(voxels).fill(99) };
}

describe("resamplePatch agrees with scipy", () => {
  it.each(reference.spatial)("$name", ({ patch, centre, matrix, image, mask }) => {
    const channels = Float32Array.from([...reference.volume, ...reference.volume.map((v) => 10 - v)]);
    const labels = Uint8Array.from(reference.mask);
    const source = {
      id: "a",
      channels,
      channelCount: 2,
      mask: labels,
      size: reference.size,
      affine: identity,
      foreground: [],
    };
    const sample = sampleOf(patch, 2);
    resamplePatch(source, { patch, centre, matrix }, sample);
    const expected = [...image, ...image.map((v) => 10 - v)];
    const error = Math.max(...expected.map((v, n) => Math.abs(v - sample.image[n])));
    expect(sample.image.length).toBe(expected.length);
    expect(error).toBeLessThan(1e-5);
    expect([...sample.mask]).toEqual(mask);
  });
});

describe("rotationInVoxels agrees with scipy's Rotation", () => {
  it.each(reference.rotations)("$angles degrees on $spacing mm", ({ angles, spacing, matrix }) => {
    rotationInVoxels(angles, spacing).forEach((value, n) => expect(value).toBeCloseTo(matrix[n], 12));
  });
});
