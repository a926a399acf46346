/** Channels laid out in space, and back: how decoders that compute blocks of voxels at once put them in place. */
import { type Emitter, node, type Operator, type Shape, sizeOf, type Tensor } from "../tensor.js";

const first = (inputs: readonly Tensor[]) => inputs[0];

export const rows = {
  /** [N, f²·C, (D,) H, W] → [N, C, (D,) f·H, f·W]; channels are ordered (row in the block, column in the block, C). */
  depthToSpace: {
    name: "depthToSpace",
    shape: (inputs, attributes) => {
      const f = attributes["factor"] as number;
      return scaled(first(inputs).shape, 1 / (f * f), f);
    },
    emit: (emitter, t, inputs) =>
      inSlices(emitter, t, inputs, (flat) =>
        emitter.node("DepthToSpace", flat, { blocksize: t.attributes["factor"] as number, mode: "DCR" }),
      ),
    gradient: ({ dy, y }) => [() => spaceToDepth(dy, y.attributes["factor"] as number)],
  },
  spaceToDepth: {
    name: "spaceToDepth",
    shape: (inputs, attributes) => {
      const f = attributes["factor"] as number;
      return scaled(first(inputs).shape, f * f, 1 / f);
    },
    emit: (emitter, t, inputs) =>
      inSlices(emitter, t, inputs, (flat) =>
        emitter.node("SpaceToDepth", flat, { blocksize: t.attributes["factor"] as number }),
      ),
    gradient: ({ dy, y }) => [() => depthToSpace(dy, y.attributes["factor"] as number)],
  },
  /** [N, f·C, D, H, W] → [N, C, D·f, H, W]; channels are ordered (slice, C). */
  channelsToSlices: {
    name: "channelsToSlices",
    shape: (inputs, attributes) => {
      const [n = 1, c = 1, d = 1, ...plane] = first(inputs).shape;
      const f = attributes["factor"] as number;
      return [n, c / f, d * f, ...plane];
    },
    emit: (emitter, t, [x]) => {
      const [n = 1, c = 1, d = 1, ...plane] = t.shape;
      const f = t.attributes["factor"] as number;
      const [split] = emitter.node("Reshape", [x, emitter.ints([n, f, c, d / f, sizeOf(plane)])]);
      const [moved] = emitter.node("Transpose", [split], { perm: [0, 2, 3, 1, 4] });
      return emitter.node("Reshape", [moved, emitter.ints(t.shape)]);
    },
    gradient: ({ dy, y }) => [() => slicesToChannels(dy, y.attributes["factor"] as number)],
  },
  slicesToChannels: {
    name: "slicesToChannels",
    shape: (inputs, attributes) => {
      const [n = 1, c = 1, d = 1, ...plane] = first(inputs).shape;
      const f = attributes["factor"] as number;
      return [n, c * f, d / f, ...plane];
    },
    emit: (emitter, t, [x]) => {
      const [n = 1, c = 1, d = 1, ...plane] = t.shape;
      const f = t.attributes["factor"] as number;
      const [split] = emitter.node("Reshape", [x, emitter.ints([n, c / f, d, f, sizeOf(plane)])]);
      const [moved] = emitter.node("Transpose", [split], { perm: [0, 3, 1, 2, 4] });
      return emitter.node("Reshape", [moved, emitter.ints(t.shape)]);
    },
    gradient: ({ dy, y }) => [() => channelsToSlices(dy, y.attributes["factor"] as number)],
  },
} satisfies Record<string, Operator>;

/** A shape with its channels and its last two extents multiplied. */
function scaled(shape: Shape, channels: number, plane: number): number[] {
  const last = shape.length - 2;
  return shape.map((n, axis) => Math.round(axis === 1 ? n * channels : axis >= last ? n * plane : n));
}

/** ONNX knows these operators for [N, C, H, W] only: slices are laid one below the other. */
function inSlices(
  emitter: Emitter,
  t: Tensor,
  [x]: readonly string[],
  emit: (flat: readonly string[]) => readonly string[],
): readonly string[] {
  const from = first(t.inputs).shape;
  if (from.length === 4) return emit([x ?? ""]);
  const [n = 1, c = 1, d = 1, h = 1, w = 1] = from;
  const flat = emitter.node("Reshape", [x ?? "", emitter.ints([n, c, d * h, w])]);
  return emitter.node("Reshape", [emit(flat)[0] ?? "", emitter.ints(t.shape)]);
}

export const depthToSpace = (x: Tensor, factor: number): Tensor => node(rows.depthToSpace, [x], { factor });
export const spaceToDepth = (x: Tensor, factor: number): Tensor => node(rows.spaceToDepth, [x], { factor });
export const channelsToSlices = (x: Tensor, factor: number): Tensor =>
  node(rows.channelsToSlices, [x], { factor });
export const slicesToChannels = (x: Tensor, factor: number): Tensor =>
  node(rows.slicesToChannels, [x], { factor });
