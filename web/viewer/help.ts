/** Help overlay: every key. */
import { openDialog } from "../ui/dialog.js";
import { h } from "../ui/element.js";
import { keyGroups, keyText } from "./keys.js";

const mouse: readonly (readonly [string, string])[] = [
  ["Left button", "The tool in hand"],
  ["Right button, drag", "Brightness and contrast"],
  ["Middle button, drag", "Move the picture"],
  ["Wheel", "Slices"],
  ["Ctrl + wheel", "Enlarge, reduce"],
  ["Shift + drawing", "Erases"],
];

/** Opens the list of keys. */
export function openHelp(): void {
  const groups = keyGroups.map(({ title, entries }) =>
    table(
      title,
      entries.map(({ keys, what }) => [keys.map(keyText).join(" or "), what]),
    ),
  );
  openDialog("Keys and mouse", h("div", { class: "help" }, table("Mouse", mouse), groups));
}

function table(title: string, rows: readonly (readonly string[])[]): HTMLElement {
  return h(
    "table",
    {},
    h("caption", {}, title),
    rows.map(([keys, what]) => h("tr", {}, h("td", {}, h("kbd", {}, keys)), h("td", {}, what))),
  );
}
