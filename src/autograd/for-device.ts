/** The form of a graph that a device computes best, or at all. */
import { channelBlock } from "./blocked/probe.js";
import { blockChannels } from "./blocked/rewrite.js";
import { halfPrecision, type Precision } from "./half.js";
import { portable } from "./portable/rewrite.js";
import type { Device } from "./runtime.js";
import type { Tensor } from "./tensor.js";

/**
 * The same outputs: channel-blocked for the processor, elementary operators for all else, there also in mixed precision.
 * The processor computes on 32-bit floats always: it has no kernels for others.
 */
export async function forDevice(
  outputs: Readonly<Record<string, Tensor>>,
  device: Device,
  precision: Precision = "float32",
): Promise<Readonly<Record<string, Tensor>>> {
  if (device === "cpu") return blockChannels(outputs, await channelBlock(device));
  return precision === "float16" ? halfPrecision(portable(outputs)) : portable(outputs);
}
