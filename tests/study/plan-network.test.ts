import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { input } from "../../src/autograd/tensor.js";
import { Layers } from "../../src/networks/layers.js";
import { networkCost } from "../../src/networks/cost.js";
import { networkOptions, tensorAxes } from "../../src/networks/plan-options.js";
import { networkNamed, networks } from "../../src/networks/registry.js";
import {
  fitPatch,
  limits,
  planDepth,
  planNetwork,
  type PlannedNetwork,
} from "../../src/study/plan-network.js";
import type { PlanGrid } from "../../src/study/plan-geometry.js";
import type { Vec3 } from "../../src/volume/volume.js";

interface Row {
  spacing: number[];
  size: number[];
  pooling: number[][];
  kernels: number[][];
}
const rows = JSON.parse(
  readFileSync(new URL("./fixtures/nnunet-topology.json", import.meta.url), "utf8"),
) as Row[];

const third = (list: number[], fill: number) =>
  [list[0], list[1], list[2] ?? fill] as [number, number, number];
const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);

describe("planDepth", () => {
  it.each(rows)("pools as nnU-Net does: $spacing mm, $size voxels", ({ spacing, size, pooling, kernels }) => {
    const dimensions = size.length as 2 | 3;
    const depth = planDepth(third(size, 20), third(spacing, 3), dimensions);
    const levels = Math.min(pooling.length, limits.mostPoolings[dimensions]);
    expect(depth.pooling).toEqual(pooling.slice(0, levels).map((p) => third(p, 1)));
    expect(depth.kernels.slice(0, levels)).toEqual(kernels.slice(0, levels).map((p) => third(p, 1)));
    expect(depth.kernels).toHaveLength(levels + 1);
    expect(depth.kernels[levels]).toEqual(
      third(
        size.map(() => 3),
        1,
      ),
    );
    expect(depth.divisor).toEqual([0, 1, 2].map((axis) => product(depth.pooling.map((p) => p[axis]))));
  });
});

const side = fc.integer({ min: 1, max: 600 });
const millimetres = fc.constantFrom(0.4, 0.6, 1, 1.5, 3.3, 5, 7);

describe("fitPatch", () => {
  it("is always divisible by the poolings, and within the budget unless one block is already over it", () => {
    fc.assert(
      fc.property(
        fc.tuple(side, side, side),
        fc.tuple(millimetres, millimetres, millimetres),
        fc.constantFrom(2 as const, 3 as const),
        (shape, spacing, dimensions) => {
          const { patch, divisor } = fitPatch(shape, spacing, dimensions, 160_000);
          expect(patch.every((n, axis) => n > 0 && n % divisor[axis] === 0)).toBe(true);
          expect(product(patch) <= 160_000 || patch.every((n, axis) => n === divisor[axis])).toBe(true);
          if (dimensions === 2) expect(patch[2]).toBe(1);
        },
      ),
    );
  });

  it("holds a whole hippocampus", () => {
    const { patch, pooling } = fitPatch([35, 50, 36], [1, 1, 1], 3, 160_000);
    expect(patch).toEqual([40, 56, 40]);
    expect(pooling).toHaveLength(3);
  });
});

const grid = (shape: Vec3, spacing: Vec3): PlanGrid => ({
  ...{ orientation: "LPS", shape, spacing, anisotropy: spacing[2] / spacing[0] },
  why: { orientation: "", spacing: "" },
});

describe("planNetwork", () => {
  it("doubles features at each pooling up to the limit", () => {
    const { network } = planNetwork("unet-2d", grid([336, 336, 25], [0.6, 0.6, 3.3]), 4e9);
    expect(network.features).toEqual([32, 64, 128, 256, 256, 256]);
    expect(network.kernels?.every((kernel) => kernel[2] === 1)).toBe(true);
  });

  it("keeps the 2.5-D network's structure and divisibility", () => {
    const { network, patch } = planNetwork("attention-unet-2.5d", grid([180, 170, 13], [1, 1, 7]), 4e9);
    expect(network).toMatchObject({ features: [32, 32, 64, 128, 256, 32], dropout: 0.2 });
    expect(network.pooling).toBeUndefined();
    expect([patch[0] % 16, patch[1] % 16, patch[2] % 2]).toEqual([0, 0, 0]);
  });

  it("keeps a prescribed patch, one slice of it for a 2-D network", () => {
    const prescribed: Vec3 = [192, 192, 16];
    const ofPaper = (name: string) =>
      planNetwork(name, grid([150, 140, 12], [1, 1, 7]), 4e9, prescribed).patch;
    expect(ofPaper("attention-unet-2.5d")).toEqual([192, 192, 16]);
    expect(ofPaper("unet-3d")).toEqual([192, 192, 16]);
    expect(ofPaper("unet-2d")).toEqual([192, 192, 1]);
  });

  it("shrinks patch and batch with the memory", () => {
    const large = planNetwork("unet-3d", grid([96, 96, 96], [1, 1, 1]), 4e9);
    const small = planNetwork("unet-3d", grid([96, 96, 96], [1, 1, 1]), 0.5e9);
    const voxels = ({ patch, batch }: { patch: readonly number[]; batch: number }) => product(patch) * batch;
    expect(voxels(small)).toBeLessThan(voxels(large));
    const bytes = ({ network, patch, batch }: PlannedNetwork) =>
      networkCost(networkNamed("unet-3d"), networkOptions(network, 2), [batch, 1, ...tensorAxes(patch, 3)])
        .activationBytes;
    expect(bytes(small)).toBeLessThan(0.5e9);
    expect(bytes(large)).toBeGreaterThan(0.5e9);
  });

  it.each(Object.keys(networks))(
    "gives %s a patch, features and options that it can be built with",
    (name) => {
      const { dimensions, hasPlannedDepth, features, divisor, build } = networkNamed(name);
      for (const [shape, spacing] of [
        [
          [180, 170, 13],
          [1, 1, 7],
        ],
        [
          [35, 50, 36],
          [1, 1, 1],
        ],
      ] as [Vec3, Vec3][]) {
        const { network, patch } = planNetwork(name, grid(shape, spacing), 4e9);
        const options = networkOptions(network, 3);
        const extents = tensorAxes(patch, dimensions);
        expect(extents.map((n, axis) => n % divisor(options)[axis])).toEqual(extents.map(() => 0));
        expect(dimensions === 3 || patch[2] === 1).toBe(true);
        if (hasPlannedDepth) expect(network.features).toHaveLength((network.pooling?.length ?? 0) + 1);
        else expect(network.features).toEqual(features);
        const { logits } = build(new Layers(true), input("image", [1, 1, ...extents]), options);
        expect(logits.shape).toEqual([1, 3, ...extents]);
      }
    },
  );

  it("names the networks there are for an unknown one", () => {
    expect(() => planNetwork("vnet", grid([9, 9, 9], [1, 1, 1]), 4e9)).toThrow(
      /NETWORK_UNKNOWN[\s\S]*unet-2d/,
    );
  });
});
