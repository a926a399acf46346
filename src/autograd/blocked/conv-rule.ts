/** Convolutions on blocked tensors: within the slice, along the slices, and both. */
import { reshape, transpose } from "../operators/shape.js";
import type { Geometry } from "../operators/weight-gradient.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import { extents, planeShape, toPlain, toPlanes } from "./layout.js";
import { blockedConv } from "./operators.js";
import { pickedPlanes } from "./planes.js";
import type { Context, Rule } from "./rule.js";
import { blockedBias, weightsByTap } from "./weights.js";

/** Larger kernels are gradients of weights, whose "kernel" is an image. */
const largestKernel = 15;
/** The same along the slices, where patches have few voxels, unless as many slices come out as go in. */
const largestDepth = 3;

export const convRule: Rule = (t, context) => {
  const g = t.attributes as unknown as Geometry;
  const isOrdinary = g.groups === 1 && g.kernel.every((k) => k <= largestKernel) && isOrdinaryDepth(g);
  if (!isOrdinary || !isSupported(t, context)) return undefined;
  if (isAlongSlices(g) && context.fits(t.shape) && !isSmall(t, context))
    return { blocked: alongSlices(t, g, context) };
  const y = tapsAlongSlices(t, g, context);
  return context.fits(t.shape) ? { blocked: y } : { plain: toPlain(y, t.shape) };
};

/** Fewer input channels than a block: read plain. */
const isSmall = (t: Tensor, context: Context) => extents(t.inputs[0].shape).c < context.block;

/** Whole blocks of outputs, from whole blocks or few channels; or any outputs of an input that is blocked already. */
function isSupported(t: Tensor, context: Context): boolean {
  const x = t.inputs[0];
  return context.fits(t.shape) ? isSmall(t, context) || context.fits(x.shape) : context.isBlocked(x);
}

function isOrdinaryDepth({ kernel, stride, padding, dilation }: Geometry): boolean {
  const isPadded = 2 * (padding[0] ?? 0) === (dilation[0] ?? 1) * ((kernel[0] ?? 1) - 1);
  return kernel.length === 2 || (stride[0] === 1 && isPadded) || (kernel[0] ?? 1) <= largestDepth;
}

const isAlongSlices = (g: Geometry) =>
  g.kernel.length === 3 &&
  (g.kernel[0] ?? 1) > 1 &&
  sizeOf(g.kernel.slice(1)) === 1 &&
  sizeOf(g.stride) === 1 &&
  g.padding.slice(1).every((p) => p === 0);

/** One convolution within the slice for each place of the kernel along the slices, each adding to the one before. */
function tapsAlongSlices(t: Tensor, g: Geometry, context: Context): Tensor {
  const [x, w, bias] = t.inputs as [Tensor, Tensor, Tensor | undefined];
  const planes = isSmall(t, context) ? toPlanes(context.plain(x)) : context.blocked(x);
  const isVolume = g.kernel.length === 3;
  const taps = isVolume ? (g.kernel[0] ?? 1) : 1;
  const picked = { stride: isVolume ? (g.stride[0] ?? 1) : 1, count: extents(t.shape).d };
  const o = w.shape[0] ?? 1;
  const plane = (values: Shape) => values.slice(-2);
  const weights = weightsByTap(w, [taps, ...plane(w.shape)], context);
  const options = {
    kernel: plane(g.kernel),
    stride: plane(g.stride),
    padding: plane(g.padding),
    dilation: plane(g.dilation),
  };
  let y: Tensor | undefined;
  for (let tap = 0; tap < taps; tap++) {
    const offset = isVolume ? tap * (g.dilation[0] ?? 1) - (g.padding[0] ?? 0) : 0;
    const inputs = {
      x: pickedPlanes(planes, x.shape, { offset, ...picked }),
      weights: weights(tap),
      bias: blockedBias(y ? undefined : bias && context.plain(bias), o, context.block),
    };
    y = blockedConv(y ? { ...inputs, plus: y } : inputs, options);
  }
  return y as Tensor;
}

/** Kernel [k, 1, 1]: with slices and voxels as the two axes of one image it is a convolution along the first. */
function alongSlices(t: Tensor, g: Geometry, context: Context): Tensor {
  const [x, w, bias] = t.inputs as [Tensor, Tensor, Tensor | undefined];
  const { n, c, d, h, w: width } = extents(x.shape);
  const outputs = t.shape[1] ?? 1;
  const depth = t.shape[2] ?? 1;
  const swap = (value: Tensor, first: number, next: number) =>
    transpose(reshape(value, [n, first, next, h * width * context.block]), [0, 2, 1, 3]);
  const y = blockedConv(
    {
      x: reshape(swap(context.blocked(x), d, c / context.block), [n, c, d, h * width]),
      weights: weightsByTap(w, [1, g.kernel[0] ?? 1, 1], context)(0),
      bias: blockedBias(bias && context.plain(bias), outputs, context.block),
    },
    { kernel: [g.kernel[0] ?? 1, 1], padding: [g.padding[0] ?? 0, 0], dilation: [g.dilation[0] ?? 1, 1] },
  );
  return reshape(swap(y, outputs / context.block, depth), planeShape(t.shape));
}
