/** The clinical variables that are known: what each means, its unit and range in participants.tsv, and how tables name it. */

export interface ClinicalVariable {
  readonly name: string;
  /** For people, and for the columns' description beside participants.tsv. */
  readonly title: string;
  /** Unit in participants.tsv; "" for scores and words. */
  readonly unit: string;
  /** Other units that a column's name may state, with the factor that leads to `unit`. */
  readonly from?: Readonly<Record<string, number>>;
  /** Lowest and highest value that is believed; undefined for words. */
  readonly range?: readonly [least: number, most: number];
  /** For words: what is written, and how tables may spell it, in lower case. */
  readonly levels?: Readonly<Record<string, readonly string[]>>;
  /** Other names of the column. */
  readonly also?: readonly string[];
  /** Values that differ by no more than this tell the same. */
  readonly tolerance?: number;
  /** Larger values are written as this one, which stands for all above. */
  readonly cap?: number;
}

type Further = Pick<ClinicalVariable, "also" | "from">;

const amount = (
  name: string,
  title: string,
  unit: string,
  range: readonly [number, number],
  further: Further = {},
) => ({ name, title, unit, range, ...further }) as const;

const score = (name: string, title: string, range: readonly [number, number], also: readonly string[] = []) =>
  amount(name, title, "", range, { also });

const yes = ["yes", "y", "true", "1", "positive", "pos", "+"];
const no = ["no", "n", "false", "0", "negative", "neg", "-"];
const months = { month: 1, mo: 1, years: 12, year: 12, yrs: 12, y: 12 };

/**
 * Ranges are what can be: BASDAI, BASFI and BASMI 0 to 10 (Garrett 1994, Calin 1994, Jenkinson 1994); ASDAS at most 7.6,
 * where all its questions are answered by 10 and ESR is 200 mm/h (Lukas, Ann Rheum Dis 68:18, 2009); Harris hip score 0 to
 * 100 (J Bone Joint Surg Am 51:737, 1969); mSASSS 0 to 72 (Creemers 2005); a Westergren tube has 200 mm. Others are wide
 * enough for everything but slips of unit or comma. Ages above 90 are 90: de-identified data name no older person.
 */
export const clinicalVariables = [
  {
    ...amount("age", "Age at examination", "year", [0, 120], { from: { years: 1, yrs: 1, y: 1, months: 1 / 12 } }),
    ...{ tolerance: 1, cap: 90 },
  },
  {
    ...{ name: "sex", title: "Sex", unit: "", also: ["gender"] },
    levels: { M: ["m", "male", "man"], F: ["f", "female", "woman"], O: ["o", "other", "diverse"] },
  },
  amount("symptom_duration", "Time since the first symptoms", "month", [0, 1000], { from: months }),
  amount("disease_duration", "Time since diagnosis", "month", [0, 1000], { from: months, also: ["duration"] }),
  {
    ...{ name: "hla_b27", title: "HLA-B27", unit: "", also: ["b27", "hlab27status"] },
    levels: { positive: yes, negative: no },
  },
  amount("esr", "Erythrocyte sedimentation rate", "mm/h", [0, 200], { from: { "mm/1h": 1, "mm/hr": 1 }, also: ["bsg", "sedimentation_rate"] }),
  amount("crp", "C-reactive protein", "mg/L", [0, 600], { from: { "mg/dL": 10, "µg/mL": 1, "ug/mL": 1 }, also: ["c_reactive_protein"] }),
  score("basdai", "Bath Ankylosing Spondylitis Disease Activity Index", [0, 10]),
  score("basfi", "Bath Ankylosing Spondylitis Functional Index", [0, 10]),
  score("basmi", "Bath Ankylosing Spondylitis Metrology Index", [0, 10]),
  score("asdas", "Ankylosing Spondylitis Disease Activity Score, with CRP", [0, 8], ["asdas_crp"]),
  score("asdas_esr", "Ankylosing Spondylitis Disease Activity Score, with ESR", [0, 8]),
  score("harris", "Harris hip score", [0, 100], ["harris_hip_score", "harris_score", "hhs"]),
  score("pain", "Pain, numerical rating scale", [0, 10], ["nrs_pain", "pain_nrs"]),
  score("patient_global", "Patient's global assessment, numerical rating scale", [0, 10], ["pga", "ptga"]),
  score("msasss", "Modified Stoke Ankylosing Spondylitis Spine Score", [0, 72]),
  amount("bmi", "Body mass index", "kg/m2", [8, 90], { from: { "kg/m²": 1 }, also: ["body_mass_index"] }),
  {
    ...{ name: "biologic", title: "Treated with a biologic at the examination", unit: "" },
    ...{ levels: { yes, no }, also: ["biologics", "bdmard", "tnfi"] },
  },
  {
    ...{ name: "nsaid", title: "Treated with an NSAID at the examination", unit: "" },
    ...{ levels: { yes, no }, also: ["nsaids"] },
  },
] as const satisfies readonly ClinicalVariable[]; // prettier-ignore

/** The variable of this name. Throws RangeError for another name. */
export function clinicalVariable(name: string): ClinicalVariable {
  const found = clinicalVariables.find((one) => one.name === name);
  if (!found) throw new RangeError(`no clinical variable ${name}`);
  return found;
}

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
