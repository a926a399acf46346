/** A tour of the reading screen in six steps, shown at the first visit and from the help button. */
import { fill, h } from "../ui/element.js";

interface Step {
  readonly title: string;
  readonly text: string;
  /** What the step is about. */
  readonly target: string;
}

export const tourSteps: readonly Step[] = [
  step(
    "Pictures",
    "All pictures show one place in the patient. Turn the wheel to go through the slices.",
    ".panes",
  ),
  step("Tools", "Choose what the left mouse button does. Each tool has a key.", ".toolbar"),
  step("Labels", "Choose what you draw. A locked label cannot be painted over.", "[aria-label=Labels]"),
  step("Drawing", "Undo and redo restore every voxel. Each stroke is saved at once.", "[aria-label=Edit]"),
  step(
    "Compare",
    "Hold two masks against each other: agreement and differences in colours.",
    "[aria-label=Compare]",
  ),
  step(
    "Finish",
    "When the case is done, submit it. Press ? at any time for all keys.",
    "[aria-label=Finish]",
  ),
];

function step(title: string, text: string, target: string): Step {
  return { title, text, target };
}

const seenKey = "marrow-tour-seen";

/** Starts the tour where this browser has not shown it yet. */
export function offerTour(): void {
  if (localStorage.getItem(seenKey) === null) startTour();
}

export function startTour(): void {
  localStorage.setItem(seenKey, "yes");
  const dialog = h("dialog", { class: "tour", "aria-label": "Tour of the reading screen" });
  let marked: Element | null = null;
  const mark = (target: Element | null) => {
    marked?.classList.remove("tour-target");
    marked = target;
    marked?.classList.add("tour-target");
    marked?.scrollIntoView({ block: "nearest" });
  };
  const show = (n: number) => {
    const { title, text, target } = tourSteps[n];
    mark(document.querySelector(target));
    const isLast = n === tourSteps.length - 1;
    const next = h(
      "button",
      { type: "button", class: "primary", onclick: () => (isLast ? dialog.close() : show(n + 1)) },
      isLast ? "Begin reading" : "Next",
    );
    const back = h("button", { type: "button", disabled: n === 0, onclick: () => show(n - 1) }, "Back");
    const skip = h(
      "button",
      { type: "button", class: "quiet", onclick: () => dialog.close() },
      "Skip the tour",
    );
    fill(
      dialog,
      h("p", { class: "hint" }, `Step ${n + 1} of ${tourSteps.length}`),
      h("h2", {}, title),
      h("p", {}, text),
      h("footer", {}, skip, back, next),
    );
    next.focus();
  };
  dialog.addEventListener("close", () => {
    mark(null);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  show(0);
}
