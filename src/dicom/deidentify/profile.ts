/** Table E.1-1 of PS3.15 to look things up in, with Marrow's additions, and its compound actions resolved. */
import type { Tag } from "../data-set.js";
import { additions } from "./additions.js";
import { typeIn, type AttributeType, type Family } from "./attribute-types.js";
import { profileOptions, type OptionName } from "./options.js";
import { profileData } from "./profile-data.js";

/** Actions of PS3.15 table E.1-1a: dummy, zero length, remove, keep, clean, replace UIDs. */
export type Action = "D" | "Z" | "X" | "K" | "C" | "U";

export interface ProfileRow {
  readonly tag: string;
  readonly keyword: string;
  /** Of the Basic Profile: one action, or several of which the attribute's Type chooses (`X/Z/D`). */
  readonly basic: string;
  /** Column letter of an option → its action. */
  readonly options: Readonly<Record<string, Action>>;
}

function parseRow(line: string): ProfileRow {
  const [tag, keyword, basic, options = ""] = line.split("|");
  const cells = options.split(" ").filter(Boolean);
  const parsed = Object.fromEntries(cells.map((cell) => cell.split(":") as [string, Action]));
  return { tag, keyword, basic, options: parsed };
}

const parse = (data: string) => data.trim().split("\n").map(parseRow);

/** Every row of the standard's table. */
export const standardRows: readonly ProfileRow[] = parse(profileData);

const rows = new Map([...parse(additions), ...standardRows].map((row) => [row.tag, row]));

/** The row of private attributes. */
export const privateRow = rows.get("private") as ProfileRow;

/** The row of an attribute of the standard; repeating groups (50xx, 60xx) share theirs. */
export function rowOf(tag: Tag): ProfileRow | undefined {
  const repeating = `${tag.slice(0, 2)}xx${tag.slice(4)}`;
  return rows.get(tag) ?? rows.get(repeating) ?? rows.get(`${tag.slice(0, 2)}xxxxxx`);
}

/** Dates and times that belong together, by their keywords: StudyDate and StudyTime, each to the other. */
export const partners: ReadonlyMap<Tag, Tag> = pairDates();

function pairDates(): Map<Tag, Tag> {
  const tags = new Map([...rows.values()].map(({ keyword, tag }) => [keyword, tag]));
  const pairs = [...rows.values()].flatMap(({ keyword, tag }): [Tag, Tag][] => {
    const time = tags.get(keyword.replace("Date", "Time"));
    return keyword.includes("Date") && time !== undefined
      ? [
          [tag, time],
          [time, tag],
        ]
      : [];
  });
  return new Map(pairs);
}

/**
 * What is done to an attribute. An option overrides the Basic Profile; where one chosen option keeps and another cleans,
 * it is cleaned. `basic` is what takes over where nothing is left of a cleaned value.
 */
export function resolve(
  row: ProfileRow,
  options: readonly OptionName[],
  family: Family | undefined,
): { action: Action; basic: Action } {
  const chosen = options.map((name) => row.options[profileOptions[name].column]);
  const basic = basicAction(row, typeIn(family, row.tag));
  const action = chosen.includes("C") ? "C" : chosen.includes("K") ? "K" : basic;
  return { action, basic };
}

/** Which of `X/Z/D` is for a Type 3, 2 or 1 attribute (PS3.15 table E.1-1a). */
const byType: Readonly<Record<string, readonly [one: Action, two: Action, three: Action]>> = {
  "Z/D": ["D", "Z", "Z"],
  "X/Z": ["Z", "Z", "X"],
  "X/D": ["D", "D", "X"],
  "X/Z/D": ["D", "Z", "X"],
  "X/Z/U*": ["U", "Z", "X"],
};

/** Where the Type is not known, as if it were 1: always valid, and nothing of the original is kept. */
function basicAction({ basic }: ProfileRow, type: AttributeType = 1): Action {
  return byType[basic]?.[type - 1] ?? (basic as Action);
}
