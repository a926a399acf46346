/** Coded entries (PS3.3 section 8). */
import type { DataSet, Tag } from "./data-set.js";
import type { Natural } from "./natural.js";
import { items, text } from "./values.js";

export interface Code {
  readonly value: string;
  /** `SCT`, `DCM`, `UCUM`; `99MARROW` for what has no published code. */
  readonly scheme: string;
  readonly meaning: string;
}

export const privateScheme = "99MARROW";

export const code = (value: string, scheme: string, meaning: string): Code => ({ value, scheme, meaning });

/** An item of a code sequence; values of more than 16 characters are long code values. */
export function codeItem({ value, scheme, meaning }: Code): Natural {
  return {
    [value.length > 16 ? "LongCodeValue" : "CodeValue"]: value,
    CodingSchemeDesignator: scheme,
    CodeMeaning: meaning,
  };
}

/** First code of a sequence; undefined where there is none. */
export function codeOf(dataset: DataSet, sequence: Tag): Code | undefined {
  const item = items(dataset, sequence).at(0);
  return item && codeIn(item);
}

function codeIn(item: DataSet): Code | undefined {
  const value = text(item, "00080100") ?? text(item, "00080119") ?? text(item, "00080120");
  if (value === undefined) return undefined;
  return { value, scheme: text(item, "00080102") ?? "", meaning: text(item, "00080104") ?? "" };
}

/** Says what the private scheme is (PS3.3 section C.12.1, Coding Scheme Identification Sequence). */
export const privateSchemeItem: Natural = {
  CodingSchemeDesignator: privateScheme,
  CodingSchemeName: "Marrow",
  CodingSchemeResponsibleOrganization: "Marrow",
};
