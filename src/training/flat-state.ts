/**
 * The state of a training as a few long vectors instead of hundreds of small tensors: weights, each of the optimiser's
 * slots, running statistics. An update is then some twenty elementwise nodes a vector, and a device passes a handful of
 * buffers from step to step. Outside, state keeps its names and shapes.
 */
import { concat, reshape, slice } from "../autograd/operators/shape.js";
import { constant, type Shape, sizeOf, type Tensor } from "../autograd/tensor.js";

/** Vectors are laid out as rows of this length, so that sums over them are made in two stages. */
const width = 1024;

/**
 * A vector of weights ends before it gets longer (16 MB), so that what an update computes between its operators is small
 * beside the state, and no buffer is larger than a device allows. A tensor that is longer has a vector to itself.
 */
const longest = 2 ** 22;

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

/** As many vectors as `longest` asks for. */
export function layoutsOf(tensors: Iterable<readonly [name: string, shape: Shape]>): Layout[] {
  const groups: (readonly [string, Shape])[][] = [];
  let free = 0;
  for (const entry of tensors) {
    const size = sizeOf(entry[1]);
    if (groups.length === 0 || size > free) {
      groups.push([]);
      free = longest;
    }
    groups.at(-1)?.push(entry);
    free -= size;
  }
  return groups.map(layoutOf);
}

/** So many tensors are joined at a time; see `joined`. */
const groupSize = 8;

/**
 * The layout's entries as its vector. They are joined in groups, since the runtime computes what one
 * concatenation reads in an order of its own: with all gradients in one, it went through the whole backward pass before
 * it computed the first gradient of a weight, and kept everything alive until then.
 */
export function joined(layout: Layout, tensors: ReadonlyMap<string, Tensor>): Tensor {
  const parts = [...layout.entries].map(([name, { shape }]) =>
    reshape(tensors.get(name) as Tensor, [sizeOf(shape)]),
  );
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
