/** Originals beside their replacements: what the pseudonym map keeps of a file. */
import type { DataSet, Tag } from "../data-set.js";
import { texts } from "../values.js";
import type { Context } from "./context.js";
import { uidOf } from "./pseudonyms.js";

/** Tag → values, decoded. */
export type Attributes = Readonly<Record<Tag, readonly string[]>>;

export interface Identity {
  readonly pseudonym: string;
  readonly patient: Attributes;
  /** New Study Instance UID. */
  readonly study: string;
  readonly studyAttributes: Attributes;
  /** Original → new, as it grows while the file is gone through. */
  readonly uids: ReadonlyMap<string, string>;
}

/** What a PACS files a result by: name, ID and its issuer, birth date, sex. */
export const patientTags: readonly Tag[] = ["00100010", "00100020", "00100021", "00100030", "00100040"];
/** Date, time, accession number, referring physician, description, ID of the study. */
export const studyTags: readonly Tag[] = [
  "00080020",
  "00080030",
  "00080050",
  "00080090",
  "00081030",
  "00200010",
];

function attributesOf(dataset: DataSet, tags: readonly Tag[]): Attributes {
  return Object.fromEntries(
    tags.flatMap((tag) => (dataset.elements.has(tag) ? [[tag, texts(dataset, tag)] as const] : [])),
  );
}

/** Of the original data set. */
export function identityOf(dataset: DataSet, { key, options, pseudonym, uids }: Context): Identity {
  const study = texts(dataset, "0020000D")[0] ?? "";
  return {
    pseudonym,
    patient: attributesOf(dataset, patientTags),
    study: options.includes("retain-uids") ? study : uidOf(key, study),
    studyAttributes: attributesOf(dataset, studyTags),
    uids,
  };
}
