import { describe, expect, it } from "vitest";
import {
  connectedComponents,
  labelComponents,
  largestComponent,
  removeSmall,
  type Connectivity,
} from "../../src/volume/components.js";
import type { Mask, Vec3 } from "../../src/volume/volume.js";
import { loadFixture } from "./load-fixture.js";

interface Fixture {
  morphology: {
    size: Vec3;
    sparse: number[];
    components: Record<Connectivity, { labels: number[]; count: number }>;
  };
}
const { morphology } = loadFixture<Fixture>("scipy-references");
const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const maskOf = (data: number[], size: Vec3): Mask => ({
  data: Uint8Array.from(data),
  size,
  affine: identity,
});

describe("connectedComponents", () => {
  const mask = maskOf(morphology.sparse, morphology.size);

  it.each([6, 18, 26] as const)("with %i neighbours is scipy.ndimage.label", (connectivity) => {
    const expected = morphology.components[connectivity];
    const { labels, count, sizes } = connectedComponents(mask, connectivity);
    expect(count).toBe(expected.count);
    expect([...labels]).toEqual(expected.labels);
    const counted = Array.from(
      { length: count + 1 },
      (_, n) => expected.labels.filter((label) => label === n).length,
    );
    expect([...sizes]).toEqual(counted);
  });

  it("joins a spiral that is met from both ends", () => {
    const spiral = [1, 0, 1, 0, 1, /**/ 1, 0, 1, 0, 1, /**/ 1, 0, 1, 0, 1, /**/ 1, 1, 1, 1, 1];
    expect(connectedComponents(maskOf(spiral, [5, 4, 1]), 6).count).toBe(1);
  });

  it("finds nothing in an empty mask and one component in a full one", () => {
    expect(connectedComponents(maskOf([0, 0], [2, 1, 1]))).toMatchObject({
      count: 0,
      sizes: Int32Array.of(2),
    });
    expect(connectedComponents(maskOf([1, 2], [2, 1, 1]))).toMatchObject({
      count: 1,
      sizes: Int32Array.of(0, 2),
    });
  });
});

describe("islands", () => {
  const mask = maskOf([1, 1, 0, 1, 2, 2, 2, 0, 2], [9, 1, 1]);

  it("labelComponents keeps labels apart", () => {
    expect([...labelComponents(mask, 6).labels]).toEqual([1, 1, 0, 2, 3, 3, 3, 0, 4]);
  });

  it("removeSmall drops small pieces of each label", () => {
    expect([...removeSmall(mask, 2).data]).toEqual([1, 1, 0, 0, 2, 2, 2, 0, 0]);
    expect(removeSmall(mask, 1).data).toEqual(mask.data);
    expect(removeSmall(mask, 4).data).toEqual(new Uint8Array(9));
  });

  it("largestComponent keeps one piece of its label and all of the others", () => {
    expect([...largestComponent(mask, 1).data]).toEqual([1, 1, 0, 0, 2, 2, 2, 0, 2]);
    expect([...largestComponent(mask, 2).data]).toEqual([1, 1, 0, 1, 2, 2, 2, 0, 0]);
    expect(largestComponent(mask, 3).data).toEqual(mask.data);
  });

  it("largestComponent keeps the first of two equals", () => {
    expect([...largestComponent(maskOf([1, 0, 1], [3, 1, 1]), 1).data]).toEqual([1, 0, 0]);
  });
});
