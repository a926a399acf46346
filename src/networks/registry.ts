/** The networks by name. */
import { MarrowError } from "../base/errors.js";
import { attentionUnet25d } from "./attention-unet-2.5d.js";
import { attentionUnet2d, attentionUnet3d } from "./attention-unet.js";
import { hrnetW18Small, hrnetW32 } from "./hrnet.js";
import type { Network } from "./network.js";
import { resUnet } from "./res-unet.js";
import { unetBatchNorm } from "./unet-batch-norm.js";
import { unetPlusPlus } from "./unet-plus-plus.js";
import { unet2d, unet3d } from "./unet.js";
import { unetr } from "./unetr.js";

export const networks: Readonly<Record<string, Network>> = {
  "unet-2d": unet2d,
  "unet-3d": unet3d,
  "attention-unet-2.5d": attentionUnet25d,
  "res-unet": resUnet,
  unetr,
  "attention-unet-2d": attentionUnet2d,
  "attention-unet": attentionUnet3d,
  "unet-plus-plus": unetPlusPlus,
  "unet-batch-norm": unetBatchNorm,
  "hrnet-w18-small": hrnetW18Small,
  "hrnet-w32": hrnetW32,
};

/** The network of this name; NETWORK_UNKNOWN lists the names there are. */
export function networkNamed(name: string): Network {
  const network = Object.hasOwn(networks, name) ? networks[name] : undefined;
  if (!network)
    throw new MarrowError("NETWORK_UNKNOWN", { expected: Object.keys(networks).join(", "), found: name });
  return network;
}
