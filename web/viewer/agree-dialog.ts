/** A consensus of several readers' masks: chosen, looked at, then written. */
import type { Agreement, CaseEntry } from "../../src/reading/contract/index.js";
import { call, callForBytes } from "../api/client.js";
import { button, dropDown, tick } from "../ui/controls.js";
import { openDialog } from "../ui/dialog.js";
import { fill, h } from "../ui/element.js";
import { problemBox } from "../ui/problem.js";
import { labelTitle } from "./label-panel.js";

type Method = "majority" | "staple" | "chosen";

const methods: readonly { value: Method; text: string }[] = [
  { value: "majority", text: "Majority of the readers" },
  { value: "staple", text: "STAPLE (readers weighed by their reliability)" },
  { value: "chosen", text: "One reader's mask" },
];

/** Voxels of a consensus that was not written, and what it is. */
export type ShowPreview = (voxels: Uint8Array<ArrayBuffer>, title: string) => void;

/** Opens the dialog; `onAgreed` gets the case after a consensus was written, `onPreview` what it would be. */
export function askForAgreement(
  { case: name, progress }: CaseEntry,
  onAgreed: (entry: CaseEntry) => void,
  onPreview: ShowPreview,
): void {
  const drawn = progress.filter(({ state }) => state !== "none").map(({ reader }) => reader);
  const readers = new Set(drawn);
  let method: Method = drawn.length > 1 ? "majority" : "chosen";
  const result = h("div", { "aria-live": "polite" });
  const agree = async (look: boolean) => {
    const body = { method, readers: [...readers], look };
    const agreement = await call("agree", { at: { case: name }, body });
    fill(result, agreementTable(agreement));
    if (look) return;
    const { cases } = await call("cases");
    const changed = cases.find((entry) => entry.case === name);
    if (changed) onAgreed(changed);
    dialog.close();
  };
  const preview = async () => {
    const query = { method, readers: [...readers].join(",") };
    const { bytes } = await callForBytes("consensusPreview", { at: { case: name }, query });
    onPreview(new Uint8Array(bytes), `${method} of ${[...readers].join(", ")}`);
    dialog.close();
  };
  const attemptHere = (work: () => Promise<void>) =>
    void work().catch((error: unknown) => fill(result, problemBox(error)));
  const run = (look: boolean) => attemptHere(() => agree(look));
  const dialog = openDialog(
    "Agree on a consensus",
    dropDown("How", methods, method, (value) => (method = value)).element,
    drawn.length === 0 && "No reader has drawn on this case yet.",
    drawn.map((reader) =>
      tick(reader, true, (isIn) => void (isIn ? readers.add(reader) : readers.delete(reader))),
    ),
    result,
    h(
      "div",
      { class: "row" },
      button("Look first", () => run(true)),
      button("Show in the pictures", () => attemptHere(preview)),
      button("Write the consensus", () => run(false), { class: "primary" }),
    ),
  );
}

function agreementTable({ voxels, dice }: Agreement): HTMLElement {
  const text = (value: number | null) => (value === null ? "both empty" : value.toFixed(3));
  return h(
    "table",
    {},
    h("caption", {}, "Dice of each reader with the consensus"),
    dice.map((row) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, `${row.reader} · ${labelTitle(row.label)}`),
        h("td", {}, text(row.dice)),
      ),
    ),
    Object.entries(voxels).map(([label, count]) =>
      h("tr", {}, h("th", { scope: "row" }, `Voxels of ${labelTitle(label)}`), h("td", {}, count)),
    ),
  );
}
