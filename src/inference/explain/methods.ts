/** Three ways to ask a network which voxels its answer rests on; the second and third are a second opinion on the first. */
import { compile } from "../../autograd/onnx/compile.js";
import { type Device, floats, Session, value, type Values } from "../../autograd/runtime.js";
import { sizeOf, type Tensor } from "../../autograd/tensor.js";
import { defaultLayer, type ExplanationGraph, gradCam, inputTimesGradient } from "./graph.js";

export const methods = ["grad-cam", "integrated-gradients", "occlusion"] as const;
export type Method = (typeof methods)[number];

export interface ExplainOptions {
  readonly method: Method;
  /** Layer of Grad-CAM; unless given, `defaultLayer`. */
  readonly layer?: string;
  /** Steps of the integral, 32 unless given. */
  readonly steps?: number;
  /** Voxels that one occlusion covers along each axis (D, H, W); unless given an eighth of the patch, a quarter of its depth. */
  readonly block?: readonly number[];
}

/** What is fed of one window, in the network's form: by name, without `scale` and `region`. */
export type WindowFeeds = Readonly<Record<string, Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>>;

export interface WindowExplanation {
  /** [D, H, W] of the patch; positive where a voxel raises the score. */
  readonly map: Float32Array;
  readonly score: number;
}

/** A compiled explanation of one network. */
export interface Explainer {
  readonly layer: string | undefined;
  explain(window: WindowFeeds): Promise<WindowExplanation>;
  close(): Promise<void>;
}

/** What runs once for a window: named results of the graph for an image that is scaled or partly covered. */
type Run = (changed: WindowFeeds, scale?: number) => Promise<Values>;

const mapOf: Readonly<Record<Method, (graph: ExplanationGraph, layer: string) => Tensor | undefined>> = {
  "grad-cam": gradCam,
  "integrated-gradients": inputTimesGradient,
  occlusion: () => undefined,
};

/** Compiles the explanation with the model's weights. Throws LAYER_UNKNOWN, GRAPH_NO_GRADIENT. */
export async function openExplainer(
  graph: ExplanationGraph,
  weights: ReadonlyMap<string, Float32Array>,
  options: ExplainOptions,
  device: Device,
): Promise<Explainer> {
  const layer = options.layer ?? defaultLayer(graph);
  const map = mapOf[options.method](graph, layer);
  const { score, found } = graph;
  const outputs = { score, ...(map && { map }), ...(found && { found }) };
  const session = await Session.open(compile(outputs, { stored: weights }), { device });
  return {
    layer: options.method === "grad-cam" ? layer : undefined,
    explain: async (window) => {
      const run = await runOf(session, graph, window);
      return explainers[options.method](run, window, graph, options);
    },
    close: () => session.close(),
  };
}

/** Of segmentation the region is where the label is found in the unchanged window, for all that follows. */
async function runOf(
  session: Session,
  { inputs, found }: ExplanationGraph,
  window: WindowFeeds,
): Promise<Run> {
  const feedsOf = (fed: WindowFeeds, scale: number, region?: Float32Array<ArrayBuffer>): Values => {
    const all: WindowFeeds = { ...fed, scale: Float32Array.of(scale), ...(region && { region }) };
    const used = [...inputs].filter(([name]) => session.inputs.includes(name));
    return Object.fromEntries(used.map(([name, shape]) => [name, value(all[name], shape)]));
  };
  if (!found) return (changed, scale = 1) => session.run(feedsOf(changed, scale));
  const empty = new Float32Array(sizeOf(found.shape));
  const region = floats((await session.run(feedsOf(window, 1, empty)))["found"]);
  return (changed, scale = 1) => session.run(feedsOf(changed, scale, region));
}

type Explain = (
  run: Run,
  window: WindowFeeds,
  graph: ExplanationGraph,
  options: ExplainOptions,
) => Promise<WindowExplanation>;

const scoreOf = (results: Values) => floats(results["score"])[0];

const explainers: Readonly<Record<Method, Explain>> = {
  "grad-cam": async (run, window) => {
    const results = await run(window);
    return { map: floats(results["map"]), score: scoreOf(results) };
  },
  "integrated-gradients": integrate,
  occlusion: occlude,
};

/**
 * Mean of input × gradient on the way from an image of zeros, the mean of a z-scored image, to the image (midpoint rule).
 * The map sums to the difference of the two scores, but for the steps' error. Sundararajan et al., ICML 2017, eq. 3.
 */
async function integrate(
  run: Run,
  window: WindowFeeds,
  _: ExplanationGraph,
  { steps = 32 }: ExplainOptions,
): Promise<WindowExplanation> {
  let total: Float64Array | undefined;
  for (let step = 0; step < steps; step++) {
    const map = floats((await run(window, (step + 0.5) / steps))["map"]);
    total ??= new Float64Array(map.length);
    for (let n = 0; n < map.length; n++) total[n] += map[n] / steps;
  }
  return { map: Float32Array.from(total ?? []), score: scoreOf(await run(window)) };
}

/**
 * How much the score falls when a block is covered: the image by its mean (0), the ROI by nothing. Blocks lie side by side;
 * each voxel has its block's fall. Zeiler and Fergus, ECCV 2014.
 */
async function occlude(
  run: Run,
  window: WindowFeeds,
  { seen }: ExplanationGraph,
  options: ExplainOptions,
): Promise<WindowExplanation> {
  const extents = [1, 1, ...seen.shape.slice(2)].slice(-3);
  const block = options.block ?? extents.map((n, axis) => Math.max(1, Math.round(n / (axis === 0 ? 4 : 8))));
  const map = new Float32Array(sizeOf(extents));
  const score = scoreOf(await run(window));
  for (const voxels of blocksOf(extents, block)) {
    const fall = score - scoreOf(await run(covered(window, voxels, map.length)));
    for (const n of voxels) map[n] = fall;
  }
  return { map, score };
}

/** The voxels of each block. */
function* blocksOf(
  [depth, height, width]: readonly number[],
  [bd, bh, bw]: readonly number[],
): Generator<number[]> {
  for (let d = 0; d < depth; d += bd)
    for (let h = 0; h < height; h += bh)
      for (let w = 0; w < width; w += bw) {
        const voxels: number[] = [];
        for (let k = d; k < Math.min(depth, d + bd); k++)
          for (let j = h; j < Math.min(height, h + bh); j++)
            for (let i = w; i < Math.min(width, w + bw); i++) voxels.push(i + width * (j + height * k));
        yield voxels;
      }
}

/** The window with these voxels at 0 in every channel (and in every slice that a 2-D network sees of them), ROI too. */
function covered(window: WindowFeeds, voxels: readonly number[], size: number): WindowFeeds {
  const cover = (data: WindowFeeds[string]) => {
    const copy = data.slice();
    for (let start = 0; start < copy.length; start += size) for (const n of voxels) copy[start + n] = 0;
    return copy;
  };
  const { image, roi } = window;
  return { ...window, image: cover(image), ...(roi && { roi: cover(roi) }) };
}
