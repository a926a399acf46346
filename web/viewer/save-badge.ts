/** Says whether everything drawn is saved. */
import type { SaveState } from "../core/stroke-queue.js";
import { fill, h } from "../ui/element.js";
import { asProblem } from "../ui/problem.js";

const texts: Readonly<Record<SaveState, string>> = {
  saved: "Saved",
  saving: "Saving …",
  offline: "Not saved yet: trying again",
  refused: "Not saved: the mask was changed elsewhere",
};

export interface SaveBadge {
  readonly element: HTMLElement;
  readonly show: (state: SaveState, waiting: number, reason?: unknown) => void;
}

export function saveBadge(): SaveBadge {
  const element = h("div", { class: "save-badge", role: "status", "data-state": "saved" }, texts.saved);
  const show = (state: SaveState, waiting: number, reason?: unknown) => {
    element.dataset.state = state;
    const count =
      waiting > 0 && state !== "saving" ? ` (${waiting} ${waiting === 1 ? "stroke" : "strokes"})` : "";
    const { title, next } = asProblem(reason);
    fill(element, texts[state], count, reason !== undefined && h("small", {}, `${title} ${next}`));
  };
  return { element, show };
}
