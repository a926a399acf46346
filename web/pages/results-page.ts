/** Results: the study's report, a page for each patient, measurements; made by jobs, shown without leaving the page. */
import type { Job, JobRequest, Results } from "../../src/reading/contract/index.js";
import { addressOf, call } from "../api/client.js";
import { listen } from "../api/live.js";
import { button, dropDown } from "../ui/controls.js";
import { fill, h } from "../ui/element.js";
import { attempt, notify } from "../ui/notice.js";
import type { Page, PageContext } from "./page.js";

export async function resultsPage({ user, study }: PageContext): Promise<Page> {
  const isSenior = user.role !== "reader";
  const content = h("div", {});
  const shown = h("div", { class: "report-frame", "aria-live": "polite" });
  const status = h("div", { "aria-live": "polite" });
  const start = (body: JobRequest) =>
    attempt(async () => {
      await call("createJob", { body });
      notify("Queued.");
    });
  const show = (title: string, address: string) => fill(shown, reportFrame(title, address));
  const update = async () => {
    const results = await call("results");
    fill(
      content,
      results.study && studyCard(results.study, start, show),
      patientsCard(results, isSenior, start, show),
      isSenior && quantificationCard(results, study, start),
    );
  };
  await update();
  const onJob = (job: Job) => {
    const { kind } = job.request;
    if (kind !== "report" && kind !== "quantify") return;
    fill(status, jobLine(job));
    if (job.state === "done") attempt(update);
  };
  const element = h("div", { class: "wide" }, h("h1", {}, "Results"), status, content, shown);
  return { element, title: "Results", close: listen({ job: onJob }) };
}

type Start = (body: JobRequest) => void;
type Show = (title: string, address: string) => void;

function jobLine({ state, doing, error }: Job): HTMLElement | undefined {
  if (state === "done") return undefined;
  if (error) return h("p", { class: "job-error" }, error.message, h("small", {}, error.code));
  return h("p", {}, state === "running" ? `At work: ${doing}` : "Waiting for its turn.");
}

/** The report runs no script; what it may do is said by the server's policy and here. */
function reportFrame(title: string, address: string): HTMLElement[] {
  const frame = h("iframe", { title, src: address, sandbox: "allow-same-origin allow-downloads" });
  const alone = h("a", { href: address, target: "_blank", rel: "noreferrer" }, "Open on its own, to print");
  setTimeout(() => frame.scrollIntoView({ block: "start" }));
  return [h("h2", {}, title), alone, frame];
}

const makeText = (made: string | null) => (made === null ? "Make" : "Make anew");
const madeText = (made: string | null) =>
  made === null ? "Not made yet." : `Made ${new Date(made).toLocaleString()}.`;

function studyCard({ made, files }: NonNullable<Results["study"]>, start: Start, show: Show): HTMLElement {
  const address = (file: string) => {
    const [folder, name] = file.split("/");
    return addressOf(folder === "tables" ? "studyTable" : "studyFigure", { file: name });
  };
  const link = (file: string) =>
    h("li", {}, h("a", { href: address(file), download: "" }, file.split("/")[1] ?? ""));
  return h(
    "section",
    { class: "card", "aria-label": "Report of the study" },
    h("h2", {}, "Report of the study"),
    h("p", {}, `The papers' tables and figures from what is in the study. ${madeText(made)}`),
    h(
      "div",
      { class: "row" },
      made !== null &&
        button("Show", () => show("Report of the study", addressOf("studyReport")), { class: "primary" }),
      button(made === null ? "Make the report" : "Make it anew", () => start({ kind: "report" })),
    ),
    files.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, `${files.length} tables and figures as files`),
        h("ul", { class: "files" }, files.map(link)),
      ),
  );
}

function patientsCard({ patients }: Results, isSenior: boolean, start: Start, show: Show): HTMLElement {
  const row = ({ subject, cases, made }: Results["patients"][number]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, subject),
      h(
        "td",
        {},
        cases.map((name) => [h("a", { href: `#case/${name}` }, name), " "]),
      ),
      h("td", {}, madeText(made)),
      h(
        "td",
        {},
        made !== null &&
          button("Show", () => show(`Report of ${subject}`, addressOf("patientReport", { subject })), {
            "aria-label": `Show: report of ${subject}`,
          }),
        isSenior &&
          button(makeText(made), () => start({ kind: "report", subject }), {
            "aria-label": `${makeText(made)}: report of ${subject}`,
          }),
      ),
    );
  const none = isSenior
    ? "There is no patient yet."
    : "Patients appear here once all readers' masks of their cases are agreed.";
  return h(
    "section",
    { class: "card", "aria-label": "Patients" },
    h("h2", {}, "Patients"),
    patients.length === 0
      ? h("p", { class: "hint" }, none)
      : h(
          "table",
          {},
          h("caption", {}, "Lesions, volumes, scores and key images of each patient"),
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              ["Patient", "Cases", "Report", ""].map((title) => h("th", { scope: "col" }, title)),
            ),
          ),
          h("tbody", {}, patients.map(row)),
        ),
  );
}

function quantificationCard(
  { quantifications }: Results,
  { runs, segmentations, reference }: PageContext["study"],
  start: Start,
): HTMLElement {
  const sources = [
    { value: "consensus", text: "The consensus" },
    ...runs.map((name) => ({ value: `run.${name}`, text: `Predictions of ${name}` })),
    ...segmentations.map((name) => ({ value: `segmentation.${name}`, text: `Segmentation ${name}` })),
  ];
  const list = dropDown("Masks to measure", sources, "consensus", () => undefined);
  const measure = () => start({ kind: "quantify", source: list.list.value });
  const item = ({ name, made, files }: Results["quantifications"][number]) =>
    h(
      "li",
      {},
      `${name === reference ? "Consensus" : name}. ${madeText(made)} `,
      files.map((file) => [
        h("a", { href: addressOf("quantificationFile", { result: name, file }), download: "" }, file),
        " ",
      ]),
    );
  return h(
    "section",
    { class: "card", "aria-label": "Measurements" },
    h("h2", {}, "Measurements of all cases"),
    h("ul", { class: "files" }, quantifications.map(item)),
    h("div", { class: "row" }, list.element, button("Measure", measure)),
  );
}
