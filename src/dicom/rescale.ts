/** How stored values become measured ones: a table of rules, the first that applies is taken. */
import type { Attributes } from "./attributes.js";

export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

type Rule = (attributes: Attributes) => Rescale | undefined;

const rules: readonly Rule[] = [philipsPrecise, modality];

/** Modality LUT (PS3.3 section C.11.1). Non-finite and zero slopes are taken as 1. */
function modality(attributes: Attributes): Rescale {
  const slope = attributes.number("00281053") ?? 1;
  return { slope: slope === 0 ? 1 : slope, intercept: attributes.number("00281052") ?? 0 };
}

/**
 * Philips rescales each series for display. Its private scale slope SS gives values that can be compared between scans:
 * (stored · RS + RI) / (RS · SS) (Chenevert et al., Transl Oncol 2014; 7: 65).
 */
function philipsPrecise(attributes: Attributes): Rescale | undefined {
  if (!/philips/i.test(attributes.text("00080070") ?? "")) return undefined;
  const scale = attributes.number("2005100E", "FL");
  if (!scale) return undefined;
  const { slope, intercept } = modality(attributes);
  return { slope: 1 / scale, intercept: intercept / (slope * scale) };
}

export function rescaleOf(attributes: Attributes): Rescale {
  for (const rule of rules) {
    const found = rule(attributes);
    if (found) return found;
  }
  return { slope: 1, intercept: 0 };
}
