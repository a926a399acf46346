/** The work list. */
import { caseStates, type CaseEntry } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { listen } from "../api/live.js";
import {
  allCases,
  filteredCases,
  progressOf,
  readerProgress,
  suggestedCase,
  type WorkFilter,
} from "../core/work-list.js";
import { dropDown, textField } from "../ui/controls.js";
import { fill, h } from "../ui/element.js";
import { attempt } from "../ui/notice.js";
import { progressTitles, stateTitles } from "../ui/titles.js";
import { askForReaders } from "./assign-dialog.js";
import { importPanel } from "./import-panel.js";
import type { Page, PageContext } from "./page.js";

/** The filter outlives a visit of a case. */
let filter: WorkFilter = allCases;

export async function casesPage(context: PageContext): Promise<Page> {
  let { cases } = await call("cases");
  const body = h("tbody", {});
  const summary = h("div", { class: "summary", "aria-live": "polite" });
  const show = () => {
    const shown = filteredCases(cases, filter, context.user.name);
    fill(
      body,
      shown.map((entry) => caseRow(entry, context, replace)),
    );
    fill(summary, summaryOf(cases, shown.length, context));
  };
  const replace = (changed: CaseEntry) => {
    cases = cases.map((entry) => (entry.case === changed.case ? changed : entry));
    show();
  };
  const readAgain = () =>
    attempt(async () => {
      ({ cases } = await call("cases"));
      show();
    });
  show();
  const filters = filterBar((next) => {
    filter = { ...filter, ...next };
    show();
  });
  const header = ["Images", "Case", "State", "Assigned", "Readings", "Uncertainty"];
  const head = h(
    "thead",
    {},
    h(
      "tr",
      {},
      header.map((title) => h("th", { scope: "col" }, title)),
    ),
  );
  const table = h("table", { class: "work-list" }, head, body);
  const element = h("div", { class: "wide" }, h("h1", {}, "Work list"));
  const images = context.user.role === "reader" ? undefined : importPanel(element, readAgain);
  element.append(...(images ? [images.element] : []), filters, summary, table);
  const close = listen({ case: readAgain, presence: readAgain, job: (job) => images?.note(job) });
  return { element, title: "Work list", close };
}

function filterBar(change: (next: Partial<WorkFilter>) => void): HTMLElement {
  const find = textField("Find a case", { type: "search", value: filter.text });
  find.input.addEventListener("input", () => change({ text: find.input.value }));
  const states = [
    { value: "all" as const, text: "Every state" },
    ...caseStates.map((value) => ({ value, text: stateTitles[value] })),
  ];
  const assigned = [
    { value: "all", text: "Everybody" },
    { value: "me", text: "Me" },
    { value: "nobody", text: "Nobody" },
  ] as const;
  const orders = [
    { value: "name", text: "Name" },
    { value: "state", text: "State" },
    { value: "uncertainty", text: "Model's uncertainty" },
  ] as const;
  return h(
    "div",
    { class: "filters", role: "search" },
    find.element,
    dropDown("State", states, filter.state, (state) => change({ state })).element,
    dropDown("Assigned to", assigned, filter.assigned, (value) => change({ assigned: value })).element,
    dropDown("Order", orders, filter.order, (order) => change({ order })).element,
  );
}

function summaryOf(cases: readonly CaseEntry[], shown: number, { user, study }: PageContext) {
  const next = suggestedCase(cases, user.name);
  const readers = user.role === "reader" ? [user] : study.readers;
  return [
    h("p", {}, `${shown} of ${cases.length} cases`),
    next && h("a", { class: "button primary", href: `#case/${next.case}` }, `Next case: ${next.case}`),
    readers
      .map(({ name }) => ({ name, ...readerProgress(cases, name) }))
      .filter(({ of }) => of > 0)
      .map(({ name, done, of }) =>
        h(
          "div",
          { class: "reader-progress" },
          h("span", {}, `${name}: ${done} of ${of} finished`),
          h("progress", { value: done, max: of, "aria-label": `Progress of ${name}` }),
        ),
      ),
  ];
}

function caseRow(entry: CaseEntry, { user }: PageContext, replace: (entry: CaseEntry) => void): HTMLElement {
  const { case: name, assigned, progress, open, uncertainty, state } = entry;
  const isSenior = user.role !== "reader";
  const assign = () => askForReaders(entry, replace);
  const others = open.filter((one) => one !== user.name);
  return h(
    "tr",
    {},
    h("td", { class: "thumbnails" }, thumbnails(entry)),
    h("td", {}, h("a", { href: `#case/${name}`, class: "case-link" }, name)),
    h("td", {}, h("span", { class: `state state-${state}` }, stateTitles[state])),
    h(
      "td",
      {},
      assigned.join(", ") || "Nobody",
      isSenior && [" ", h("button", { type: "button", class: "quiet", onclick: assign }, "Change")],
    ),
    h(
      "td",
      {},
      progress
        .filter((one) => one.state !== "none")
        .map((one) => h("div", {}, `${one.reader}: ${progressTitles[progressOf(entry, one.reader)]}`)),
      others.length > 0 && h("div", { class: "open-now" }, `Open now: ${others.join(", ")}`),
    ),
    h("td", {}, uncertainty === null ? "–" : uncertainty.toFixed(4)),
  );
}

const thumbnails = ({ case: name, channels, thumbnails: addresses }: CaseEntry) =>
  channels
    .filter((channel) => addresses[channel] !== undefined)
    .map((channel) =>
      h(
        "a",
        { href: `#case/${name}`, tabindex: -1 },
        h("img", {
          src: addresses[channel],
          alt: `${channel} of ${name}`,
          loading: "lazy",
          width: 64,
          height: 64,
        }),
      ),
    );
