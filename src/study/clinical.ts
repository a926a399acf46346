/**
 * Clinical variables as numbers for a network. Each gives two: its value on a fixed scale (about −1 to 1, of published
 * patients, so that nothing is fitted to the data at hand) and 1; a missing one gives 0 and 0.
 */
import { MarrowError } from "../base/errors.js";
import type { Row } from "./tsv.js";

interface Variable {
  readonly unit: string;
  /** The value on its scale; undefined for a text that is none. */
  readonly read: (text: string) => number | undefined;
  readonly expected: string;
}

/** A number from 0 to `most` on a scale. */
function amount(unit: string, most: number, scale: (value: number) => number): Variable {
  const read = (text: string) => {
    const value = Number(text);
    return value >= 0 && value <= most ? scale(value) : undefined;
  };
  return { unit, read, expected: `a number from 0 to ${most} (${unit}), or n/a` };
}

function either(positive: readonly string[], negative: readonly string[]): Variable {
  const read = (text: string) => {
    const word = text.toLowerCase();
    return positive.includes(word) ? 1 : negative.includes(word) ? -1 : undefined;
  };
  return { unit: "", read, expected: [...positive, ...negative, "n/a"].join(", ") };
}

/** By column of participants.tsv. Blood values are skewed and are taken as logarithms. */
export const clinicalVariables = {
  age: amount("year", 120, (years) => (years - 35) / 15),
  sex: either(["m", "male"], ["f", "female"]),
  hla_b27: either(["positive", "pos", "1", "yes", "true"], ["negative", "neg", "0", "no", "false"]),
  crp: amount("mg/L", 1000, (value) => (Math.log1p(value) - 2) / 1.2),
  esr: amount("mm/h", 300, (value) => (Math.log1p(value) - 2.7) / 0.9),
} as const satisfies Record<string, Variable>;

export type ClinicalName = keyof typeof clinicalVariables;
export const clinicalNames = Object.keys(clinicalVariables) as [ClinicalName, ...ClinicalName[]];

/** Numbers that each variable gives. */
export const numbersPerVariable = 2;

/**
 * The numbers of these variables, two each, and the names of those that are missing. Throws CLINICAL_VALUE for a cell that
 * is neither a value nor empty or n/a; `file` says where it stands.
 */
export function clinicalNumbers(
  row: Row,
  names: readonly ClinicalName[],
  file: string,
): { numbers: Float32Array<ArrayBuffer>; missing: ClinicalName[] } {
  const numbers = new Float32Array(names.length * numbersPerVariable);
  const missing: ClinicalName[] = [];
  for (const [n, name] of names.entries()) {
    const text = (row[name] ?? "").trim();
    if (text === "" || text === "n/a") missing.push(name);
    else numbers.set([valueOf(name, text, file), 1], n * numbersPerVariable);
  }
  return { numbers, missing };
}

function valueOf(name: ClinicalName, text: string, file: string): number {
  const { read, expected } = clinicalVariables[name];
  const value = read(text);
  if (value === undefined)
    throw new MarrowError("CLINICAL_VALUE", { file, expected: `${name}: ${expected}`, found: text });
  return value;
}
