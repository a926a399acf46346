/** Reading and writing single places of maps, where the places are computed in the graph. */
import {
  constant,
  type Emitter,
  node,
  type Operator,
  type Shape,
  shapeError,
  type Tensor,
} from "../tensor.js";
import { expand } from "./shape.js";

/** Places [N, K] for every channel of [N, C, …]. */
function forChannels(emitter: Emitter, places: string, [n = 1, c = 1, k = 1]: Shape): string {
  const [column] = emitter.node("Reshape", [places, emitter.ints([n, 1, k])]);
  return emitter.node("Expand", [column, emitter.ints([n, c, k])])[0];
}

function checked(name: string, x: Tensor, places: Tensor): void {
  const fits = x.shape.length === 3 && places.shape.length === 2 && places.shape[0] === x.shape[0];
  if (!fits) throw shapeError(name, "maps [N, C, S] and places [N, K]", x, places);
}

export const rows = {
  /** x [N, C, S] at places [N, K] (int64, 0 … S − 1) → [N, C, K]. */
  gatherAt: {
    name: "gatherAt",
    shape: ([x, places]) => {
      checked("gatherAt", x, places);
      return [x.shape[0], x.shape[1], places.shape[1]];
    },
    emit: (emitter, t, [x, places]) =>
      emitter.node("GatherElements", [x, forChannels(emitter, places, t.shape)], { axis: 2 }),
    gradient: ({ dy, inputs: [x, places] }) => [() => scatterAt(dy, places, x.shape[2]), undefined],
  },
  /** Zeros [N, C, S] to which values [N, C, K] are added at places [N, K]. */
  scatterAt: {
    name: "scatterAt",
    shape: ([values, places], attributes) => {
      checked("scatterAt", values, places);
      return [values.shape[0], values.shape[1], attributes["length"] as number];
    },
    emit: (emitter, t, [values, places, zeros]) => {
      const indices = forChannels(emitter, places, t.inputs[0].shape);
      return emitter.node("ScatterElements", [zeros, indices, values], { axis: 2, reduction: "add" });
    },
    gradient: ({ dy, inputs: [, places] }) => [() => gatherAt(dy, places), undefined, undefined],
  },
  /** x [N, C, S] with values [N, C, K] in place of what stood at places [N, K], of which no two may be the same. */
  replaceAt: {
    name: "replaceAt",
    shape: ([x, , places]) => {
      checked("replaceAt", x, places);
      return x.shape;
    },
    emit: (emitter, t, [x, values, places]) => {
      const indices = forChannels(emitter, places, t.inputs[1].shape);
      return emitter.node("ScatterElements", [x, indices, values], { axis: 2 });
    },
    gradient: ({ dy, inputs: [, values, places] }) => [
      () => replaceAt(dy, zerosOf(values.shape), places),
      () => gatherAt(dy, places),
      undefined,
    ],
  },
  /** Places (int64) of the largest elements along the last axis, from the largest; of equal ones the first comes first. */
  topPlaces: {
    name: "topPlaces",
    shape: ([x], attributes) => {
      const count = attributes["count"] as number;
      if (count > (x.shape.at(-1) ?? 0)) throw shapeError("topPlaces", `at least ${count} elements`, x);
      return [...x.shape.slice(0, -1), count];
    },
    dtype: () => "int64",
    emit: (emitter, t, [x]) => {
      const count = emitter.ints([t.attributes["count"] as number]);
      const [, places] = emitter.node("TopK", [x, count], { axis: -1, largest: 1, sorted: 1 }, 2);
      return [places];
    },
  },
} satisfies Record<string, Operator>;

const zerosOf = (shape: Shape): Tensor =>
  expand(
    constant(
      Float32Array.of(0),
      shape.map(() => 1),
    ),
    shape,
  );

export const gatherAt = (x: Tensor, places: Tensor): Tensor => node(rows.gatherAt, [x, places]);
export const scatterAt = (values: Tensor, places: Tensor, length: number): Tensor =>
  node(rows.scatterAt, [values, places, zerosOf([values.shape[0] ?? 1, values.shape[1] ?? 1, length])], {
    length,
  });
export const replaceAt = (x: Tensor, values: Tensor, places: Tensor): Tensor =>
  node(rows.replaceAt, [x, values, places]);
export const topPlaces = (x: Tensor, count: number): Tensor => node(rows.topPlaces, [x], { count });
