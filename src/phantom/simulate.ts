/**
 * Simulated results of a synthetic study: readers, networks and a classifier drawn at random around the known truth, so
 * that everything that reads results can be tried without weeks of training and reading. Always marked as simulated.
 */
import { Random } from "../base/random.js";
import { connectedComponents } from "../volume/components.js";
import type { Mask } from "../volume/volume.js";
import type { PhantomSubject } from "./subject.js";

/** How well a simulated reader or network draws and judges. */
export interface Skill {
  /** Share of lesions missed. */
  readonly missed: number;
  /** Share of border voxels that go to the other side, from best to worst case. */
  readonly border: readonly [low: number, high: number];
}

export const simulatedNetworks: Readonly<Record<string, Skill>> = {
  "attention-unet-2.5d": { missed: 0.02, border: [0.05, 0.3] },
  "attention-unet": { missed: 0.06, border: [0.12, 0.45] },
  "res-unet": { missed: 0.1, border: [0.15, 0.5] },
  "unet-2d": { missed: 0.1, border: [0.12, 0.5] },
  "unet-3d": { missed: 0.05, border: [0.1, 0.4] },
  unetr: { missed: 0.14, border: [0.2, 0.6] },
};

interface SimulatedReader {
  readonly reader: string;
  readonly arm: "without" | "with";
  readonly skill: Skill;
  /** Share of right diagnoses among diseased and other cases. */
  readonly right: readonly [sensitivity: number, specificity: number];
  /** Median seconds for a case. */
  readonly seconds: number;
  readonly month: number;
}

export const simulatedReaders: readonly SimulatedReader[] = [
  simulatedReader("resident", "without", { missed: 0.12, border: [0.2, 0.55] }, [0.78, 0.57], 190, 1),
  simulatedReader("resident", "with", { missed: 0.05, border: [0.08, 0.35] }, [0.88, 0.6], 110, 5),
  simulatedReader("expert", "without", { missed: 0.05, border: [0.08, 0.35] }, [0.89, 0.66], 140, 1),
  simulatedReader("expert", "with", { missed: 0.03, border: [0.06, 0.3] }, [0.93, 0.68], 95, 5),
];

function simulatedReader(
  reader: string,
  arm: "without" | "with",
  skill: Skill,
  right: readonly [number, number],
  seconds: number,
  month: number,
): SimulatedReader {
  return { reader, arm, skill, right, seconds, month };
}

const streamOf = ({ truth }: PhantomSubject, ...keys: string[]) =>
  new Random(truth.seed, "simulated", truth.kind, truth.subject, ...keys);

/** A mask as somebody of this skill would draw it: lesions missed, borders frayed. Lies on the truth's grid. */
export function simulateMask(subject: PhantomSubject, { missed, border }: Skill, name: string): Mask {
  const random = streamOf(subject, "mask", name);
  const { mask, truth } = subject;
  const lesions = new Set(truth.lesions.map(({ label }) => label));
  const parts = connectedComponents({ ...mask, data: mask.data.map((value) => Number(lesions.has(value))) });
  const isMissed = Array.from({ length: parts.count + 1 }, (_, n) => n > 0 && random.chance(missed));
  const kept = mask.data.map((value, n) => (isMissed[parts.labels[n]] ? 0 : value));
  return { ...mask, data: frayed({ ...mask, data: kept }, random.uniform(...border), random) };
}

/** Each border voxel takes the value of a neighbour in its slice with this chance. */
function frayed({ data, size }: Mask, chance: number, random: Random): Uint8Array<ArrayBuffer> {
  const steps = [1, -1, size[0], -size[0]];
  return data.map((value, n) => {
    const other = steps.map((step) => data[n + step] ?? value).find((near) => near !== value);
    return other !== undefined && random.chance(chance) ? other : value;
  });
}

/** One row of readings.tsv. */
export function simulateReading(subject: PhantomSubject, id: string, by: SimulatedReader): string[] {
  const random = streamOf(subject, "reading", by.reader, by.arm);
  const truth = Number(subject.truth.person.group === "axSpA");
  const isRight = random.chance(by.right[1 - truth]);
  const seconds = Math.round(by.seconds * Math.exp(random.normal(0, 0.3)));
  const date = new Date(Date.UTC(2024, by.month - 1, 1 + random.integer(25))).toISOString().slice(0, 10);
  return [by.reader, id, by.arm, String(truth), String(isRight ? truth : 1 - truth), String(seconds), date];
}

export const readingColumns = ["reader", "case", "arm", "truth", "decision", "seconds", "date"];

/** Probability of axSpA, with the interval that an ensemble would give. */
export function simulateProbability(subject: PhantomSubject): { probability: number; interval: number[] } {
  const random = streamOf(subject, "classifier");
  const logit = (subject.truth.person.group === "axSpA" ? 1.1 : -0.7) + random.normal(0, 1.1);
  const spread = random.uniform(0.3, 0.9);
  const [low, probability, high] = [-spread, 0, spread].map((shift) => 1 / (1 + Math.exp(-(logit + shift))));
  const round = (value: number) => Number(value.toFixed(4));
  return { probability: round(probability), interval: [round(low), round(high)] };
}

/** Heat around one lesion (around the middle without any), 0 to 1000. */
export function simulateHeat({ mask }: PhantomSubject): { data: Int16Array<ArrayBuffer> } {
  const [ni, nj, nk] = mask.size;
  const at = Math.max(0, mask.data.indexOf(mask.data.reduce((top, value) => Math.max(top, value), 0)));
  const centre =
    mask.data[at] > 0 ? at : Math.floor(ni / 2) + ni * (Math.floor(nj / 2) + nj * Math.floor(nk / 2));
  const place = (n: number) => [n % ni, Math.floor(n / ni) % nj, Math.floor(n / (ni * nj))];
  const [ci, cj, ck] = place(centre);
  const data = Int16Array.from(mask.data, (_, n) => {
    const [i, j, k] = place(n);
    const distance = ((i - ci) / (0.09 * ni)) ** 2 + ((j - cj) / (0.09 * nj)) ** 2 + ((k - ck) / 2) ** 2;
    return Math.round(1000 * Math.exp(-distance / 2));
  });
  return { data };
}
