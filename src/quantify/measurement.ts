/** What a measure says: a number or word with its unit, or null with the reason why there is none. Never NaN. */
import { measures, type MeasureName } from "./catalogue.js";

/** What was measured: the whole patient, a joint (its side), a bone, a quadrant, one slice, one lesion, or a change. */
export type Level = "patient" | "joint" | "bone" | "quadrant" | "slice" | "lesion";

export interface Measurement {
  readonly measure: MeasureName;
  /** Name of the label that was measured; the finding as a whole where a score takes several. */
  readonly label: string;
  readonly level: Level;
  /** Which one: `all`, `left`, `left ilium`, `lesion 2`, `slice 9 left` … */
  readonly of: string;
  readonly value: number | string | null;
  readonly unit: string;
  /** Why the value is null. */
  readonly reason?: string;
}

/** A value, or why it is not defined. */
export type Measured = number | string | Undefined;

export interface Undefined {
  readonly undefined: string;
}

/** "Not defined", with the reason. */
export function notDefined(reason: string): Undefined {
  return { undefined: reason };
}

export interface Subject {
  readonly label: string;
  readonly level: Level;
  readonly of: string;
}

/** One measurement. A number that is not finite becomes null: nothing but numbers leaves this room. */
export function measurement(measure: MeasureName, subject: Subject, measured: Measured): Measurement {
  const { unit } = measures[measure];
  if (typeof measured === "object")
    return { measure, ...subject, value: null, unit, reason: measured.undefined };
  if (typeof measured === "number" && !Number.isFinite(measured))
    return { measure, ...subject, value: null, unit, reason: "the image holds no finite value here" };
  return { measure, ...subject, value: measured, unit };
}
