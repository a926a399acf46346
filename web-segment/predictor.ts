/** Opens exported models with onnxruntime-web: the same file, window and probabilities as in Node. */
import type * as Ort from "onnxruntime-web";
import { MarrowError } from "../src/base/errors.js";
import { type ModelFile, readModel } from "../src/inference/model.js";
import type { PredictWindow } from "../src/inference/window-model.js";
import { bytesOf } from "./bytes.js";
import { type RungName, rungs } from "./rungs.js";

export interface BrowserModel extends Pick<ModelFile, "description"> {
  readonly predict: PredictWindow;
}

/** The models, ready to run. Throws MODEL_INVALID; DEVICE_UNAVAILABLE where the runtime fails. */
export async function openModels(
  files: readonly File[],
  { rung: name, runtime }: { rung: RungName; runtime: string },
): Promise<BrowserModel[]> {
  const rung = rungs.find((one) => one.name === name) ?? rungs[2];
  const ort = await byRuntime(rung.load);
  ort.env.wasm.wasmPaths = runtime;
  ort.env.wasm.numThreads = rung.threads();
  const models: BrowserModel[] = [];
  for (const file of files) models.push(await openModel(file, ort, rung.provider));
  return models;
}

async function openModel(file: File, ort: typeof Ort, provider: string): Promise<BrowserModel> {
  const { description, imageShape, bytes } = readModel(await bytesOf(file), file.name);
  const session = await byRuntime(() =>
    ort.InferenceSession.create(bytes, { executionProviders: [provider], graphOptimizationLevel: "all" }),
  );
  const predict: PredictWindow = (window) =>
    byRuntime(async () => {
      const { probabilities } = await session.run({
        image: new ort.Tensor("float32", window, [...imageShape]),
      });
      const data = (await probabilities.getData()) as Float32Array;
      if (!Number.isFinite(data[0])) throw new Error("results that are no numbers");
      return data;
    });
  return { description, predict };
}

/** What the runtime throws says nothing to a person but which way of computing failed. */
async function byRuntime<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new MarrowError("DEVICE_UNAVAILABLE", { found, cause });
  }
}
