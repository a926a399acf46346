/** Runs compiled models with ONNX Runtime on a chosen device. */
import { createRequire } from "node:module";
import type * as Ort from "onnxruntime-node";
import { asMarrowError, MarrowError } from "../base/errors.js";
import type { Data, DType, Shape } from "./tensor.js";

const require = createRequire(import.meta.url);
let loaded: typeof Ort | undefined;

/** The runtime is loaded at first use: `marrow --help` must not pay for it. */
function runtime(): typeof Ort {
  loaded ??= require("onnxruntime-node") as typeof Ort;
  return loaded;
}

export type Device = "cpu" | "webgpu" | "cuda" | "coreml" | "dml";
export type Value = Ort.Tensor;
export type Values = Record<string, Value>;

export interface SessionOptions {
  device?: Device;
  /** CPU threads; default: all cores. */
  threads?: number;
  /** Write a profile of every operator to files that begin with this. */
  profile?: string;
}

/** A compiled model, ready to run. Several may exist; each holds its own memory. */
export class Session {
  private constructor(private readonly session: Ort.InferenceSession) {}

  static async open(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const { device = "cpu", threads, profile } = options;
    try {
      const session = await runtime().InferenceSession.create(model, {
        executionProviders: [device],
        graphOptimizationLevel: "all",
        executionMode: "sequential",
        // A planned block would be allocated on top of what the first run took, and doubles the peak.
        enableMemPattern: false,
        logSeverityLevel: 3,
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
        ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
      });
      return new Session(session);
    } catch (error) {
      if (device === "cpu") throw asMarrowError(error);
      const found = error instanceof Error ? error.message : String(error);
      throw new MarrowError("DEVICE_UNAVAILABLE", { expected: `device ${device}`, found, cause: error });
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
      throw asMarrowError(error);
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

/** A tensor for feeding; the data is not copied. */
export function value(data: Data, shape: Shape, dtype?: DType): Value {
  const { Tensor } = runtime();
  if (data instanceof Float32Array) return new Tensor("float32", data, [...shape]);
  if (data instanceof BigInt64Array) return new Tensor("int64", data, [...shape]);
  return new Tensor(dtype === "bool" ? "bool" : "uint8", data, [...shape]);
}

/** The float32 data of a result. */
export function floats(result: Value | undefined): Float32Array<ArrayBuffer> {
  if (!(result?.data instanceof Float32Array))
    throw new MarrowError("INTERNAL", { found: "a result that is not float32" });
  return result.data as Float32Array<ArrayBuffer>;
}
