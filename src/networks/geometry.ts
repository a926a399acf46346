/** Depth of a network whose levels may be planned: pooling between the levels, kernel of each. */
import type { Shape } from "../autograd/tensor.js";
import type { NetworkOptions } from "./network.js";

export interface Geometry {
  /** Factors between level n and n + 1. */
  readonly pooling: readonly Shape[];
  /** One more than poolings. */
  readonly kernels: readonly Shape[];
}

/** The plan's geometry; without one, `depth` halvings of every axis and kernels of 3. */
export function geometryOf(
  dimensions: 2 | 3,
  options: NetworkOptions,
  depth = options.features.length - 1,
): Geometry {
  const all = (n: number) => Array.from({ length: dimensions }, () => n);
  const pooling = options.pooling ?? Array.from({ length: depth }, () => all(2));
  const kernels = options.kernels ?? Array.from({ length: pooling.length + 1 }, () => all(3));
  return { pooling, kernels };
}

/** Product of the poolings: what the extents of a patch must be multiples of. */
export function divisorOf(dimensions: 2 | 3, { pooling }: Geometry): number[] {
  return pooling.reduce<number[]>(
    (product, factors) => product.map((n, axis) => n * (factors[axis] ?? 1)),
    Array.from({ length: dimensions }, () => 1),
  );
}

/** A kernel of 1 along every axis. */
export function pointwise(dimensions: 2 | 3): Shape {
  return Array.from({ length: dimensions }, () => 1);
}
