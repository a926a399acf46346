/** Action C (clean), by the VR of what is cleaned; undefined where nothing can be kept. */
import type { DataSet, Element, Tag, ValueElement } from "../data-set.js";
import { padded } from "../set-values.js";
import { text } from "../values.js";
import type { Vr } from "../vr.js";
import { vrRow } from "../vr.js";
import { cleanText } from "./clean-text.js";
import type { Context } from "./context.js";
import { shiftDate, shiftDateTime, shiftTime } from "./dates.js";
import { dummyOf } from "./dummies.js";
import { elementsBelow, isValue, textOf, vrOf } from "./elements.js";
import { partners } from "./profile.js";
import { titleOf } from "./pseudonyms.js";

interface Subject {
  readonly tag: Tag;
  readonly element: Element;
  readonly dataset: DataSet;
  readonly context: Context;
}

/** One value of several (`n`th); undefined where it cannot be cleaned. */
type Cleaner = (value: string, subject: Subject, n: number) => string | undefined;

const words: Cleaner = (value, { context }) => cleanText(value, context.names) || undefined;

const cleaners: Partial<Record<Vr, Cleaner>> = {
  DA: (value, subject, n) => shiftDate(value, partnerTime(subject, n), subject.context.shift),
  TM: (value, { context }) => shiftTime(value, context.shift),
  DT: (value, { context }) => shiftDateTime(value, context.shift),
  AE: (value, { context }) => titleOf(context.key, value),
  LO: words,
  LT: words,
  SH: words,
  ST: words,
  UC: words,
  UT: words,
};

/** Cleans a value; every one of several has to be cleanable. */
export function cleaned(subject: Subject): ValueElement | undefined {
  const { tag, element, dataset } = subject;
  const vr = vrOf(tag, element);
  const cleaner = cleaners[vr];
  const value = textOf(tag, element, dataset);
  if (!cleaner || vr === "SQ" || value === "") return undefined;
  const values = (vrRow(vr).single ? [value] : value.split("\\")).map((one, n) =>
    cleaner(one.trim(), subject, n),
  );
  if (values.includes(undefined)) return undefined;
  return { vr, bytes: padded(Buffer.from(values.join("\\")), vr) };
}

function partnerTime({ tag, dataset }: Subject, n: number): string | undefined {
  const partner = partners.get(tag);
  const element = partner === undefined ? undefined : dataset.elements.get(partner);
  if (!element || partner === undefined) return undefined;
  return textOf(partner, element, dataset).split("\\")[n] || undefined;
}

/** Coding schemes that are public; codes of others are an institution's own. */
const publicSchemes =
  /^(DCM|SCT|SRT|SNM3|99SDM|LN|UCUM|RADLEX|UMLS|FMA|NCIt|I9C|I10|I10P|CPT4|C4|NEU|RFC5646|ISO3166_1)$/;
const codeTags: ReadonlySet<Tag> = new Set(["00080100", "00080102", "00080103", "00080104"]);

const isPublicCode = (item: DataSet) => publicSchemes.test(text(item, "00080102") ?? "");

/** Filters every free text in a sequence's item, after the profile has gone through it. */
export function cleanTexts(item: DataSet, context: Context): void {
  for (const { tag, element, dataset } of [...elementsBelow(item)]) {
    if (!isValue(element) || !vrRow(element.vr).charset || element.bytes.length === 0) continue;
    if (codeTags.has(tag) && isPublicCode(dataset)) continue;
    const value = codeTags.has(tag) ? undefined : cleaned({ tag, element, dataset, context });
    const after = value ?? dummyOf(tag, element);
    if (after) dataset.elements.set(tag, after);
  }
}

const keptTypes =
  /^(CONTAINER|CODE|NUM|TEXT|PNAME|DATE|TIME|DATETIME|UIDREF|IMAGE|COMPOSITE|WAVEFORM|S?COORD|SCOORD3D|TCOORD)$/;
/** Subject's name, ID, date of birth (PS3.16 TID 1007), and sex and age. */
const subjectCodes = /^12102[9]$|^12103[01]$/;
const characteristicCodes = /^12103[23]$/;

/** Whether an item of a Content Sequence may stay, to be gone through by the profile. */
export function keepsContentItem(item: DataSet, { options }: Context): boolean {
  const concept = item.elements.get("0040A043");
  const code = concept && "items" in concept && concept.items[0] ? text(concept.items[0], "00080100") : "";
  if (subjectCodes.test(code ?? "")) return false;
  if (characteristicCodes.test(code ?? "") && !options.includes("retain-patient-characteristics"))
    return false;
  return keptTypes.test(text(item, "0040A040") ?? "CONTAINER");
}
