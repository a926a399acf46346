/** Clinical variables of a synthetic subject, distributed as in the papers' tables of patients. */
import type { Random } from "../base/random.js";
import type { Kind } from "./protocol.js";

export interface Person {
  readonly group: "axSpA" | "non-axSpA";
  readonly age: number;
  readonly sex: "F" | "M";
  readonly hlaB27: "positive" | "negative" | "n/a";
  /** mg/L */
  readonly crp: number;
  /** mm/h */
  readonly esr: number;
  /** 1 or 2; every fifth subject comes from the second centre. */
  readonly site: number;
}

interface Population {
  readonly axSpA: number;
  readonly age: readonly [number, number];
  readonly male: number;
}

const populations: Readonly<Record<Kind, Population>> = {
  "sij-t1": { axSpA: 0.7, age: [18, 45], male: 0.73 },
  "hip-stir": { axSpA: 1, age: [18, 65], male: 0.79 },
};

const laboratory = {
  axSpA: { b27: 0.78, crp: 8, esr: 21 },
  "non-axSpA": { b27: 0.2, crp: 2.5, esr: 9 },
} as const;

export function drawPerson(kind: Kind, subject: number, random: Random): Person {
  const population = populations[kind];
  const group = random.chance(population.axSpA) ? "axSpA" : "non-axSpA";
  const { b27, crp, esr } = laboratory[group];
  const young = random.uniform();
  return {
    group,
    age: Math.round(
      population.age[0] + (population.age[1] - population.age[0]) * young * random.uniform(0.4, 1),
    ),
    sex: random.chance(population.male) ? "M" : "F",
    hlaB27: random.chance(0.14) ? "n/a" : random.chance(b27) ? "positive" : "negative",
    crp: Math.round(10 * Math.min(120, crp * odds(random))) / 10,
    esr: Math.round(Math.min(110, 1 + esr * Math.sqrt(odds(random)))),
    site: subject % 5 === 0 ? 2 : 1,
  };
}

/** Log-logistic with median 1: skewed as laboratory values are. */
function odds(random: Random): number {
  const u = random.uniform(0.02, 0.98);
  return u / (1 - u);
}
