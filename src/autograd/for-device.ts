/** The form of a graph that a device computes best, or at all. */
import { channelBlock } from "./blocked/probe.js";
import { blockChannels } from "./blocked/rewrite.js";
import { portable } from "./portable/rewrite.js";
import type { Device } from "./runtime.js";
import type { Tensor } from "./tensor.js";

/** The same outputs: channel-blocked for the processor, elementary operators for all else. */
export async function forDevice(
  outputs: Readonly<Record<string, Tensor>>,
  device: Device,
): Promise<Readonly<Record<string, Tensor>>> {
  return device === "cpu" ? blockChannels(outputs, await channelBlock(device)) : portable(outputs);
}
