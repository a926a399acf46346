/** Goes through a data set and does to every attribute what the profile asks for. */
import type { DataSet, Element, Tag } from "../data-set.js";
import { padded } from "../set-values.js";
import { cleaned, cleanTexts, keepsContentItem } from "./cleaning.js";
import { inside, remember, type Context } from "./context.js";
import { decide, type Decision } from "./decide.js";
import { dummyContent, dummyOf, emptyOf, scrubItem, textElement } from "./dummies.js";
import { textOf, vrOf } from "./elements.js";
import { rowOf, type Action } from "./profile.js";
import { pseudonymOf, uidOf } from "./pseudonyms.js";
import { safePrivateTags } from "./safe-private.js";

interface Subject {
  readonly tag: Tag;
  readonly element: Element;
  readonly dataset: DataSet;
  readonly context: Context;
  readonly decision: Decision;
}

const contentSequence = "0040A730";

/** What stands in an attribute's place; undefined: nothing. */
const actions: Readonly<Record<Action, (subject: Subject) => Element | undefined>> = {
  X: () => undefined,
  K: ({ tag, element, context }) => (element.vr === "SQ" ? goThrough(tag, element, context) : element),
  Z: (subject) => pseudonymFor(subject) ?? emptyOf(subject.tag, subject.element),
  D: (subject) => pseudonymFor(subject) ?? dummyFor(subject),
  U: (subject) => replaceUids(subject),
  C: (subject) => cleanedOf(subject) ?? actions[subject.decision.basic](subject),
};

/** Changes `dataset`, which the caller must own, in place. */
export function applyProfile(dataset: DataSet, context: Context): void {
  const safePrivate = context.options.includes("retain-safe-private")
    ? safePrivateTags(dataset)
    : new Set<Tag>();
  const before: DataSet = { charset: dataset.charset, elements: new Map(dataset.elements) };
  for (const [tag, element] of before.elements) {
    const decision = decide(tag, element, before, context, safePrivate);
    const after = treat({ tag, element, dataset: before, context, decision });
    if (after) dataset.elements.set(tag, after);
    else dataset.elements.delete(tag);
  }
}

function treat(subject: Subject): Element | undefined {
  const { tag, element, context, decision } = subject;
  const { action, keyword, listed } = decision;
  if (action !== "K" || listed || keyword === "Private")
    context.audit.add([...context.path, tag], keyword, action);
  if ("items" in element && "XZD".includes(action)) remember(context, tag, element, subject.dataset);
  const after = actions[action](subject);
  if (!("items" in element) && changed(subject, after)) remember(context, tag, element, subject.dataset);
  return after;
}

function changed({ tag, element, dataset }: Subject, after: Element | undefined): boolean {
  return after === undefined || textOf(tag, element, dataset) !== textOf(tag, after, dataset);
}

function goThrough(tag: Tag, element: Element, context: Context): Element {
  if (!("items" in element)) return element;
  for (const item of element.items) applyProfile(item, inside(context, tag));
  return element;
}

/** Patient's Name and Patient ID, of the patient or of whoever else is named in a sequence. */
function pseudonymFor({ tag, element, dataset, context }: Subject): Element | undefined {
  if (tag !== "00100010" && tag !== "00100020") return undefined;
  const vr = tag === "00100010" ? "PN" : "LO";
  if (context.path.length === 0) return textElement(vr, context.pseudonym);
  const value = textOf(tag, element, dataset);
  return value === "" ? element : textElement(vr, pseudonymOf(context.key, value));
}

function dummyFor(subject: Subject): Element | undefined {
  const { tag, element, context } = subject;
  if (tag === contentSequence) return dummyContent();
  if (vrOf(tag, element) === "UI") return replaceUids(subject);
  if (!("items" in element)) return dummyOf(tag, element);
  goThrough(tag, element, context);
  element.items.forEach((item) => scrubItem(item));
  return element;
}

function replaceUids({ tag, element, dataset, context }: Subject): Element | undefined {
  if ("items" in element) return goThrough(tag, element, context);
  if (vrOf(tag, element) !== "UI") return undefined;
  const uids = textOf(tag, element, dataset)
    .split("\\")
    .map((one) => one.replace(/[\0\s]+$/, ""));
  const replaced = uids.map((uid) => uidOf(context.key, uid));
  uids.forEach((uid, n) => uid !== replaced[n] && context.uids.set(uid, replaced[n]));
  return { vr: "UI", bytes: padded(Buffer.from(replaced.join("\\")), "UI") };
}

function cleanedOf(subject: Subject): Element | undefined {
  const { tag, element, context } = subject;
  if (!("items" in element)) return cleaned(subject);
  const items =
    tag === contentSequence ? element.items.filter((item) => keepsContentItem(item, context)) : element.items;
  const after = goThrough(tag, { vr: "SQ", items }, context);
  if (rowOf(tag)?.options.T) items.forEach((item) => cleanTexts(item, context));
  if (rowOf(tag)?.options.G) items.forEach((item) => scrubItem(item, true));
  return items.length > 0 ? after : undefined;
}
