/**
 * The state of a training as a few long vectors instead of hundreds of small tensors: all weights in one, each of the
 * optimiser's slots in another, all running statistics in a third. An update is then some twenty elementwise nodes in
 * all, and a device passes a handful of buffers from step to step. Outside, state keeps its names and shapes.
 */
import { concat, reshape, slice } from "../autograd/operators/shape.js";
import { constant, type Shape, sizeOf, type Tensor } from "../autograd/tensor.js";

/** Vectors are laid out as rows of this length, so that sums over them are made in two stages. */
const width = 1024;

export interface Layout {
  /** Where each tensor begins, and its shape. */
  readonly entries: ReadonlyMap<string, { readonly offset: number; readonly shape: Shape }>;
  /** [rows, width]; what the entries leave free at the end is zero. */
  readonly shape: Shape;
}

/** One vector of the state. */
export interface StateVector {
  readonly name: string;
  readonly layout: Layout;
  /** State name of an entry. */
  readonly nameOf: (entry: string) => string;
}

export function layoutOf(tensors: Iterable<readonly [name: string, shape: Shape]>): Layout {
  const entries = new Map<string, { offset: number; shape: Shape }>();
  let offset = 0;
  for (const [name, shape] of tensors) {
    entries.set(name, { offset, shape });
    offset += sizeOf(shape);
  }
  return { entries, shape: [Math.ceil(offset / width), width] };
}

/** So many tensors are joined at a time; see `joined`. */
const groupSize = 8;

/**
 * The tensors, in the layout's order, as its vector. They are joined in groups, since the runtime computes what one
 * concatenation reads in an order of its own: with all gradients in one, it went through the whole backward pass before
 * it computed the first gradient of a weight, and kept everything alive until then.
 */
export function joined(layout: Layout, tensors: readonly Tensor[]): Tensor {
  const parts = tensors.map((t) => reshape(t, [sizeOf(t.shape)]));
  const free = sizeOf(layout.shape) - parts.reduce((n, { shape }) => n + sizeOf(shape), 0);
  const all = free > 0 ? [...parts, constant(new Float32Array(free))] : parts;
  const groups = Array.from({ length: Math.ceil(all.length / groupSize) }, (_, g) =>
    concat(all.slice(g * groupSize, (g + 1) * groupSize), 0),
  );
  return reshape(concat(groups, 0), layout.shape);
}

/** One tensor of the vector. */
export function partOf(vector: Tensor, layout: Layout, name: string): Tensor {
  const { offset = 0, shape = [] } = layout.entries.get(name) ?? {};
  return reshape(slice(reshape(vector, [sizeOf(layout.shape)]), [offset], [sizeOf(shape)]), shape);
}

/** The numbers of each entry, by state name; they share the vector's memory. */
export function views(
  data: Float32Array<ArrayBuffer>,
  { layout, nameOf }: StateVector,
): [name: string, data: Float32Array<ArrayBuffer>][] {
  return [...layout.entries].map(([name, { offset, shape }]) => [
    nameOf(name),
    data.subarray(offset, offset + sizeOf(shape)),
  ]);
}
