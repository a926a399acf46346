import { readFileSync } from "node:fs";

/** Version of this package. */
export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** What made a result: for run.json and models. */
export function provenance(): Record<string, unknown> {
  return {
    marrow: version(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    notice: "Research use only.",
  };
}
