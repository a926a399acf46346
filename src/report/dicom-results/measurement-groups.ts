/** Measurements as groups of a structured report: one group for each thing that was measured. */
import { code, privateScheme, type Code } from "../../dicom/code.js";
import { newUid } from "../../dicom/new-uid.js";
import type { Segment } from "../../dicom/seg/segment.js";
import type { MeasuredGroup, MeasuredValue } from "../../dicom/sr/write-sr.js";
import { measures, type MeasureName } from "../../quantify/catalogue.js";
import type { Measurement } from "../../quantify/measurement.js";
import { codesOf } from "./segment-codes.js";

/** Measures that the standard has a concept for (PS3.16 CID 7469 and 7471); the others go under their own names. */
const standard: Partial<Record<MeasureName, Code>> = {
  volume: code("118565006", "SCT", "Volume"),
};

/** Units as UCUM writes them; braces hold words that are no unit. */
const units: Readonly<Record<string, Code>> = {
  "": code("1", "UCUM", "no units"),
  "1": code("1", "UCUM", "no units"),
  mm: code("mm", "UCUM", "millimeter"),
  "mm²": code("mm2", "UCUM", "square millimeter"),
  "mm³": code("mm3", "UCUM", "cubic millimeter"),
  ml: code("ml", "UCUM", "milliliter"),
  points: code("{points}", "UCUM", "points"),
  SD: code("{SD}", "UCUM", "standard deviations"),
  image: code("{intensity}", "UCUM", "image intensity"),
};

/** Coded name of a measure; its full definition stands in docs/reference/quantification.md. */
export function measureCode(measure: MeasureName): Code {
  return standard[measure] ?? code(measure, privateScheme, measures[measure].title);
}

export const unitCode = (unit: string): Code => units[unit] ?? code(`{${unit}}`, "UCUM", unit);

/**
 * Groups in the order of the measurements. What was measured on a whole label refers to its segment and has the segment's
 * tracking identifier; parts of it (a joint, a bone, one lesion) get their own.
 */
export function measuredGroups(
  measurements: readonly Measurement[],
  segments: readonly Segment[],
  site: Code | undefined,
): MeasuredGroup[] {
  const groups = new Map<string, Measurement[]>();
  for (const one of measurements) {
    const key = `${one.label}|${one.level}|${one.of}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => groupOf(group, segments, site));
}

function groupOf(
  group: readonly Measurement[],
  segments: readonly Segment[],
  site: Code | undefined,
): MeasuredGroup {
  const [{ label, level, of }] = group;
  const segment = segments.find((one) => one.label === label);
  const isWhole = segment !== undefined && level === "patient";
  return {
    trackingId: isWhole ? (segment.trackingId ?? label) : `${label}, ${of}`,
    trackingUid: (isWhole ? segment.trackingUid : undefined) ?? newUid(),
    finding: segment?.type ?? codesOf({ name: label }).type,
    site,
    segment: isWhole ? segment.number : undefined,
    values: group.map(valueOf),
  };
}

function valueOf({ measure, value, unit }: Measurement): MeasuredValue {
  return { name: measureCode(measure), value: value ?? undefined, unit: unitCode(unit) };
}
