/** The options of the Basic Profile (PS3.15 section E.3) that can be chosen, as a table. */
import { MarrowError } from "../../base/errors.js";

export interface ProfileOption {
  /** The option's column in profile-data.ts. */
  readonly column: string;
  /** Code of the option in CID 7050, for De-identification Method Code Sequence (0012,0064). */
  readonly code: string;
  readonly meaning: string;
}

const option = (column: string, code: string, meaning: string): ProfileOption => ({ column, code, meaning });

export const profileOptions = {
  "retain-safe-private": option("P", "113111", "Retain Safe Private Option"),
  "retain-uids": option("U", "113110", "Retain UIDs Option"),
  "retain-device": option("D", "113109", "Retain Device Identity Option"),
  "retain-institution": option("I", "113112", "Retain Institution Identity Option"),
  "retain-patient-characteristics": option("C", "113108", "Retain Patient Characteristics Option"),
  "retain-full-dates": option("F", "113106", "Retain Longitudinal Temporal Information Full Dates Option"),
  "retain-modified-dates": option(
    "M",
    "113107",
    "Retain Longitudinal Temporal Information Modified Dates Option",
  ),
  "clean-descriptors": option("T", "113105", "Clean Descriptors Option"),
  "clean-structured-content": option("S", "113104", "Clean Structured Content Option"),
  "clean-graphics": option("G", "113103", "Clean Graphics Option"),
} as const satisfies Record<string, ProfileOption>;

export type OptionName = keyof typeof profileOptions;

/** What research on images needs, with no identity in it: dates moved, descriptions filtered, age, sex, scanner. */
export const researchOptions: readonly OptionName[] = [
  "retain-modified-dates",
  "clean-descriptors",
  "retain-patient-characteristics",
  "retain-device",
];

export const basicProfile = { code: "113100", meaning: "Basic Application Confidentiality Profile" };
export const cleanPixelData = { code: "113101", meaning: "Clean Pixel Data Option" };

/** The options of these names, in the standard's order. Throws BAD_ARGUMENT for unknown and contradicting ones. */
export function parseOptions(names: readonly string[]): OptionName[] {
  const unknown = names.filter((name) => !Object.hasOwn(profileOptions, name));
  if (unknown.length > 0)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: `options among ${Object.keys(profileOptions).join(", ")}`,
      found: unknown.join(", "),
    });
  if (names.includes("retain-full-dates") && names.includes("retain-modified-dates"))
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "either retain-full-dates or retain-modified-dates",
      found: "both",
    });
  return (Object.keys(profileOptions) as OptionName[]).filter((name) => names.includes(name));
}
