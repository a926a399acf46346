/** Which action an attribute of a data set gets: the table's, or by what it is where the table does not list it. */
import { isPrivate, type DataSet, type Element, type Tag } from "../data-set.js";
import { dictionaryName, dictionaryVr } from "../dictionary.js";
import type { Vr } from "../vr.js";
import type { Context } from "./context.js";
import { vrOf } from "./elements.js";
import type { OptionName } from "./options.js";
import { overlayShowsText } from "./overlays.js";
import { resolve, rowOf, type Action } from "./profile.js";

export interface Decision {
  readonly action: Action;
  /** What takes over where nothing is left of a cleaned value. */
  readonly basic: Action;
  readonly keyword: string;
  /** Whether the attribute is listed, so that keeping it too is worth a line of the audit. */
  readonly listed: boolean;
}

const decision = (action: Action, keyword: string): Decision => ({
  action,
  basic: "X",
  keyword,
  listed: false,
});

/** `safePrivate`: private tags of this data set that may stay. */
export function decide(
  tag: Tag,
  element: Element,
  dataset: DataSet,
  { options, family }: Context,
  safePrivate: ReadonlySet<Tag>,
): Decision {
  if (tag.endsWith("0000")) return decision("X", "GroupLength");
  if (isPrivate(tag)) return decision(safePrivate.has(tag) ? "K" : "X", "Private");
  const row = rowOf(tag);
  if (/^60/.test(tag) && !tag.endsWith("4000")) return decideOverlay(tag, dataset, options);
  if (row) return { ...resolve(row, options, family), keyword: row.keyword, listed: true };
  return decideUnlisted(tag, element, options);
}

/** Without its data an overlay's description makes no sense, so the whole group goes. */
function decideOverlay(tag: Tag, dataset: DataSet, options: readonly OptionName[]): Decision {
  const keep = options.includes("clean-graphics") && !overlayShowsText(dataset, tag.slice(0, 4));
  return decision(keep ? "K" : "X", dictionaryName(tag) ?? "Overlay");
}

/** Attributes that no row names. The standard keeps them; names, dates and what is not understood go nevertheless. */
const byVr: Partial<Record<Vr, (options: readonly OptionName[]) => Action>> = {
  PN: () => "X",
  DA: datesAction,
  DT: datesAction,
  TM: datesAction,
  AS: (options) => (options.includes("retain-patient-characteristics") ? "K" : "X"),
};

function datesAction(options: readonly OptionName[]): Action {
  if (options.includes("retain-modified-dates")) return "C";
  return options.includes("retain-full-dates") ? "K" : "X";
}

function decideUnlisted(tag: Tag, element: Element, options: readonly OptionName[]): Decision {
  const name = dictionaryName(tag.startsWith("60") ? `6000${tag.slice(4)}` : tag);
  if (name === undefined) return decision("X", "Unknown");
  if (element.vr === "UN" && ["UN", "SQ"].includes(dictionaryVr(tag))) return decision("X", name);
  return decision(byVr[vrOf(tag, element)]?.(options) ?? "K", name.replace(/^RETIRED_/, ""));
}
