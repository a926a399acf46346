/**
 * Ways to compute in a browser, the fastest first. Each says why it cannot be had here, or gives ONNX Runtime's build for
 * it; where one fails all the same, the page goes on to the next.
 */
import type * as Ort from "onnxruntime-web";
import type { Room } from "./room.js";

export type RungName = "webgpu" | "threads" | "single";

export interface Rung {
  readonly name: RungName;
  /** As it stands in the page. */
  readonly title: string;
  /** Why it is not there; undefined where it is. */
  readonly missing: () => Promise<string | undefined>;
  readonly room: () => Promise<Room>;
  readonly load: () => Promise<typeof Ort>;
  readonly provider: "webgpu" | "wasm";
  readonly threads: () => number;
}

interface Gpu {
  requestAdapter(): Promise<{
    readonly limits: { readonly maxBufferSize: number; readonly maxStorageBufferBindingSize: number };
  } | null>;
}

const adapterOf = async () => (navigator as { gpu?: Gpu }).gpu?.requestAdapter().catch(() => null);

/** WebAssembly addresses 4 GB. */
const wasmBytes = 2 ** 32;

const processor = {
  room: async () => ({ largestBytes: wasmBytes, totalBytes: wasmBytes }),
  load: () => import("onnxruntime-web/wasm"),
  provider: "wasm",
} as const;

export const rungs: readonly Rung[] = [
  {
    name: "webgpu",
    title: "graphics card (WebGPU)",
    missing: async () => {
      if (!("gpu" in navigator))
        return "this browser has no WebGPU, or the page was not opened over https or on localhost";
      return (await adapterOf()) ? undefined : "WebGPU finds no graphics card here";
    },
    room: async () => {
      const { maxBufferSize = 0, maxStorageBufferBindingSize = 0 } = (await adapterOf())?.limits ?? {};
      return { largestBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize), totalBytes: Infinity };
    },
    load: () => import("onnxruntime-web/webgpu"),
    provider: "webgpu",
    threads: () => 1,
  },
  {
    name: "threads",
    title: "processor, several threads",
    missing: async () =>
      globalThis.crossOriginIsolated
        ? undefined
        : "the server does not send the headers that threads need (Cross-Origin-Opener-Policy, Cross-Origin-Embedder-Policy)",
    ...processor,
    threads: () => Math.min(8, Math.max(2, navigator.hardwareConcurrency)),
  },
  {
    name: "single",
    title: "processor, one thread",
    missing: async () => (typeof WebAssembly === "object" ? undefined : "this browser has no WebAssembly"),
    ...processor,
    threads: () => 1,
  },
];
