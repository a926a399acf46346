/** The form of a graph that a device computes best, or at all. */
import { channelBlock } from "./blocked/probe.js";
import { blockChannels } from "./blocked/rewrite.js";
import { halfPrecision, type Precision } from "./half.js";
import { portable } from "./portable/rewrite.js";
import type { Device } from "./runtime.js";
import type { Tensor } from "./tensor.js";
import { turnInSteps } from "./transpositions.js";
import { winograd } from "./winograd.js";

type Outputs = Readonly<Record<string, Tensor>>;

/**
 * The same outputs: for the processor wide convolutions by tiles and all else on blocked channels, for all other devices of
 * elementary operators, there also in mixed precision. The processor computes on 32-bit floats always: it has no kernels
 * for others.
 */
export async function forDevice(
  outputs: Outputs,
  device: Device,
  precision: Precision = "float32",
): Promise<Outputs> {
  if (device === "cpu") return forProcessor(outputs, await channelBlock(device));
  return precision === "float16" ? halfPrecision(portable(outputs)) : portable(outputs);
}

/** The same outputs, as a processor with blocks of `block` channels computes them best. */
export function forProcessor(outputs: Outputs, block: number): Outputs {
  return turnInSteps(blockChannels(winograd(outputs), block));
}

/** A forward pass to be differentiated: how a convolution is computed decides how its gradient is. */
export function forTraining(outputs: Outputs, device: Device): Outputs {
  return device === "cpu" ? winograd(outputs) : outputs;
}
