/** The plane of a volume's slices, from their normal. */
import type { Evidence } from "./evidence.js";
import type { Verdict } from "./verdict.js";

const names = ["sagittal", "coronal", "axial"] as const;
export type Plane = (typeof names)[number] | `${(typeof names)[number]} oblique`;

/** Degrees from an axis of the patient beyond which a plane is called oblique. */
const straight = 10;
/** Degrees around the halfway line between two planes where words decide. */
const undecided = 12;

const inWords: readonly (readonly [(typeof names)[number], RegExp])[] = [
  ["coronal", /\b(semi|para)?[ _-]?cor(onal)?|coronar/],
  ["axial", /\b(para)?[ _-]?(ax(ial)?|tra(ns(vers\w*)?)?)(?![a-z])/],
  ["sagittal", /\b(para)?[ _-]?sag/],
];

/**
 * The nearest of the three planes; `oblique` from 10° on. SIJ slices along the sacrum (semicoronal) and across it lie near
 * 45°: there the description decides between the two nearest, where it names one of them.
 */
export function planeOf({ normal, words }: Pick<Evidence, "normal" | "words">): Verdict<Plane> {
  const ranked = names
    .map((name, n) => ({ name, degrees: (Math.acos(Math.min(1, Math.abs(normal[n]))) * 180) / Math.PI }))
    .sort((a, b) => a.degrees - b.degrees);
  const [first, second] = ranked;
  const margin = second.degrees - first.degrees;
  const said = inWords.filter(([, pattern]) => pattern.test(words)).map(([name]) => name);
  const isClose = margin < 2 * undecided;
  const chosen = isClose && said.length === 1 && said[0] === second.name ? second : first;
  const agrees = said.length === 1 && said[0] === chosen.name;
  const confidence = Math.min(1, 0.5 + margin / 90 + (agrees ? 0.3 : 0));
  return { is: first.degrees > straight ? `${chosen.name} oblique` : chosen.name, confidence };
}
