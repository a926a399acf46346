/** Training and segmentation: start, watch, cancel. */
import type { Job, JobRequest } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { listen } from "../api/live.js";
import { button, dropDown, textField } from "../ui/controls.js";
import { openDialog } from "../ui/dialog.js";
import { fill, h } from "../ui/element.js";
import { attempt, notify } from "../ui/notice.js";
import { jobTitles } from "../ui/titles.js";
import { labelTitle } from "../viewer/label-panel.js";
import { importReportView } from "./import-report.js";
import type { Page, PageContext } from "./page.js";

export async function jobsPage({ user, study }: PageContext): Promise<Page> {
  const { jobs } = await call("jobs");
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const isSenior = user.role !== "reader";
  const list = h("div", { class: "jobs", "aria-live": "polite" });
  const show = () => {
    const newest = [...byId.values()].sort((a, b) => b.created.localeCompare(a.created));
    fill(
      list,
      newest.length === 0 ? h("p", { class: "hint" }, "Nothing has been started yet.") : newest.map(card),
    );
  };
  const update = (job: Job) => {
    byId.set(job.id, job);
    show();
  };
  const card = (job: Job) => jobCard(job, isSenior, update);
  show();
  const start = async (request: JobRequest) => {
    update(await call("createJob", { body: request }));
    notify("Queued.");
  };
  const forms =
    isSenior &&
    h("div", { class: "cards" }, trainForm(start), segmentForm(study.runs, start), explainForm(study, start));
  const element = h("div", { class: "wide" }, h("h1", {}, "Jobs"), forms, list);
  return { element, title: "Jobs", close: listen({ job: update }) };
}

type Start = (request: JobRequest) => Promise<void>;

const numberOf = ({ value }: HTMLInputElement) => (value === "" ? undefined : Number(value));
const given = <K extends string, T>(key: K, value: T | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };

function trainForm(start: Start): HTMLElement {
  const run = textField("Name of the run (optional)", {
    pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]*",
    maxlength: 64,
  });
  const epochs = textField("Epochs (as planned if empty)", { type: "number", min: 1, max: 100000 });
  const minutes = textField("Stop after minutes (optional)", { type: "number", min: 1, max: 100000 });
  const send = () =>
    start({
      kind: "train",
      ...given("run", run.input.value || undefined),
      ...given("epochs", numberOf(epochs.input)),
      ...given("minutes", numberOf(minutes.input)),
    });
  const text = "Trains the planned networks on the agreed masks.";
  return formCard(
    "Train a model",
    text,
    [run.element, epochs.element, minutes.element],
    "Start training",
    send,
  );
}

function segmentForm(runs: readonly string[], start: Start): HTMLElement {
  if (runs.length === 0)
    return formCard("Segment with a model", "There is no trained model yet: train one first.", [], undefined);
  let chosen = runs[0];
  const choices = runs.map((value) => ({ value, text: value }));
  const list = dropDown("Model", choices, chosen, (value) => (chosen = value));
  const text = "Segments all cases; readers can then correct the masks.";
  const send = () => start({ kind: "segment", run: chosen, fast: false });
  return formCard("Segment with a model", text, [list.element], "Start segmentation", send);
}

/** Heat maps of segmentation models; a classifier's come with its classification. */
function explainForm({ runs, labels }: PageContext["study"], start: Start): HTMLElement | undefined {
  if (runs.length === 0) return undefined;
  const models = runs.map((value) => ({ value, text: value }));
  const model = dropDown("Model", models, runs[0], () => undefined);
  const names = labels.map(({ name }) => ({ value: name, text: labelTitle(name) }));
  const label = dropDown("Label", names, names[0].value, () => undefined);
  const text = "Grad-CAM: where the model looked for a label, to be laid over the images of each case.";
  const send = () => start({ kind: "explain", run: model.list.value, label: label.list.value });
  return formCard("Show where a model looks", text, [model.element, label.element], "Make heat maps", send);
}

function formCard(
  title: string,
  text: string,
  fields: HTMLElement[],
  yes?: string,
  send?: () => Promise<void>,
) {
  const onsubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (send) attempt(send);
  };
  const submit = yes !== undefined && h("button", { type: "submit", class: "primary" }, yes);
  return h("form", { class: "card", onsubmit }, h("h2", {}, title), h("p", {}, text), fields, submit);
}

function titleOf(request: JobRequest): string {
  switch (request.kind) {
    case "train":
      return `Training ${request.run ?? ""}`;
    case "segment":
      return `Segmentation with ${request.run}`;
    case "import":
      return "Import of images";
    case "report":
      return `Report of ${request.subject ?? "the study"}`;
    case "quantify":
      return `Measurement of ${request.source}`;
    case "explain":
      return `Heat maps of ${request.run}`;
  }
}

const showImport = (id: string) =>
  attempt(async () =>
    openDialog("What was imported", importReportView(await call("importReport", { at: { id } }))),
  );

function jobCard(job: Job, isSenior: boolean, update: (job: Job) => void): HTMLElement {
  const { id, request, state, progress, doing, by, created, attempts, error } = job;
  const isOpen = state === "waiting" || state === "running";
  const title = titleOf(request);
  const cancel = () => attempt(async () => update(await call("cancelJob", { at: { id } })));
  return h(
    "article",
    { class: "card job", "data-state": state, "data-job": id },
    h("h2", {}, title.trim()),
    h("span", { class: `state job-${state}` }, jobTitles[state]),
    isOpen && h("progress", { value: progress, max: 1, "aria-label": `Progress of ${title.trim()}` }),
    h("p", {}, doing || " "),
    error && h("p", { class: "job-error" }, error.message, h("small", {}, error.code)),
    h(
      "p",
      { class: "hint" },
      `Started by ${by}, ${new Date(created).toLocaleString()}`,
      attempts > 1 && ` · started ${attempts} times`,
    ),
    isOpen && isSenior && button("Cancel", cancel),
    request.kind === "import" && state === "done" && button("What was imported", () => showImport(id)),
  );
}
