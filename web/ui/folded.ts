/** A group of the side panel that is closed until it is wanted. */
import { h, type Child } from "./element.js";

/** `onOpen` is called when it is opened for the first time. */
export function folded(title: string, onOpen: () => void, ...children: Child[]): HTMLElement {
  const details = h("details", {}, h("summary", {}, h("h2", {}, title)), ...children);
  details.addEventListener("toggle", () => details.open && onOpen(), { once: true });
  return h("section", { class: "group folded", "aria-label": title }, details);
}
