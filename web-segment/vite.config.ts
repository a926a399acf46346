/**
 * Builds the page into dist/web-segment. ONNX Runtime's WebAssembly files are copied beside it, so that everything comes
 * from the page's own origin; what src/dicom takes from Node is replaced by what a browser has (node/).
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { contentPolicy } from "../src/cli/static-page.js";

const here = dirname(fileURLToPath(import.meta.url));
const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
/** The processor's build, and the one that knows WebGPU too. */
const runtimeFiles = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"].flatMap((name) => [
  `${name}.mjs`,
  `${name}.wasm`,
]);

const copyRuntime = (): Plugin => ({
  name: "copy-onnxruntime",
  apply: "build",
  writeBundle: ({ dir = "" }) => {
    mkdirSync(join(dir, "ort"), { recursive: true });
    for (const name of runtimeFiles) copyFileSync(join(runtime, name), join(dir, "ort", name));
  },
});

/** src/dicom's global Buffer; the packages look for Node's themselves and must not find half of one. */
const giveBuffer = (): Plugin => ({
  name: "give-buffer",
  transform: (code, id) =>
    /[\\/]src[\\/]dicom[\\/]/.test(id) && /\bBuffer\./.test(code)
      ? { code: `import { Buffer } from ${JSON.stringify(shim("buffer"))};\n${code}`, map: null }
      : undefined,
});

/** The policy stands in the page too, for servers that send none. */
const statePolicy = (): Plugin => ({
  name: "state-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: contentPolicy },
      injectTo: "head-prepend",
    },
  ],
});

const shim = (name: string) => join(here, "node", `${name}.ts`);

export default defineConfig({
  root: here,
  base: "./",
  logLevel: "warn",
  resolve: {
    conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"],
    dedupe: ["dcmjs"],
    alias: {
      "node:module": shim("module"),
      "node:util": shim("util"),
      "node:zlib": shim("zlib"),
    },
  },
  worker: { format: "es" },
  plugins: [giveBuffer(), statePolicy(), copyRuntime()],
  build: {
    outDir: join(here, "..", "dist", "web-segment"),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    // dcmjs-codecs has one for Node, which is never reached here.
    rolldownOptions: { checks: { eval: false, pluginTimings: false } },
  },
});
