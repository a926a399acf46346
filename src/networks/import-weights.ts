/** Takes over weights that were trained elsewhere: MONAI or any PyTorch code whose parameters have this network's names. */
import type { SafeTensor } from "../autograd/safetensors.js";
import { input, type Shape } from "../autograd/tensor.js";
import { Layers } from "./layers.js";
import type { Network, NetworkOptions } from "./network.js";
import { readStateDict } from "./pytorch/checkpoint.js";
import { type Layout, loadStateDict } from "./state-dict.js";

export interface ImportOptions {
  readonly network: Network;
  readonly options: NetworkOptions;
  /** Channels of the image. */
  readonly channels: number;
  /** Order of the axes in the file; default: that of the network. */
  readonly layout?: Layout;
}

/** The network's parameters and statistics, in our layout. Extents do not matter to them: any image will do. */
function layersOf({ network, options, channels }: ImportOptions): Layers {
  const layers = new Layers(false);
  const extents = network.divisor(options).map((n) => 2 * n);
  network.build(layers, input("image", [1, channels, ...extents]), options);
  return layers;
}

/**
 * Reads a `.pth` or `.safetensors` file; every tensor of the network must be there with its shape, and none may be left
 * over. Throws WEIGHTS_MISMATCH, and as readStateDict does.
 */
export async function importWeights(file: string, options: ImportOptions): Promise<Map<string, SafeTensor>> {
  const layers = layersOf(options);
  const layout = options.layout ?? (options.network.dimensions === 2 ? "NCHW" : "NCDHW");
  const values = loadStateDict(options.network, layers, await readStateDict(file), layout, file);
  const shapes = new Map<string, Shape>(
    [...layers.parameters, ...layers.statistics].map(([name, { tensor }]) => [name, tensor.shape]),
  );
  return new Map([...values].map(([name, data]) => [name, { shape: shapes.get(name) ?? [], data }]));
}
