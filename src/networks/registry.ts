/** The networks by name. */
import { MarrowError } from "../base/errors.js";
import { attentionUnet25d } from "./attention-unet-2.5d.js";
import type { Network } from "./network.js";
import { unet2d, unet3d } from "./unet.js";

export const networks: Readonly<Record<string, Network>> = {
  "unet-2d": unet2d,
  "unet-3d": unet3d,
  "attention-unet-2.5d": attentionUnet25d,
};

/** The network of this name; NETWORK_UNKNOWN lists the names there are. */
export function networkNamed(name: string): Network {
  const network = Object.hasOwn(networks, name) ? networks[name] : undefined;
  if (!network)
    throw new MarrowError("NETWORK_UNKNOWN", { expected: Object.keys(networks).join(", "), found: name });
  return network;
}
