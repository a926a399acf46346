/** Files with secrets: nobody but their owner may read them. */
import { stat } from "node:fs/promises";
import { MarrowError, type ErrorCode } from "../base/errors.js";

/** Throws `code` where others may read the file, and what `stat` throws. Windows has no such bits. */
export async function requirePrivate(file: string, code: ErrorCode): Promise<void> {
  const mode = (await stat(file)).mode & 0o777;
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    throw new MarrowError(code, {
      file,
      expected: "mode 600, readable by its owner alone",
      found: `mode ${mode.toString(8)}`,
      next: `chmod 600 ${file}`,
    });
}
