/** Options that several commands share, and how their values are read. */
import { fileURLToPath } from "node:url";
import { InvalidArgumentError, Option } from "commander";
import { deviceNames } from "../autograd/runtime.js";

export function deviceOption(): Option {
  return new Option("--device <device>", "where to compute").choices(deviceNames).default("cpu");
}

/** The program that jobs run: this one. */
export const thisProgram = [
  process.execPath,
  fileURLToPath(new URL("../../bin/marrow.js", import.meta.url)),
] as const;

/** An address may hold a password: the environment keeps it out of the list of processes. */
export function queueOption(description: string): Option {
  return new Option("--queue <url>", description).env("MARROW_QUEUE");
}

export function parseNames(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

/** A whole number from 0. */
export function parseCount(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 0) throw new InvalidArgumentError("a whole number, 0 or more, is needed.");
  return n;
}

export function parseMinutes(text: string): number {
  const n = Number(text);
  if (!(n > 0)) throw new InvalidArgumentError("a number of minutes above 0 is needed.");
  return n;
}

/** Gigabytes, in bytes. */
export function parseGigabytes(text: string): number {
  const n = Number(text);
  if (!(n > 0)) throw new InvalidArgumentError("a number of gigabytes above 0 is needed.");
  return n * 1e9;
}

export function parseFolds(text: string): number[] {
  return text.split(",").map(parseCount);
}

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("A number is needed.");
  return value;
}
