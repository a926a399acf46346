/** STAPLE against ITK's; see fixtures/staple.py. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { staple } from "../../src/reading/consensus/staple.js";

interface Reference {
  readonly name: string;
  /** A digit a voxel, one text a reader. */
  readonly masks: readonly string[];
  readonly sensitivity: readonly number[];
  readonly specificity: readonly number[];
  /** Probability of the structure by the readers' decisions. */
  readonly probability: Readonly<Record<string, number>>;
}

const cases = JSON.parse(
  readFileSync(new URL("fixtures/staple.json", import.meta.url), "utf8"),
) as Reference[];

describe("staple agrees with ITK on", () => {
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, reference) => {
    const masks = reference.masks.map((digits) => Uint8Array.from(digits, Number));
    // Where ITK stops.
    const { probability, performance } = staple(masks, { tolerance: 1e-7 });
    const differences = [
      ...performance.map(({ sensitivity }, reader) => sensitivity - reference.sensitivity[reader]),
      ...performance.map(({ specificity }, reader) => specificity - reference.specificity[reader]),
      ...Array.from(probability, (p, n) => {
        const decisions = reference.masks.map((digits) => digits[n]).join("");
        return p - reference.probability[decisions];
      }),
    ];
    expect(differences).toHaveLength(2 * masks.length + masks[0].length);
    expect(Math.max(...differences.map(Math.abs))).toBeLessThan(1e-9);
  });
});
