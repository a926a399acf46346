/** The consensus of readers' masks by one of the methods, with each reader's Dice against it. */
import { MarrowError } from "../../base/errors.js";
import { countVoxels } from "../../statistics/confusion.js";
import { dice } from "../../statistics/dice.js";
import type { Agreement } from "../contract/index.js";
import { majority } from "./majority.js";
import { staple } from "./staple.js";

export interface ReadersMask {
  readonly reader: string;
  readonly data: Uint8Array;
}

export interface NamedLabel {
  readonly value: number;
  readonly name: string;
}

export type Method = Agreement["method"];

export interface Consensus {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly performance: Agreement["performance"];
}

type Maker = (masks: readonly ReadersMask[], labels: readonly NamedLabel[]) => Consensus;

const makers: Readonly<Record<Method, Maker>> = {
  majority: (masks) => ({ data: majority(masks.map(({ data }) => data)), performance: [] }),
  staple: stapleOfLabels,
  chosen: ([{ data }]) => ({ data: Uint8Array.from(data), performance: [] }),
};

/** Throws CONSENSUS_MASKS: `chosen` takes one mask, the others two or more; all are of one length. */
export function consensusOf(
  method: Method,
  masks: readonly ReadersMask[],
  labels: readonly NamedLabel[],
): Consensus {
  const enough = method === "chosen" ? masks.length === 1 : masks.length >= 2;
  if (!enough)
    throw new MarrowError("CONSENSUS_MASKS", {
      expected: method === "chosen" ? "one reader" : "two readers or more",
      found: masks.map(({ reader }) => reader).join(", ") || "none",
    });
  return makers[method](masks, labels);
}

/**
 * STAPLE of each label on its own; a voxel gets the label with the largest probability, if that is 0.5 or more (the
 * smallest value of equals).
 */
function stapleOfLabels(masks: readonly ReadersMask[], labels: readonly NamedLabel[]): Consensus {
  const data = new Uint8Array(masks[0].data.length);
  const best = new Float64Array(data.length).fill(0.5);
  const performance: Agreement["performance"] = [];
  for (const { value, name } of [...labels].sort((a, b) => a.value - b.value)) {
    const binary = masks.map(({ data: mask }) => mask.map((label) => (label === value ? 1 : 0)));
    const result = staple(binary);
    for (let n = 0; n < data.length; n++) {
      const better = data[n] === 0 ? result.probability[n] >= best[n] : result.probability[n] > best[n];
      if (!better) continue;
      data[n] = value;
      best[n] = result.probability[n];
    }
    masks.forEach(({ reader }, n) => {
      const { sensitivity, specificity } = result.performance[n];
      if (Number.isFinite(sensitivity) && Number.isFinite(specificity))
        performance.push({ reader, label: name, sensitivity, specificity });
    });
  }
  return { data, performance };
}

/** Dice of one mask with another by label's name; null where both are empty. */
export function diceByLabel(
  mask: Uint8Array,
  other: Uint8Array,
  labels: readonly NamedLabel[],
): Record<string, number | null> {
  const counts = countVoxels(mask, other, labels.map(({ value }) => value)); // prettier-ignore
  return Object.fromEntries(
    labels.map(({ name }, n) => {
      const value = dice(counts[n]);
      return [name, Number.isNaN(value) ? null : value];
    }),
  );
}

/** Voxels of each label by name. */
export function voxelsByLabel(mask: Uint8Array, labels: readonly NamedLabel[]): Record<string, number> {
  const counts = new Float64Array(256);
  for (const label of mask) counts[label]++;
  return Object.fromEntries(labels.map(({ value, name }) => [name, counts[value]]));
}
