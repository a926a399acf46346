/**
 * The rules by which sequences are recognised, as data. Times in ms. Physics: usual limits of spin-echo weighting (T1: TR
 * below 1100 and short TE; T2: TR above 1500 and TE above 60; PD: long TR, short TE) and inversion times that null fat
 * (about 0.69 · T1 of fat: 130–190 at 1.5 T, 170–250 at 3 T, below 120 at low field).
 */
import type { Evidence } from "./evidence.js";
import type { BodyPart, FatSuppression, Weighting } from "./verdict.js";

export interface Rule<T extends string> {
  readonly says: T;
  readonly votes: number;
  /** For people who read the table. */
  readonly why: string;
  readonly when: (evidence: Evidence) => boolean;
}

const between = (value: number | undefined, low: number, high: number) =>
  value !== undefined && value >= low && value < high;
const above = (value: number | undefined, limit: number) => value !== undefined && value >= limit;
const says = (pattern: RegExp) => (evidence: Evidence) => pattern.test(evidence.words);
const typed = (pattern: RegExp) => (evidence: Evidence) =>
  evidence.imageType.some((one) => pattern.test(one));
const isGradient = ({ scanning }: Evidence) => scanning.includes("GR") && !scanning.includes("SE");
const isSpin = (evidence: Evidence) => !isGradient(evidence);
const nullsFat = (evidence: Evidence) =>
  between(evidence.inversionTime, 70, 300) && isSpin(evidence) && !between(evidence.repetitionTime, 0, 1100);

export const weightingRules: readonly Rule<Weighting>[] = [
  {
    says: "functional",
    votes: 9,
    why: "echo-planar without diffusion",
    when: (e) => e.scanning.includes("EP") && !e.imageType.includes("DIFFUSION") && !above(e.bValue, 1),
  },
  { says: "diffusion", votes: 8, why: "a b-value", when: ({ bValue }) => above(bValue, 1) },
  { says: "diffusion", votes: 6, why: "image type", when: typed(/DIFFUSION|^ADC|TRACEW|^FA$/) },
  { says: "diffusion", votes: 4, why: "words", when: says(/\b(dwi|adc|diff|dti)/) },
  {
    says: "map",
    votes: 8,
    why: "image type",
    when: typed(
      /^(P|PHASE|PHASE MAP|R|REAL|I|IMAGINARY|FIELD_?MAP|.*_MAP|T1 MAP|T2 MAP|FF|FAT_?FRAC.*|PERFUSION.*|SUBTRACTION)$/,
    ),
  },
  {
    says: "map",
    votes: 5,
    why: "words",
    when: says(/field.?map|\bmap(s|ping)?\b|fat.?frac|\bpdff\b|\bsub(traction|tracted)?\b/),
  },
  {
    says: "map",
    votes: 5,
    why: "projection or reformat",
    when: typed(/PROJECTION|\bMIP\b|^MPR$|SCREEN|CSAPARALLEL/),
  },
  { says: "localizer", votes: 9, why: "image type", when: typed(/LOCALI[SZ]ER|SCOUT|SURVEY/) },
  {
    says: "localizer",
    votes: 9,
    why: "words",
    when: says(/\b(loc|localis|localiz|scout|survey|calib|shim|3.?plane|plan scan)/),
  },
  { says: "T2", votes: 5, why: "inversion that nulls fat", when: nullsFat },
  {
    says: "T1",
    votes: 5,
    why: "spin echo, short TR and TE",
    when: (e) => isSpin(e) && between(e.repetitionTime, 150, 1100) && between(e.echoTime, 1, 35),
  },
  {
    says: "T2",
    votes: 5,
    why: "long TR and TE",
    when: (e) => isSpin(e) && above(e.repetitionTime, 1500) && above(e.echoTime, 60),
  },
  {
    says: "PD",
    votes: 4,
    why: "long TR, short TE",
    when: (e) => isSpin(e) && !nullsFat(e) && above(e.repetitionTime, 1500) && between(e.echoTime, 1, 40),
  },
  {
    says: "T2",
    votes: 2,
    why: "long TR, middle TE",
    when: (e) => isSpin(e) && above(e.repetitionTime, 1500) && between(e.echoTime, 40, 60),
  },
  {
    says: "PD",
    votes: 2,
    why: "long TR, middle TE",
    when: (e) => isSpin(e) && !nullsFat(e) && above(e.repetitionTime, 1500) && between(e.echoTime, 40, 50),
  },
  {
    says: "T1",
    votes: 4,
    why: "gradient echo, short TR and TE",
    when: (e) => isGradient(e) && between(e.repetitionTime, 1, 50) && between(e.echoTime, 0.1, 10),
  },
  {
    says: "T2*",
    votes: 4,
    why: "gradient echo, long TE",
    when: (e) => isGradient(e) && above(e.echoTime, 14),
  },
  { says: "T1", votes: 3, why: "words", when: says(/(^|[^a-z0-9])t1(?!rho|.?map)/) },
  { says: "T2", votes: 3, why: "words", when: says(/(^|[^a-z0-9])t2(?!\*|star|.?map)/) },
  { says: "T2", votes: 2, why: "words", when: says(/stir|tirm/) },
  { says: "PD", votes: 3, why: "words", when: says(/(^|[^a-z0-9])(pd|dp)w?([^a-z]|$)|proton/) },
  { says: "T2*", votes: 3, why: "words", when: says(/t2(\*|star)|medic|merge/) },
];

export const fatRules: readonly Rule<FatSuppression>[] = [
  {
    says: "STIR",
    votes: 5,
    why: "inversion that nulls fat",
    when: (e) => nullsFat(e) && !/spair|spir/.test(e.words),
  },
  { says: "STIR", votes: 4, why: "words", when: says(/stir|tirm|inversion.?recovery/) },
  { says: "SPAIR", votes: 6, why: "words", when: says(/spair|spir(?!al)/) },
  {
    says: "Dixon",
    votes: 7,
    why: "the water image of a Dixon series",
    when: (e) => e.imageType.some((one) => /^(W|WATER|DIXON_WATER|W_\w+)$/.test(one)),
  },
  {
    says: "Dixon",
    votes: 4,
    why: "words",
    when: says(/(dixon|ideal|flex).*(\bw\b|water|wasser)|water.*(dixon|ideal|flex)/),
  },
  {
    says: "FS",
    votes: 3,
    why: "scan options",
    when: ({ options }) => options.some((one) => /^(FS|FAT|FAT_SAT|SFS|FATSAT\w*|SP_FAT|WATER)$/.test(one)),
  },
  {
    says: "FS",
    votes: 4,
    why: "words",
    when: says(/(^|[^a-z])(fs|fatsat|fat.?sat|fat.?supp?\w*|ws|q-?fs|cs-?fs|chemsat)([^a-z]|$)/),
  },
  {
    says: "none",
    votes: 8,
    why: "fat, in or out of phase of a Dixon series",
    when: (e) =>
      e.imageType.some((one) => /^(F|FAT|IP|OP|IN_PHASE|OUT_PHASE|OPP_PHASE|DIXON_FAT|F_\w+)$/.test(one)),
  },
  { says: "none", votes: 5, why: "words", when: says(/no.?fs|non.?fs|without fat/) },
];

const body = (pattern: RegExp) => (evidence: Evidence) => pattern.test(evidence.bodyWords);

export const bodyRules: readonly Rule<BodyPart>[] = [
  {
    says: "SIJ",
    votes: 5,
    why: "words",
    when: body(/sacro.?il|\bsi[ _-]?(joint|j\b|gelenk)|\bsij\b|\bisg\b|\bisj\b|ilio.?sacr|\bksg\b|骶髂/),
  },
  { says: "SIJ", votes: 2, why: "words", when: body(/sacrum|sacral|kreuzbein/) },
  {
    says: "hip",
    votes: 4,
    why: "words",
    when: body(/\bhips?\b|h(ü|ue)ft|\bhanche|\bcoxa|acetab|femoral head|髋/),
  },
  { says: "pelvis", votes: 2, why: "words", when: body(/pelvi|becken|bassin|骨盆/) },
  {
    says: "other",
    votes: 4,
    why: "words",
    when: body(
      /brain|head(?!.?(of|femur))|skull|neck|knee|shoulder|wrist|hand\b|foot|ankle|spine|lumbar|cervical|thora|abdom|liver|heart|cardiac|breast|prostat|phantom|fmri|\bbold\b/,
    ),
  },
];
