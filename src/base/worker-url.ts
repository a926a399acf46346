/**
 * Where the compiled file of a worker thread lies. Worker threads run JavaScript only: a module that itself runs from
 * TypeScript (under vitest, in src/) is sent to its compiled twin in dist/.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MarrowError } from "./errors.js";

/**
 * `workerUrl(import.meta.url, "./loader-worker.js")`. Throws INTERNAL where the compiled file does not exist.
 */
export function workerUrl(caller: string, relative: string): URL {
  const url = new URL(relative, caller);
  if (caller.endsWith(".ts")) url.pathname = url.pathname.replace(/\/src\/(?!.*\/src\/)/, "/dist/");
  if (existsSync(url)) return url;
  const file = fileURLToPath(url);
  throw new MarrowError("INTERNAL", {
    file,
    found: "a worker that was not compiled",
    next: "Run `npm run build`.",
  });
}
