/** From a plan's entry of a network (axes i, j, k) to what the network is built with (axes D, H, W or H, W). */
import type { NetworkOptions } from "./network.js";
import { networkNamed } from "./registry.js";

export interface PlannedOptions {
  readonly name: string;
  readonly features: readonly number[];
  readonly pooling?: readonly (readonly number[])[] | undefined;
  readonly kernels?: readonly (readonly number[])[] | undefined;
  readonly heads?: number | undefined;
  readonly dropout: number;
  readonly deepSupervision: boolean;
}

/** i, j, k → D, H, W; of a 2-D network H, W. */
export function tensorAxes(triple: readonly number[], dimensions: 2 | 3): number[] {
  return [...triple].reverse().slice(3 - dimensions);
}

export function networkOptions(plan: PlannedOptions, classes: number): NetworkOptions {
  const { dimensions } = networkNamed(plan.name);
  const { features, dropout, deepSupervision, pooling, kernels, heads } = plan;
  const turned = (list: readonly (readonly number[])[]) =>
    list.map((triple) => tensorAxes(triple, dimensions));
  return {
    classes,
    features,
    dropout,
    deepSupervision,
    ...(pooling ? { pooling: turned(pooling) } : {}),
    ...(kernels ? { kernels: turned(kernels) } : {}),
    ...(heads ? { heads } : {}),
  };
}
