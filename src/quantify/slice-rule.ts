import { notDefined, type Undefined } from "./measurement.js";

/** How many slices a score takes from a hip, and fewer than how many exclude it. */
export interface SliceRule {
  readonly anterior: number;
  readonly central: number;
  readonly posterior: number;
  readonly minimum: number;
}

/**
 * Paper 2: "five central MRI slices and an extra five front and five back slices"; "patients with MRIs of hip structure < 5
 * slices were excluded".
 */
export const himrissSlices: SliceRule = { anterior: 5, central: 5, posterior: 5, minimum: 5 };

export type Zone = "anterior" | "central" | "posterior";
export const zones: readonly Zone[] = ["anterior", "central", "posterior"];

export type ChosenSlices = Readonly<Record<Zone, readonly number[]>>;

/**
 * Divides the slices that show a hip, given from the front to the back, into the central ones in their middle, and up to so
 * many next to them on either side. An even number has no middle: the half slice goes to the back, so that the front
 * gets one less. Where a hip has fewer slices than the rule asks for, the anterior and posterior groups are shorter;
 * fewer than the minimum: not defined, with the reason.
 *
 * @example chooseSlices([0, 1, 2, 3, 4, 5, 6, 7], himrissSlices) // anterior 0; central 1…5; posterior 6, 7
 */
export function chooseSlices(slices: readonly number[], rule: SliceRule): ChosenSlices | Undefined {
  if (slices.length < rule.minimum)
    return notDefined(
      `excluded: ${slices.length} slices show the hip, at least ${rule.minimum} are needed (paper 2)`,
    );
  const first = Math.max(0, Math.floor((slices.length - rule.central) / 2));
  const behind = first + rule.central;
  return {
    anterior: slices.slice(Math.max(0, first - rule.anterior), first),
    central: slices.slice(first, behind),
    posterior: slices.slice(behind, behind + rule.posterior),
  };
}

/** `anterior 3 4, central 5 6 7 8 9, posterior 10 11 (9 of 15)`; slices are numbered from 1. */
export function describeSlices(chosen: ChosenSlices, rule: SliceRule): string {
  const groups = zones.map((zone) => `${zone} ${chosen[zone].map((slice) => slice + 1).join(" ") || "none"}`);
  const count = zones.reduce((sum, zone) => sum + chosen[zone].length, 0);
  const wanted = zones.reduce((sum, zone) => sum + rule[zone], 0);
  return groups.join(", ") + (count < wanted ? ` (${count} of ${wanted})` : "");
}
