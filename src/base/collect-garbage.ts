/** Returns memory that nothing refers to any more, where the engine lets itself be asked; else does nothing. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/** Collects now. V8 hardly counts large buffers, and would keep them until much later. */
export function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString("--expose-gc");
    const found: unknown = runInNewContext("typeof gc === 'function' ? gc : undefined");
    collect = typeof found === "function" ? () => void (found as () => void)() : () => undefined;
  }
  collect();
}
