/**
 * What a label is in coded terms, for segments and reports. SNOMED CT codes stand in the tasks or here where the standard's
 * own context groups have them (PS3.16 CID 4, 7150, 7151 and 6135); everything else gets a code of Marrow's own.
 */
import { code, privateScheme, type Code } from "../../dicom/code.js";
import type { Label } from "../../study/types.js";

export interface SegmentCodes {
  readonly category: Code;
  readonly type: Code;
}

const sct = (value: string, meaning: string) => code(value, "SCT", meaning);
const anatomy = sct("123037004", "Anatomical Structure");
const abnormal = sct("49755003", "Morphologically Abnormal Structure");

const structures: Readonly<Record<string, Code>> = {
  bone: sct("272673000", "Bone"),
  sacrum: sct("54735007", "Sacrum"),
  ilium: sct("22356005", "Ilium"),
  "femoral-head": sct("2812003", "Femoral head"),
  acetabulum: sct("37783008", "Acetabulum"),
};
const findings: Readonly<Record<string, Code>> = {
  "bone-marrow-oedema": sct("79654002", "Edema"),
  effusion: sct("41699000", "Effusion"),
};

/** Meaning of a label in words: `fat-metaplasia` → `Fat metaplasia`. */
export const titleOf = (name: string) => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("-", " ");

/** A SNOMED code of the task's own goes before the tables. */
export function codesOf({ name, snomed }: Pick<Label, "name" | "snomed">): SegmentCodes {
  const category = name in structures ? anatomy : abnormal;
  const known = structures[name] ?? findings[name];
  if (snomed !== undefined && known?.value !== snomed) return { category, type: sct(snomed, titleOf(name)) };
  return { category, type: known ?? code(name, privateScheme, titleOf(name)) };
}

const sites: readonly (readonly [RegExp, Code])[] = [
  [/^(sij|sacro)/, sct("39723000", "Sacroiliac joint")],
  [/^hip/, sct("24136001", "Hip joint")],
];

/** The joint that a task looks at; undefined where its name does not tell. */
export function siteOf(task: string): Code | undefined {
  return sites.find(([pattern]) => pattern.test(task))?.[1];
}
