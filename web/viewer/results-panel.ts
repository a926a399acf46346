/** What a mask measures, and how it leaves: as files, or into a PACS. */
import { call, callForBytes } from "../api/client.js";
import type { MaskEntry, RouteName, User } from "../../src/reading/contract/index.js";
import { button, dropDown } from "../ui/controls.js";
import { fill, h } from "../ui/element.js";
import { folded } from "../ui/folded.js";
import { attempt, notify } from "../ui/notice.js";
import { measureTable } from "./measure-table.js";

export interface ResultsOptions {
  readonly user: User;
  readonly caseName: string;
  readonly masks: readonly MaskEntry[];
  /** Resolves once every stroke is saved. */
  readonly saved: () => Promise<void>;
}

export function resultsPanel(options: ResultsOptions): HTMLElement {
  const { masks, user } = options;
  if (masks.length === 0) return folded("Measure and export", () => undefined, h("p", { class: "hint" }, "There is no mask yet.")); // prettier-ignore
  const choices = masks.map(({ source, title }) => ({ value: source, text: title }));
  const list = dropDown("Mask", choices, choices[0].value, () => undefined);
  const source = () => list.list.value;
  const table = h("div", { class: "measures", "aria-live": "polite" });
  const more = h("div", {});
  const measure = async () => {
    await options.saved();
    const at = { case: options.caseName };
    const { measurements } = await call("quantify", { at, body: { source: source() } });
    fill(table, measureTable(measurements));
  };
  const nifti = () => take(options, "export", { source: source(), format: "nifti" });
  return folded(
    "Measure and export",
    () => user.role !== "reader" && attempt(() => offerDicom(more, options, source)),
    list.element,
    h(
      "div",
      { class: "row" },
      button("Measure", () => attempt(measure)),
      button("Save as NIfTI", () => attempt(nifti)),
    ),
    more,
    table,
  );
}

/** DICOM names the patient: for seniors, and where the original images are known. */
async function offerDicom(place: HTMLElement, options: ResultsOptions, source: () => string): Promise<void> {
  const { connections, originals } = await call("pacs");
  if (!originals)
    return fill(
      place,
      h(
        "p",
        { class: "hint" },
        "For DICOM start `marrow serve` with --dicom: the folder of the original images.",
      ),
    );
  const seg = () => take(options, "export", { source: source(), format: "seg" });
  const all = () => take(options, "dicomResults", { source: source() });
  fill(
    place,
    h(
      "div",
      { class: "row" },
      button("Save as DICOM SEG", () => attempt(seg)),
      button("Save SEG, SR and key images", () => attempt(all)),
    ),
    connections.map((name) => button(`Send to ${name}`, () => attempt(() => send(options, source(), name)))),
    h("p", { class: "hint" }, "DICOM files name the patient: confidential."),
  );
}

/** Fetches a file, so that a refusal is told in words, and gives it to the browser to save. */
async function take(
  { caseName, saved }: ResultsOptions,
  route: RouteName,
  query: { source: string; format?: string },
) {
  await saved();
  const at = { case: caseName };
  const { bytes, headers } = await callForBytes(route, { at, query } as never);
  const name = /filename="([^"]+)"/.exec(headers.get("content-disposition") ?? "")?.[1] ?? caseName;
  const address = URL.createObjectURL(new Blob([bytes]));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function send({ caseName, saved }: ResultsOptions, source: string, connection: string): Promise<void> {
  await saved();
  const { stored, refused } = await call("sendResults", {
    at: { case: caseName },
    body: { source, connection },
  });
  const not = refused.map(({ file, reason }) => `${file}: ${reason}`).join("; ");
  notify(`${stored.length} files stored in ${connection}.${not === "" ? "" : ` Not stored: ${not}`}`);
}
