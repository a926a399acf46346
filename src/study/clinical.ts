/**
 * Clinical variables as numbers for a network. Each gives two: its value on a fixed scale (about −1 to 1, of published
 * patients, so that nothing is fitted to the data at hand) and 1; a missing one gives 0 and 0.
 */
import { MarrowError } from "../base/errors.js";
import { clinicalVariable, expectedValues, levelOf } from "./clinical-variables.js";
import type { Row } from "./tsv.js";

/** A level's or a number's value on its scale. */
type Scale = ((value: number) => number) | Readonly<Record<string, number>>;

/** By column of participants.tsv. Blood values are skewed and are taken as logarithms. */
const scales = {
  age: (years: number) => (years - 35) / 15,
  sex: { M: 1, F: -1 },
  hla_b27: { positive: 1, negative: -1 },
  crp: (value: number) => (Math.log1p(value) - 2) / 1.2,
  esr: (value: number) => (Math.log1p(value) - 2.7) / 0.9,
} as const satisfies Record<string, Scale>;

export type ClinicalName = keyof typeof scales;
export const clinicalNames = Object.keys(scales) as [ClinicalName, ...ClinicalName[]];

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
  const value = scaled(name, text);
  if (value !== undefined) return value;
  const expected = `${name}: ${expectedValues(clinicalVariable(name))}, or n/a`;
  throw new MarrowError("CLINICAL_VALUE", { file, expected, found: text });
}

function scaled(name: ClinicalName, text: string): number | undefined {
  const variable = clinicalVariable(name);
  const scale: Scale = scales[name];
  if (typeof scale !== "function") return scale[levelOf(variable, text) ?? ""];
  const [least, most] = variable.range ?? [NaN, NaN];
  const value = Number(text);
  return value >= least && value <= most ? scale(value) : undefined;
}
