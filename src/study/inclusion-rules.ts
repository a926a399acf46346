/** Who belongs into a study, as the papers wrote it: rules as data, applied in order, each patient leaving at the first. */
import type { Row } from "./tsv.js";

/** What is known of a patient: cells of participants.tsv, and the patient's rows of the table of series. */
export interface Candidate {
  readonly participant: Row;
  readonly series: readonly Row[];
}

export interface InclusionRule {
  readonly name: string;
  /** In words, as the box of the flow chart says it. */
  readonly excluded: string;
  /** True: in. False: out. Undefined: not known, and then in, but counted. */
  readonly keeps: (candidate: Candidate) => boolean | undefined;
}

export interface InclusionRules {
  readonly source: string;
  readonly rules: readonly InclusionRule[];
}

const age = (low: number, high: number): InclusionRule => ({
  name: "age",
  excluded: low > 0 ? `age below ${low} or above ${high} years` : `age above ${high} years`,
  keeps: ({ participant }) => {
    const years = Number(participant.age ?? NaN);
    return Number.isNaN(years) ? undefined : years >= low && years <= high;
  },
});

type Wanted = (row: Row) => boolean;

const isWeighted = (name: string, row: Row) => row.weighting === name;
const isSuppressed = (row: Row) => !["none", undefined].includes(row.fat_suppression);
const inBody = (parts: readonly string[], row: Row) =>
  [...parts, "pelvis", "unknown"].includes(row.body_part ?? "unknown");
const t1 = (row: Row) => isWeighted("T1", row) && !isSuppressed(row);
const t2 = (row: Row) => isWeighted("T2", row) && !isSuppressed(row);
const t2fs = (row: Row) => ["T2", "PD"].includes(row.weighting ?? "") && isSuppressed(row);

const sequence = (
  name: string,
  excluded: string,
  parts: readonly string[],
  wanted: Wanted,
): InclusionRule => ({
  name,
  excluded,
  keeps: ({ series }) => series.some((row) => wanted(row) && inBody(parts, row)),
});

const slices = (least: number, parts: readonly string[], wanted: Wanted): InclusionRule => ({
  name: "slices",
  excluded: `fewer than ${least} slices`,
  keeps: ({ series }) =>
    series.some((row) => wanted(row) && inBody(parts, row) && Number(row.slices ?? 0) >= least),
});

/** Column `quality` of participants.tsv, filled in by readers: `poor` leaves a patient out. */
const quality: InclusionRule = {
  name: "quality",
  excluded: "poor image quality",
  keeps: ({ participant }) =>
    participant.quality === undefined ? undefined : !/^poor$/i.test(participant.quality),
};

const sij = ["SIJ"];
const hip = ["hip"];

/** By task. */
export const inclusionRules: Readonly<Record<string, InclusionRules>> = {
  "sij-fat": {
    source:
      "Li et al., Insights Imaging 2024, section Study participants: T1WI, T2WI and FS T2WI; age over 45 and poor quality excluded",
    rules: [
      sequence("T1", "no T1-weighted images of the sacroiliac joints", sij, t1),
      sequence("T2", "no T2-weighted images", sij, t2),
      sequence("T2 FS", "no fat-suppressed T2-weighted images (STIR, SPAIR, Dixon)", sij, t2fs),
      age(0, 45),
      slices(5, sij, t1),
      quality,
    ],
  },
  "hip-inflammation": {
    source:
      "Paper on hip inflammation, section Study population: 18 to 65 years; STIR or fat-suppressed T2 of the hips",
    rules: [
      sequence("T2 FS", "no STIR or fat-suppressed T2-weighted images of the hips", hip, t2fs),
      age(18, 65),
      slices(5, hip, t2fs),
      quality,
    ],
  },
};
