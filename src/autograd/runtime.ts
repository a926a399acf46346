/** Runs compiled models with ONNX Runtime on a chosen device. */
import { createRequire } from "node:module";
import type * as Ort from "onnxruntime-node";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { inspectOnnx } from "./onnx/inspect.js";
import type { Data, DType, Shape } from "./tensor.js";

const require = createRequire(import.meta.url);
let loaded: typeof Ort | undefined;

/** The runtime is loaded at first use: `marrow --help` must not pay for it. */
function runtime(): typeof Ort {
  loaded ??= require("onnxruntime-node") as typeof Ort;
  return loaded;
}

/** Where ONNX Runtime can compute; its names of its execution providers. */
export const deviceNames = ["cpu", "webgpu", "cuda", "coreml", "dml"] as const;
export type Device = (typeof deviceNames)[number];
export type Value = Ort.Tensor;
export type Values = Record<string, Value>;

export interface SessionOptions {
  device?: Device;
  /** CPU threads; default: all cores. */
  threads?: number;
  /** Results that stay where they were computed, to be fed again; their numbers cannot be read. Only WebGPU knows this. */
  keepOnDevice?: readonly string[];
  /** What the model was compiled without (`CompileOptions.apart`), by name. */
  weights?: ReadonlyMap<string, Float32Array>;
  /** Write a profile of every operator to files that begin with this. */
  profile?: string;
}

/** A compiled model, ready to run. Several may exist; each holds its own memory. */
export class Session {
  private constructor(
    private readonly session: Ort.InferenceSession,
    private readonly device: Device,
  ) {}

  static async open(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const { device = "cpu", threads, profile, keepOnDevice, weights } = options;
    try {
      const session = await runtime().InferenceSession.create(model, {
        executionProviders: [await providerOf(device, model)],
        graphOptimizationLevel: "all",
        executionMode: "sequential",
        // A planned block would be allocated on top of what the first run took, and doubles the peak.
        enableMemPattern: false,
        logSeverityLevel: 3,
        ...(keepOnDevice
          ? {
              preferredOutputLocation: Object.fromEntries(
                keepOnDevice.map((name) => [name, "gpu-buffer" as const]),
              ),
            }
          : {}),
        ...(weights ? { externalData: placesOf(weights) } : {}),
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
        ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
      });
      return new Session(session, device);
    } catch (error) {
      throw runtimeError(error, device);
    }
  }

  get inputs(): readonly string[] {
    return this.session.inputNames;
  }

  get outputs(): readonly string[] {
    return this.session.outputNames;
  }

  /** Runs once and returns every output. */
  async run(feeds: Values): Promise<Values> {
    try {
      return await this.session.run(feeds);
    } catch (error) {
      throw runtimeError(error, this.device);
    }
  }

  /** Ends profiling, if it was on. */
  endProfiling(): void {
    this.session.endProfiling();
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

/**
 * Of images with three spatial axes WebGPU's kernels take channels first as well as last, and the graph has them first: told
 * so, the runtime does not transpose each convolution's input and result, which took most of the time on the software
 * driver. With two axes some kernels are for channels last alone, and the runtime chooses.
 */
async function providerOf(device: Device, model: Uint8Array) {
  if (device !== "webgpu") return device;
  const read = (from: number, length: number) => Promise.resolve(model.subarray(from, from + length));
  const { inputs } = await inspectOnnx({ size: model.length, read }, "");
  const isVolumetric = inputs.some(({ shape }) => shape.length === 5);
  return isVolumetric ? ({ name: device, preferredLayout: "NCHW" } as const) : device;
}

function placesOf(weights: ReadonlyMap<string, Float32Array>) {
  return [...weights].map(([path, { buffer, byteOffset, byteLength }]) => ({
    path,
    data: new Uint8Array(buffer, byteOffset, byteLength),
  }));
}

/** How the runtime and the drivers say that a tensor found no room. */
const noRoom =
  /bad_alloc|out.of.(device.|host.)?memory|fail\w* to allocate|allocation (failed|size too large)|max(Storage)?Buffer/i;

/** What the runtime threw, as an error with a code. */
function runtimeError(error: unknown, device: Device): MarrowError {
  if (device === "cpu" || error instanceof MarrowError) return asMarrowError(error);
  const found = error instanceof Error ? error.message : String(error);
  const details = { expected: `device ${device}`, found, cause: error };
  return noRoom.test(found)
    ? new MarrowError("OUT_OF_MEMORY", {
        ...details,
        next: "Choose a smaller patch or batch in the plan, or compute on the processor (--device cpu).",
      })
    : new MarrowError("DEVICE_UNAVAILABLE", details);
}

/** A tensor for feeding; the data is not copied. */
export function value(data: Data, shape: Shape, dtype?: DType): Value {
  const { Tensor } = runtime();
  if (data instanceof Float32Array) return new Tensor("float32", data, [...shape]);
  if (data instanceof BigInt64Array) return new Tensor("int64", data, [...shape]);
  return new Tensor(dtype === "bool" ? "bool" : "uint8", data, [...shape]);
}

/** The float32 data of a result. */
export function floats(result: Value | undefined): Float32Array<ArrayBuffer> {
  if (result?.location !== "cpu" || !(result.data instanceof Float32Array))
    throw new MarrowError("INTERNAL", { found: "a result that is not float32, or not here" });
  return result.data as Float32Array<ArrayBuffer>;
}
