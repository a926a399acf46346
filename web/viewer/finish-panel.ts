/** The papers' loop at the end of a reading: submit; for seniors review and agree. */
import type { CaseEntry, User } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { button, group } from "../ui/controls.js";
import { ask } from "../ui/dialog.js";
import { fill, h } from "../ui/element.js";
import { attempt, notify } from "../ui/notice.js";
import { progressTitles } from "../ui/titles.js";
import { suggestedCase } from "../core/work-list.js";
import { askForAgreement, type ShowPreview } from "./agree-dialog.js";

export interface FinishOptions {
  readonly user: User;
  readonly entry: CaseEntry;
  /** Resolves once every stroke is saved. */
  readonly saved: () => Promise<void>;
  /** Told whenever the case has changed. */
  readonly onChange: (entry: CaseEntry) => void;
  readonly onPreview: ShowPreview;
}

export function finishPanel(options: FinishOptions): HTMLElement {
  const content = h("div", {});
  let { entry } = options;
  const next = h("div", { class: "row" });
  const update = (changed: CaseEntry) => {
    entry = changed;
    show();
    attempt(() => offerNext(next, options));
    options.onChange(changed);
  };
  const show = () => {
    const current = { ...options, entry };
    const isSenior = options.user.role !== "reader";
    const own = entry.state === "agreed" ? agreedPart(current, update) : submitButton(current, update);
    fill(content, own, isSenior && seniorPart(current, update), next);
  };
  show();
  return group("Finish", content);
}

type Update = (entry: CaseEntry) => void;

/** The case to go on with. */
async function offerNext(place: HTMLElement, { user, entry }: FinishOptions): Promise<void> {
  const { cases } = await call("cases");
  const others = cases.filter((one) => one.case !== entry.case);
  const suggested = suggestedCase(others, user.name);
  const text = suggested && `Next case: ${suggested.case}`;
  fill(place, suggested && h("a", { class: "button", href: `#case/${suggested.case}` }, text));
}

/** Nobody draws on an agreed case until a senior takes the agreement back. */
function agreedPart({ entry, user }: FinishOptions, update: Update): HTMLElement {
  const takeBack = async () => {
    const text = "Readers can draw again; the agreed mask stays until there is a new one.";
    if ((await ask({ title: "Take back the agreement", text, yes: "Take back" })) === undefined) return;
    update(await call("changeCase", { at: { case: entry.case }, body: { reopen: true } }));
  };
  return h(
    "div",
    {},
    h("p", { class: "hint" }, "This case is agreed: it can be looked at, not drawn on."),
    user.role !== "reader" && button("Take back the agreement", () => attempt(takeBack)),
  );
}

function submitButton({ entry, user, saved }: FinishOptions, update: Update): HTMLElement {
  const mine = entry.progress.find(({ reader }) => reader === user.name);
  const submit = async () => {
    await saved();
    const comment = await ask({
      title: "Submit for review",
      text: `Your mask of ${entry.case} is finished and a senior reader may look at it.`,
      remark: "Comment (optional)",
      yes: "Submit",
    });
    if (comment === undefined) return;
    const body = comment === "" ? {} : { comment };
    update(await call("submit", { at: { case: entry.case }, body }));
    notify("Submitted.");
  };
  return h(
    "div",
    {},
    mine && h("p", { class: "hint" }, `Your reading: ${progressTitles[mine.state]}.`),
    mine?.comment && h("p", { class: "comment" }, `“${mine.comment}”`),
    button("Submit for review", () => attempt(submit), { class: "primary" }),
  );
}

function seniorPart({ entry, onPreview }: FinishOptions, update: Update): HTMLElement {
  const submitted = entry.progress.filter(({ state }) => state === "submitted");
  return h(
    "div",
    { class: "senior" },
    submitted.map(({ reader }) => reviewRow(entry, reader, update)),
    button("Agree on a consensus", () => askForAgreement(entry, update, onPreview)),
  );
}

function reviewRow({ case: name }: CaseEntry, reader: string, update: Update): HTMLElement {
  const decide = async (verdict: "accept" | "return") => {
    const isReturn = verdict === "return";
    const comment = await ask({
      title: isReturn ? `Return to ${reader}` : `Accept ${reader}'s mask`,
      text: isReturn ? "The reader sees your comment and draws again." : "The mask counts for the consensus.",
      remark: isReturn ? "What should be changed?" : "Comment (optional)",
      isRemarkNeeded: isReturn,
      yes: isReturn ? "Return" : "Accept",
    });
    if (comment === undefined) return;
    update(await call("review", { at: { case: name }, body: { reader, verdict, comment } }));
  };
  return h(
    "div",
    { class: "row" },
    h("span", {}, `${reader} has submitted`),
    button("Accept", () => attempt(() => decide("accept"))),
    button("Return", () => attempt(() => decide("return"))),
  );
}
