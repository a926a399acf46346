/** Says whether a score sheet is saved. */
import { fill, h } from "../ui/element.js";
import { asProblem } from "../ui/problem.js";
import type { ScoreSaving } from "./score-state.js";

const texts: Readonly<Record<ScoreSaving, readonly [state: string, text: string]>> = {
  saved: ["saved", "Saved"],
  saving: ["saving", "Saving …"],
  failed: ["refused", "Not saved"],
};

export function scoreBadge() {
  const element = h("div", { class: "save-badge", role: "status", "data-state": "saved" }, "Saved");
  let current: ScoreSaving = "saved";
  const show = (saving: ScoreSaving, problem?: unknown) => {
    current = saving;
    const [state, text] = texts[saving];
    element.dataset.state = state;
    const { title, found = "", next } = asProblem(problem);
    fill(element, text, problem !== undefined && h("small", {}, `${title} ${found} ${next}`));
  };
  return { element, show, isWaiting: () => current !== "saved" };
}
