/** What the de-identification of one file knows while it goes through the data set. */
import { isPrivate, type DataSet, type Element, type Tag } from "../data-set.js";
import type { Family } from "./attribute-types.js";
import type { Audit } from "./audit.js";
import { elementsBelow, textOf, vrOf } from "./elements.js";
import type { OptionName } from "./options.js";
import { rowOf } from "./profile.js";
import type { ProjectKey } from "./project-key.js";
import type { DateShift } from "./pseudonyms.js";
import type { Vr } from "../vr.js";

/** A text that was removed or replaced, for the search whether it stands elsewhere too (leftovers.ts). */
export interface Original {
  readonly text: string;
  readonly vr: Vr;
  /** Descriptions, whose words occur elsewhere by their nature. */
  readonly common: boolean;
}

export interface Context {
  readonly key: ProjectKey;
  readonly options: readonly OptionName[];
  /** Of the SOP class; undefined inside sequences, where Types are not known. */
  readonly family: Family | undefined;
  readonly pseudonym: string;
  readonly shift: DateShift;
  /** Words that cleaned texts never keep, in lower case. */
  readonly names: ReadonlySet<string>;
  readonly audit: Audit;
  readonly originals: Original[];
  /** Original UID → new UID of this file. */
  readonly uids: Map<string, string>;
  /** Tags of the sequences around the data set at hand. */
  readonly path: readonly Tag[];
}

/** The context of a sequence's items. */
export function inside(context: Context, tag: Tag): Context {
  return { ...context, family: tag === "00400275" ? "request" : undefined, path: [...context.path, tag] };
}

/** Codes, whose meanings are public words. */
const codes: ReadonlySet<Tag> = new Set(["00080100", "00080102", "00080103", "00080104"]);

/** Notes the texts of an attribute that goes, and of all that is below it; of structured content not the codes. */
export function remember(context: Context, tag: Tag, element: Element, dataset: DataSet): void {
  if (!("items" in element)) return note(context, tag, element, dataset);
  const structured = rowOf(tag)?.options.S !== undefined;
  for (const item of element.items)
    for (const below of elementsBelow(item))
      if (!(structured && codes.has(below.tag))) note(context, below.tag, below.element, below.dataset);
}

/** Private texts repeat what stands in public attributes, so they tell nothing new. */
function note({ originals }: Context, tag: Tag, element: Element, dataset: DataSet): void {
  const text = isPrivate(tag) ? "" : textOf(tag, element, dataset);
  if (text === "") return;
  const options = rowOf(tag)?.options;
  const common = options === undefined || "T" in options;
  const vr = vrOf(tag, element);
  for (const value of text.split("\\")) originals.push({ text: value.trim(), vr, common });
}
