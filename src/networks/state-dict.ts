/** Loads PyTorch state dictionaries by name into our layout (N, C, D, H, W). */
import type { SafeTensor } from "../autograd/safetensors.js";
import { sameShape, sizeOf } from "../autograd/tensor.js";
import { MarrowError } from "../base/errors.js";
import type { Layers } from "./layers.js";
import type { Network } from "./network.js";

/** Order of a source's axes; NCHWD puts the slices last. */
export type Layout = "NCHW" | "NCDHW" | "NCHWD";

/** The same numbers with the last axis (slices) moved to the front of the spatial axes. `spatialStart` is where they begin. */
export function slicesFirst(
  tensor: SafeTensor,
  spatialStart: number,
): { shape: number[]; data: Float32Array<ArrayBuffer> } {
  const { shape } = tensor;
  const outer = sizeOf(shape.slice(0, spatialStart));
  const [h = 1, w = 1, d = 1] = shape.slice(spatialStart);
  const data = new Float32Array(tensor.data.length);
  for (let o = 0; o < outer; o++) {
    for (let p = 0; p < h * w; p++) {
      for (let k = 0; k < d; k++)
        data[(o * d + k) * h * w + p] = Number(tensor.data[(o * h * w + p) * d + k]);
    }
  }
  return { shape: [...shape.slice(0, spatialStart), d, h, w], data };
}

/** A tensor in our layout, as float32. */
export function toOurLayout(
  tensor: SafeTensor,
  layout: Layout,
  spatialStart: number,
): { shape: readonly number[]; data: Float32Array<ArrayBuffer> } {
  if (layout === "NCHWD" && tensor.shape.length === spatialStart + 3)
    return slicesFirst(tensor, spatialStart);
  return { shape: tensor.shape, data: Float32Array.from(tensor.data as Float32Array) };
}

/** Our name of a parameter that published weights may hold under a second one. */
export function canonicalName(network: Network, name: string): string {
  const alias = Object.entries(network.aliases ?? {}).find(([prefix]) => name.startsWith(`${prefix}.`));
  return alias ? alias[1] + name.slice(alias[0].length) : name;
}

/**
 * Values for every parameter and statistic of `layers` from a state dictionary. Every one must be there with its shape,
 * and nothing may be left over but PyTorch's batch counters and what the network calls optional.
 */
export function loadStateDict(
  network: Network,
  layers: Layers,
  state: ReadonlyMap<string, SafeTensor>,
  layout: Layout,
  file: string,
): Map<string, Float32Array<ArrayBuffer>> {
  const values = new Map<string, Float32Array<ArrayBuffer>>();
  const wanted = new Map([...layers.parameters, ...layers.statistics]);
  for (const [name, tensor] of state) {
    if (name.endsWith("num_batches_tracked")) continue;
    const target = canonicalName(network, name);
    const info = wanted.get(target);
    if (!info && network.optional?.test(target)) continue;
    if (!info)
      throw new MarrowError("WEIGHTS_MISMATCH", { file, found: `${name}, which the network does not have` });
    const { shape, data } = toOurLayout(tensor, layout, 2);
    if (!sameShape(shape, info.tensor.shape)) {
      const expected = `${target} of shape [${info.tensor.shape.join(", ")}]`;
      throw new MarrowError("WEIGHTS_MISMATCH", { file, expected, found: `[${shape.join(", ")}]` });
    }
    values.set(target, data);
  }
  const missing = [...wanted.keys()].filter((name) => !values.has(name));
  if (missing.length > 0) {
    throw new MarrowError("WEIGHTS_MISMATCH", {
      file,
      expected: missing.slice(0, 3).join(", "),
      found: "no such tensor",
    });
  }
  return values;
}
