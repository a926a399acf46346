/** The networks by name. */
import { MarrowError } from "../base/errors.js";
import { attentionUnet25d } from "./attention-unet-2.5d.js";
import { attentionUnet2d, attentionUnet3d } from "./attention-unet.js";
import { hrnetW18Small, hrnetW32 } from "./hrnet.js";
import type { Network } from "./network.js";
import { residualClassifier } from "./residual-classifier.js";
import { resUnet } from "./res-unet.js";
import { unetBatchNorm } from "./unet-batch-norm.js";
import { unetPointRend } from "./unet-pointrend.js";
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
  "unet-pointrend": unetPointRend,
  "hrnet-w18-small": hrnetW18Small,
  "hrnet-w32": hrnetW32,
};

/** Networks that give one number for a whole image. */
export const classifiers: Readonly<Record<string, Network>> = {
  "residual-classifier": residualClassifier,
};

export function isClassifier(name: string): boolean {
  return Object.hasOwn(classifiers, name);
}

/** The network or classifier of this name; NETWORK_UNKNOWN lists the names there are. */
export function networkNamed(name: string): Network {
  const all = { ...networks, ...classifiers };
  const network = Object.hasOwn(all, name) ? all[name] : undefined;
  if (!network)
    throw new MarrowError("NETWORK_UNKNOWN", { expected: Object.keys(all).join(", "), found: name });
  return network;
}
