/** Reader studies: one's own readings, and for the administrator protocols and how far readers are. */
import type { MyStudy, ReaderStudyEntry } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { button } from "../ui/controls.js";
import { ask } from "../ui/dialog.js";
import { fill, h } from "../ui/element.js";
import { attempt, notify } from "../ui/notice.js";
import type { Page, PageContext } from "./page.js";
import { protocolForm } from "./protocol-form.js";

export async function studiesPage(context: PageContext): Promise<Page> {
  const own = h("div", {});
  const all = h("div", {});
  const isAdministrator = context.user.role === "administrator";
  const show = async () => {
    const { studies } = await call("myReaderStudies");
    fill(
      own,
      studies.length > 0 ? studies.map(myCard) : h("p", { class: "hint" }, "You read in no reader study."),
    );
    if (!isAdministrator) return;
    const entries = (await call("readerStudies")).studies;
    fill(
      all,
      entries.map((entry) => studyCard(entry, show)),
    );
  };
  await show();
  const made = async () => {
    notify("The reader study is open.");
    await show();
  };
  const element = h(
    "div",
    { class: "wide" },
    h("h1", {}, "Reader studies"),
    own,
    isAdministrator && [h("h2", {}, "All studies"), all, await protocolForm(context, made)],
  );
  return { element, title: "Reader studies" };
}

const day = (moment: string) => new Date(moment).toLocaleDateString(undefined, { dateStyle: "long" });

const stateTexts: Readonly<Record<MyStudy["state"], (study: MyStudy) => string>> = {
  ready: () => "",
  "washing-out": ({ opens }) => `The second part opens on ${day(opens ?? "")}.`,
  done: () => "You have finished all readings. Thank you.",
  locked: () => "The study is locked.",
};

function myCard(study: MyStudy): HTMLElement {
  const { id, title, instructions, state, done, of } = study;
  return h(
    "section",
    { class: "card", "aria-label": title },
    h("h2", {}, title),
    instructions !== "" && h("p", {}, instructions),
    h(
      "div",
      { class: "reader-progress" },
      h("span", {}, `${done} of ${of} readings finished`),
      h("progress", { value: done, max: of, "aria-label": `Readings of ${title}` }),
    ),
    h("p", {}, stateTexts[state](study)),
    state === "ready" &&
      h("a", { class: "button primary", href: `#reading/${id}` }, done === 0 ? "Begin" : "Go on"),
  );
}

function studyCard(
  { id, protocol, state, readers, made, by }: ReaderStudyEntry,
  onChange: () => Promise<void>,
): HTMLElement {
  const isUnfinished = readers.some(({ done, of }) => done < of);
  const lock = async () => {
    const text = isUnfinished
      ? "Readings that are not finished are left out. The tables are written, and nothing can be read any more."
      : "The tables are written, and nothing can be read any more.";
    if ((await ask({ title: `Lock ${protocol.title}`, text, yes: "Lock" })) === undefined) return;
    await call("lockReaderStudy", { at: { id }, body: isUnfinished ? { unfinished: "drop" } : {} });
    await onChange();
  };
  const arms = protocol.arms
    .map(({ name, assisted }) => `${name}${assisted ? " (with the model)" : ""}`)
    .join(", ");
  return h(
    "section",
    { class: "card", "aria-label": protocol.title },
    h("h2", {}, `${protocol.title} `, h("span", { class: "state" }, state === "open" ? "Open" : "Locked")),
    h(
      "p",
      { class: "hint" },
      `${protocol.name}, made by ${by} on ${day(made)}. ${protocol.cases.length} cases; ${arms}; wash-out ${protocol.washOutDays} days; seed ${protocol.seed}.`,
    ),
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Reader", "Finished", "Second part", "Doubtful times"].map((title) =>
            h("th", { scope: "col" }, title),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        readers.map(({ reader, done, of, opens, doubtful }) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, reader),
            h("td", {}, `${done} of ${of}`),
            h("td", {}, opens === null ? "" : `opens on ${day(opens)}`),
            h("td", {}, doubtful),
          ),
        ),
      ),
    ),
    state === "open" &&
      h(
        "div",
        { class: "row" },
        button("Lock", () => attempt(lock)),
      ),
    state === "locked" &&
      h(
        "p",
        { class: "hint" },
        "Its tables are in derivatives/marrow/reader-study; `marrow report` reads them.",
      ),
  );
}
