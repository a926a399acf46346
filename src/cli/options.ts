/** Options that several commands share, and how their values are read. */
import { InvalidArgumentError, Option } from "commander";
import { deviceNames } from "../autograd/runtime.js";

export function deviceOption(): Option {
  return new Option("--device <device>", "where to compute").choices(deviceNames).default("cpu");
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
