/** Readings of a reader study, and how they are sorted and paired. */

/** One reader's reading of one case in one arm. What was not recorded is missing (undefined or NaN). */
export interface Reading {
  readonly reader: string;
  readonly case: string;
  readonly arm: string;
  /** The patient, where a patient has several cases (two hips); the case itself unless given. */
  readonly patient?: string;
  /** Diagnosis: truth and decision are 1 or 0, score any number that rises with suspicion. */
  readonly truth?: number;
  readonly decision?: number;
  readonly score?: number;
  /** Segmentation measures, 0 to 1. */
  readonly dice?: number;
  readonly precision?: number;
  readonly recall?: number;
  readonly seconds?: number;
  /** Day of the reading, as YYYY-MM-DD or longer. */
  readonly date?: string;
}

export type Quantity = "truth" | "decision" | "score" | "dice" | "precision" | "recall" | "seconds";

export const valueOf = (reading: Reading | undefined, quantity: Quantity) => reading?.[quantity] ?? NaN;
export const patientOf = (reading: Reading) => reading.patient ?? reading.case;

/** The readings of one reader in one arm. */
export interface Series {
  readonly reader: string;
  readonly arm: string;
  readonly readings: readonly Reading[];
}

/** One series for each reader and arm, in order of first appearance. */
export function seriesOf(readings: readonly Reading[]): Series[] {
  const series = new Map<string, { reader: string; arm: string; readings: Reading[] }>();
  for (const reading of readings) {
    const key = JSON.stringify([reading.reader, reading.arm]);
    const { reader, arm } = reading;
    const found = series.get(key) ?? { reader, arm, readings: [] };
    found.readings.push(reading);
    series.set(key, found);
  }
  return [...series.values()];
}

export const hasAny = ({ readings }: Series, quantity: Quantity) =>
  readings.some((reading) => Number.isFinite(valueOf(reading, quantity)));

/** A quantity of two series for the cases that both have; a patient's cases are averaged, so that a patient counts once. */
export function pairedByPatient(first: Series, second: Series, quantity: Quantity): [number[], number[]] {
  const others = new Map(second.readings.map((reading) => [reading.case, reading]));
  const pairs = new Map<string, { a: number[]; b: number[] }>();
  for (const reading of first.readings) {
    const [a, b] = [valueOf(reading, quantity), valueOf(others.get(reading.case), quantity)];
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue;
    const found = pairs.get(patientOf(reading)) ?? { a: [], b: [] };
    found.a.push(a);
    found.b.push(b);
    pairs.set(patientOf(reading), found);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const all = [...pairs.values()];
  return [all.map(({ a }) => mean(a)), all.map(({ b }) => mean(b))];
}
