import { vi } from "vitest";
import { main } from "../../src/cli/main.js";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `marrow …` in this process and collects what it prints. */
export async function runMarrow(...args: string[]): Promise<Outcome> {
  const lines = { stdout: "", stderr: "" };
  const collect = (stream: keyof typeof lines) => (text: unknown) => {
    lines[stream] += String(text);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(collect("stdout")),
    vi.spyOn(process.stderr, "write").mockImplementation(collect("stderr")),
    vi.spyOn(console, "log").mockImplementation((...text) => void collect("stdout")(`${text.join(" ")}\n`)),
    vi.spyOn(console, "error").mockImplementation((...text) => void collect("stderr")(`${text.join(" ")}\n`)),
  ];
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    return { code: await main(args), ...lines };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
