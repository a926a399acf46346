/** Short messages at the edge of the page, read out by screen readers. */
import { fill, h } from "./element.js";
import { problemBox } from "./problem.js";

const place = h("div", { class: "notices", "aria-live": "polite" });

export const noticePlace = place;

/** Shows a message for some seconds. */
export function notify(text: string): void {
  const box = h("p", { class: "notice" }, text);
  place.append(box);
  setTimeout(() => box.remove(), 6000);
}

/** Shows a problem until it is closed; a second one takes the first one's place. */
export function notifyProblem(error: unknown): void {
  const close = h("button", { type: "button", class: "quiet", onclick: () => fill(place) }, "Close");
  fill(place, h("div", { class: "notice" }, problemBox(error), close));
}

/** Runs something and shows what goes wrong. */
export function attempt(action: () => Promise<unknown>): void {
  action().catch(notifyProblem);
}
