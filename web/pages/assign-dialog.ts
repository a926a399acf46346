/** Who reads a case. */
import type { CaseEntry } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { button, tick } from "../ui/controls.js";
import { openDialog } from "../ui/dialog.js";
import { h } from "../ui/element.js";
import { attempt } from "../ui/notice.js";

/** Opens the dialog; `onChange` gets the case as the server has it then. */
export function askForReaders(
  { case: name, assigned, state }: CaseEntry,
  onChange: (entry: CaseEntry) => void,
): void {
  const chosen = new Set(assigned);
  const change = async (body: { assigned: string[] } | { reopen: true }) => {
    onChange(await call("changeCase", { at: { case: name }, body }));
    dialog.close();
  };
  const list = h("div", {}, "…");
  attempt(async () => {
    const { readers } = await call("study");
    const box = ({ name: reader }: { name: string }) =>
      tick(reader, chosen.has(reader), (isIn) => void (isIn ? chosen.add(reader) : chosen.delete(reader)));
    list.replaceChildren(...readers.map(box));
  });
  const dialog = openDialog(
    `Readers of ${name}`,
    list,
    h(
      "div",
      { class: "row" },
      button("Assign", () => attempt(() => change({ assigned: [...chosen] })), { class: "primary" }),
      state === "agreed" && button("Take back the agreement", () => attempt(() => change({ reopen: true }))),
    ),
  );
}
