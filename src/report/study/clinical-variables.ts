/** Clinical variables that a report knows: what each is called, in which units it may come, and what it may be. */
export interface ClinicalVariable {
  readonly name: string;
  readonly title: string;
  /** Unit in which it is reported; empty for scores and words. */
  readonly unit: string;
  /** Other units in which it may come, with the factor that leads to `unit`. */
  readonly from?: Readonly<Record<string, number>>;
  /** Lowest and highest value that is believed; undefined for words. */
  readonly range?: readonly [low: number, high: number];
  /** Other names of the column. */
  readonly also?: readonly string[];
}

const words = (name: string, title: string, also: readonly string[] = []): ClinicalVariable => ({
  ...{ name, title, unit: "", also },
});
const score = (
  name: string,
  title: string,
  range: readonly [number, number],
  also: readonly string[] = [],
): ClinicalVariable => ({ name, title, unit: "", range, also });

/**
 * In the order of the papers' tables. Ranges are what can be: BASDAI 0 to 10 (Garrett et al., J Rheumatol 21:2286, 1994),
 * Harris hip score 0 to 100 (J Bone Joint Surg Am 51:737, 1969), HIMRISS as in src/quantify/himriss.ts; laboratory values
 * and ages are wide enough for everything but slips of unit or comma.
 */
export const clinicalVariables: readonly ClinicalVariable[] = [
  { name: "age", title: "Age", unit: "years", range: [0, 120], from: { year: 1, y: 1, months: 1 / 12 } },
  words("sex", "Sex", ["gender"]),
  {
    ...{ name: "disease_duration", title: "Disease duration", unit: "months", range: [0, 1000] },
    ...{ from: { month: 1, years: 12, year: 12 }, also: ["duration"] },
  },
  words("hla_b27", "HLA-B27", ["hlab27", "b27"]),
  { name: "esr", title: "ESR", unit: "mm/h", range: [0, 200], from: { "mm/H": 1 } },
  { name: "crp", title: "CRP", unit: "mg/L", range: [0, 600], from: { "mg/dL": 10, "mg/l": 1, "mg/dl": 10 } },
  score("basdai", "BASDAI", [0, 10]),
  score("asdas", "ASDAS", [0, 10], ["asdas_crp"]),
  score("harris", "Harris hip score", [0, 100], ["harris_score"]),
  score("himriss", "HIMRISS", [0, 130]),
  score("himriss_bme", "BME score", [0, 100], ["bme", "bme_score"]),
  score("himriss_synovitis", "Synovitis score", [0, 30], ["synovitis", "synovitis_score"]),
  words("diagnosis", "Diagnosis", ["group"]),
  words("site", "Centre", ["center", "centre"]),
];
