/** The clinical variables that are known: what each means, its unit and range in participants.tsv, and how tables name it. */

export interface ClinicalVariable {
  readonly name: string;
  /** For people, and for the columns' description beside participants.tsv. */
  readonly title: string;
  /** Title in the tables of a report, where the whole one is long. */
  readonly short?: string;
  /** Unit in participants.tsv; "" for scores and words. */
  readonly unit: string;
  /** Other units that a column's name may state, with the factor that leads to `unit`. */
  readonly from?: Readonly<Record<string, number>>;
  /** Lowest and highest value that is believed; undefined for words. */
  readonly range?: readonly [least: number, most: number];
  /**
   * For words: what is written, and how tables may spell it, in lower case. A variable without range and levels may hold any
   * word: reports know it, and `marrow import` takes it only where it is asked for.
   */
  readonly levels?: Readonly<Record<string, readonly string[]>>;
  /** Other names of the column. */
  readonly also?: readonly string[];
  /** Values that differ by no more than this tell the same. */
  readonly tolerance?: number;
  /** Larger values are written as this one, which stands for all above. */
  readonly cap?: number;
  /** The same at every examination of a patient. */
  readonly fixed?: boolean;
}

type Further = Pick<ClinicalVariable, "also" | "from" | "short">;

const amount = (
  name: string,
  title: string,
  unit: string,
  range: readonly [number, number],
  further: Further = {},
) => ({ name, title, unit, range, ...further }) as const;

const score = (name: string, title: string, range: readonly [number, number], further: Further = {}) =>
  amount(name, title, "", range, further);
const words = (name: string, title: string, also: readonly string[] = []) =>
  ({ name, title, unit: "", also }) as const;

const yes = ["yes", "y", "true", "1", "positive", "pos", "+"];
const no = ["no", "n", "false", "0", "negative", "neg", "-"];
const months = { month: 1, mo: 1, years: 12, year: 12, yrs: 12, y: 12 };

/**
 * In the order of the papers' tables. Ranges are what can be: BASDAI, BASFI and BASMI 0 to 10 (Garrett 1994, Calin 1994,
 * Jenkinson 1994); ASDAS at most 7.6, where all its questions are answered by 10 and ESR is 200 mm/h (Lukas, Ann Rheum Dis
 * 68:18, 2009); Harris hip score 0 to 100 (J Bone Joint Surg Am 51:737, 1969); mSASSS 0 to 72 (Creemers 2005); HIMRISS and
 * its parts of both hips together, twice the maxima of quantify/himriss.ts; a Westergren tube has 200 mm. Others are wide
 * enough for everything but slips of unit or comma. Ages above 90 are 90: de-identified data name no older person.
 */
export const clinicalVariables = [
  {
    ...amount("age", "Age at examination", "years", [0, 120], { from: { year: 1, yrs: 1, y: 1, months: 1 / 12 }, short: "Age" }),
    ...{ tolerance: 1, cap: 90 },
  },
  {
    ...{ name: "sex", title: "Sex", unit: "", also: ["gender"], fixed: true },
    levels: { M: ["m", "male", "man"], F: ["f", "female", "woman"], O: ["o", "other", "diverse"] },
  },
  amount("symptom_duration", "Time since the first symptoms", "months", [0, 1000], { from: months, short: "Symptom duration" }),
  amount("disease_duration", "Time since diagnosis", "months", [0, 1000], { from: months, also: ["duration"], short: "Disease duration" }),
  {
    ...{ name: "hla_b27", title: "HLA-B27", unit: "", also: ["b27", "hlab27status"], fixed: true },
    levels: { positive: yes, negative: no },
  },
  amount("esr", "Erythrocyte sedimentation rate", "mm/h", [0, 200], { from: { "mm/1h": 1, "mm/hr": 1 }, also: ["bsg", "sedimentation_rate"], short: "ESR" }),
  amount("crp", "C-reactive protein", "mg/L", [0, 600], { from: { "mg/dL": 10, "µg/mL": 1, "ug/mL": 1 }, also: ["c_reactive_protein"], short: "CRP" }),
  score("basdai", "Bath Ankylosing Spondylitis Disease Activity Index", [0, 10], { short: "BASDAI" }),
  score("basfi", "Bath Ankylosing Spondylitis Functional Index", [0, 10], { short: "BASFI" }),
  score("basmi", "Bath Ankylosing Spondylitis Metrology Index", [0, 10], { short: "BASMI" }),
  score("asdas", "Ankylosing Spondylitis Disease Activity Score, with CRP", [0, 8], { also: ["asdas_crp"], short: "ASDAS" }),
  score("asdas_esr", "Ankylosing Spondylitis Disease Activity Score, with ESR", [0, 8], { short: "ASDAS-ESR" }),
  score("harris", "Harris hip score", [0, 100], { also: ["harris_hip_score", "harris_score", "hhs"] }),
  score("himriss", "Hip Inflammation MRI Scoring System, both hips", [0, 260], { short: "HIMRISS" }),
  score("himriss_bme", "HIMRISS, bone marrow oedema of both hips", [0, 200], { also: ["bme", "bme_score"], short: "BME score" }),
  score("himriss_synovitis", "HIMRISS, synovitis and effusion of both hips", [0, 60], { also: ["synovitis", "synovitis_score"], short: "Synovitis score" }),
  score("pain", "Pain, numerical rating scale", [0, 10], { also: ["nrs_pain", "pain_nrs"], short: "Pain" }),
  score("patient_global", "Patient's global assessment, numerical rating scale", [0, 10], { also: ["pga", "ptga"], short: "Patient's global assessment" }),
  score("msasss", "Modified Stoke Ankylosing Spondylitis Spine Score", [0, 72], { short: "mSASSS" }),
  amount("bmi", "Body mass index", "kg/m2", [8, 90], { from: { "kg/m²": 1 }, also: ["body_mass_index"], short: "BMI" }),
  {
    ...{ name: "biologic", title: "Treated with a biologic at the examination", short: "Biologic", unit: "" },
    ...{ levels: { yes, no }, also: ["biologics", "bdmard", "tnfi"] },
  },
  {
    ...{ name: "nsaid", title: "Treated with an NSAID at the examination", short: "NSAID", unit: "" },
    ...{ levels: { yes, no }, also: ["nsaids"] },
  },
  words("diagnosis", "Diagnosis", ["group"]),
  words("site", "Centre", ["center", "centre"]),
] as const satisfies readonly ClinicalVariable[]; // prettier-ignore

/** The variable of this name. Throws RangeError for another name. */
export function clinicalVariable(name: string): ClinicalVariable {
  const found = clinicalVariables.find((one) => one.name === name);
  if (!found) throw new RangeError(`no clinical variable ${name}`);
  return found;
}

/** `CRP (mg/L)`, as tables and figures name it. */
export function titleWithUnit({ title, short = title, unit }: ClinicalVariable): string {
  return unit === "" ? short : `${short} (${unit})`;
}

/** Whether it may hold any word, which `marrow import` cannot check. */
export const isFree = ({ range, levels }: ClinicalVariable) => range === undefined && levels === undefined;

/** What a cell should hold, in words. */
export function expectedValues({ range, unit, levels }: ClinicalVariable): string {
  if (range) return `a number from ${range[0]} to ${range[1]}${unit && ` (${unit})`}`;
  return Object.entries(levels ?? {}).map(([level, words]) => [level, ...words.slice(0, 2)].join(", ")).join("; "); // prettier-ignore
}

/** The level that a word stands for, upper or lower case; undefined for another word. */
export function levelOf({ levels = {} }: ClinicalVariable, text: string): string | undefined {
  const word = text.trim().toLowerCase();
  return Object.entries(levels).find(([level, words]) => level.toLowerCase() === word || words.includes(word))?.[0];
} // prettier-ignore
