/** Images come in: a folder dropped on the work list, or a study from a PACS; a job imports them, de-identified. */
import type { Job } from "../../src/reading/contract/index.js";
import { ApiProblem, call } from "../api/client.js";
import { sendAll } from "../core/send-all.js";
import { button } from "../ui/controls.js";
import { chosenFiles, droppedFiles, type NamedFile } from "../ui/dropped-files.js";
import { fill, h } from "../ui/element.js";
import { attempt, notify } from "../ui/notice.js";
import { problemBox } from "../ui/problem.js";
import { jobTitles } from "../ui/titles.js";
import { importReportView } from "./import-report.js";
import { findInPacs } from "./pacs-dialog.js";

export interface ImportPanel {
  readonly element: HTMLElement;
  /** To be told of every job. */
  readonly note: (job: Job) => void;
}

const privacy =
  "Files go to this server alone. Names, dates and other identities stay behind; what was sent is removed after the import.";

/** `onImported` is told when there are new cases. `place` is where folders may be dropped. */
export function importPanel(place: HTMLElement, onImported: () => void): ImportPanel {
  const status = h("div", { "aria-live": "polite" });
  const folder = fileField({ webkitdirectory: true }, "Choose a folder");
  const single = fileField({ multiple: true }, "Choose files or zip archives");
  const pacs = h("span", {});
  const zone = h(
    "div",
    { class: "drop-zone" },
    h("p", {}, "Drop folders of DICOM files or zip archives here."),
    h("div", { class: "row" }, folder.element, single.element, pacs),
  );
  const panel = h("details", { class: "card import" }, h("summary", {}, "Import images"), zone);
  panel.append(h("p", { class: "hint" }, privacy), status);
  const following = new Follower(status, onImported);
  const start = (files: readonly NamedFile[]) => {
    panel.open = true;
    attempt(() => sendFiles(files, status, following));
  };
  folder.onChosen(start);
  single.onChosen(start);
  acceptDrops(place, panel, start);
  panel.addEventListener("toggle", () => panel.open && offerPacs(pacs, following), { once: true });
  return { element: panel, note: (job) => following.note(job) };
}

function fileField(props: Readonly<Record<string, boolean>>, text: string) {
  const input = h("input", { type: "file", hidden: true, ...props });
  const element = h(
    "span",
    {},
    button(text, () => input.click()),
    input,
  );
  const onChosen = (take: (files: readonly NamedFile[]) => void) =>
    input.addEventListener("change", () => {
      take(chosenFiles(input));
      input.value = "";
    });
  return { element, onChosen };
}

function acceptDrops(place: HTMLElement, panel: HTMLElement, take: (files: readonly NamedFile[]) => void) {
  const mark = (isOver: boolean) => panel.classList.toggle("drop-over", isOver);
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  place.addEventListener("dragleave", () => mark(false));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const { dataTransfer } = event;
    if (dataTransfer) attempt(async () => take(await droppedFiles(dataTransfer)));
  });
}

function offerPacs(place: HTMLElement, following: Follower): void {
  attempt(async () => {
    const { connections } = await call("pacs");
    if (connections.length === 0) return;
    const open = () => findInPacs(connections, (id) => following.follow(id));
    fill(place, button("From a PACS", open));
  });
}

async function sendFiles(all: readonly NamedFile[], status: HTMLElement, following: Follower): Promise<void> {
  const files = all.filter(({ file }) => file.size > 0);
  if (files.length === 0) return notify("There is no file to import.");
  const { id, bytes, files: most } = await call("beginImport", { body: {} });
  const sum = files.reduce((total, { file }) => total + file.size, 0);
  if (files.length > most || sum > bytes) {
    await call("dropImport", { at: { id } });
    return notify(`That is too much at once: at most ${most} files of ${Math.floor(bytes / 1e9)} GB.`);
  }
  const stop = new AbortController();
  const bar = h("progress", { value: 0, max: files.length, "aria-label": "Files sent" });
  const text = h("p", {}, "");
  fill(
    status,
    text,
    bar,
    button("Cancel", () => stop.abort()),
  );
  const onSent = (sent: number) => {
    bar.value = sent;
    text.textContent = `${sent} of ${files.length} files sent`;
  };
  onSent(0);
  const send = (n: number) => call("sendFile", { at: { id }, query: { number: n + 1 }, file: files[n].file });
  try {
    await sendAll({ send, count: files.length, isPassing, onSent, signal: stop.signal });
  } catch (error) {
    await call("dropImport", { at: { id } }).catch(() => undefined);
    return fill(status, stop.signal.aborted ? h("p", {}, "The import was given up.") : problemBox(error));
  }
  await following.follow(id, namesOf(files));
}

/** Names of files that were sent, by the server's names of them: `000002`, or `000002.zip/scan/1` in an archive. */
function namesOf(files: readonly NamedFile[]): (file: string) => string {
  return (file) => {
    const [, number, inside = ""] = /^(\d+)(?:\.zip)?(\/.*)?$/.exec(file) ?? [];
    const sent = files[Number(number) - 1]?.name;
    return sent === undefined ? file : sent + inside;
  };
}

const isPassing = (error: unknown) =>
  error instanceof ApiProblem &&
  (error.problem.status === 0 || [429, 502, 503].includes(error.problem.status));

/** Starts the job of an import and shows how it goes. */
class Follower {
  private readonly names = new Map<string, (file: string) => string>();
  private current = "";

  constructor(
    private readonly status: HTMLElement,
    private readonly onImported: () => void,
  ) {}

  async follow(upload: string, nameOf: (file: string) => string = (file) => file): Promise<void> {
    const job = await this.start(upload);
    this.names.set(job.id, nameOf);
    this.current = job.id;
    this.note(job);
  }

  /** Waits for an import that is under way. */
  private async start(upload: string): Promise<Job> {
    for (;;)
      try {
        return await call("createJob", { body: { kind: "import", upload } });
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.problem.code !== "IMPORT_BUSY") throw error;
        fill(this.status, h("p", {}, "Another import is under way. This one begins when it has ended."));
        await new Promise((resolve) => setTimeout(resolve, 3000));
      }
  }

  note(job: Job): void {
    if (job.request.kind !== "import") return;
    if (job.state === "done") this.onImported();
    if (job.id !== this.current) return;
    if (job.state === "done") attempt(() => this.showReport(job));
    else this.showState(job);
  }

  private showState({ state, progress, doing, error }: Job): void {
    const isOpen = state === "waiting" || state === "running";
    fill(
      this.status,
      h("p", {}, `${jobTitles[state]}: ${doing || "import"}`),
      isOpen && h("progress", { value: progress, max: 1, "aria-label": "Progress of the import" }),
      error && h("p", { class: "job-error" }, error.message, h("small", {}, error.code)),
    );
  }

  private async showReport({ id }: Job): Promise<void> {
    const report = await call("importReport", { at: { id } });
    fill(this.status, importReportView(report, this.names.get(id)));
  }
}
