/** The form of a score: one for all templates. Points, totals and slices of what the template has as data. */
import { scoredSides, type ScoredSide } from "../../src/reading/contract/index.js";
import { allSlices, groupOf } from "../../src/reading/scoring/slices.js";
import { scoreTotals } from "../../src/reading/scoring/totals.js";
import {
  aroundSlice,
  frameAt,
  isUnscorable,
  withFramesEverywhere,
  withPlacedFrames,
  withScorable,
  withSuggestion,
} from "../core/score-sheet.js";
import { button, dropDown, group, tick } from "../ui/controls.js";
import { fill, h } from "../ui/element.js";
import { attempt, notify } from "../ui/notice.js";
import { itemTable, sideTitles } from "./score-table.js";
import type { RegionDrawing } from "./region-drawing.js";
import type { ScoreDoor, ScoreState } from "./score-state.js";

export interface ScoringPanelOptions {
  readonly state: ScoreState;
  readonly drawing: RegionDrawing;
  readonly door: ScoreDoor;
  /** Goes to a slice of the scored image. */
  readonly goTo: (slice: number) => void;
  /** Told when a slice other than before is shown. */
  readonly onScene: (listener: () => void) => void;
}

export function scoringPanel(options: ScoringPanelOptions): HTMLElement {
  const { state, drawing, onScene } = options;
  const { template } = state;
  const parts = {
    slices: h("div", {}),
    form: h("div", {}),
    totals: h("div", { "aria-live": "polite" }),
  };
  let shown = -1;
  const show = () => {
    shown = drawing.slice;
    fill(parts.slices, slicesPart(options));
    keepFocus(parts.form, () => fill(parts.form, slicePart(options, shown)));
    fill(parts.totals, totalsPart(options));
  };
  state.onChange(show);
  onScene(() => drawing.slice !== shown && show());
  show();
  return h(
    "div",
    { class: "scoring" },
    group(
      template.title,
      h("p", { class: "hint" }, `Source: ${template.source}.`),
      template.provisional !== "" &&
        h(
          "details",
          {},
          h("summary", {}, "Provisional template"),
          h("p", { class: "hint" }, template.provisional),
        ),
      parts.slices,
    ),
    parts.form,
    options.door.suggesters.length > 0 && suggestionPart(options),
    group("Totals", parts.totals, finishButton(options)),
  );
}

/** Rebuilding the form must not take the keyboard's place away. */
function keepFocus(place: HTMLElement, rebuild: () => void): void {
  const focused = document.activeElement;
  const name = place.contains(focused) ? focused?.getAttribute("aria-label") : undefined;
  rebuild();
  if (name)
    [...place.querySelectorAll<HTMLElement>("[aria-label]")].find((one) => one.ariaLabel === name)?.focus();
}

function slicesPart({ state, drawing, goTo }: ScoringPanelOptions) {
  const { template, sheet } = state;
  const slices = allSlices(sheet.slices);
  const here = drawing.slice;
  const around = () => state.change((before) => aroundSlice(before, template, drawing.frame, here));
  const sumOf = (slice: number) =>
    sheet.cells.filter((cell) => cell.slice === slice).reduce((sum, { points }) => sum + points, 0);
  return [
    h(
      "div",
      { class: "row" },
      button(
        slices.length === 0 ? "Score the slices around this one" : "Move to the slices around this one",
        around,
        {
          class: slices.length === 0 ? "primary" : "",
        },
      ),
    ),
    template.groups
      .filter(({ name }) => (sheet.slices[name] ?? []).length > 0)
      .map(({ name, title }) =>
        h(
          "div",
          { class: "scored-slices", role: "group", "aria-label": `${title}: scored slices` },
          template.groups.length > 1 && h("span", {}, title),
          (sheet.slices[name] ?? []).map((slice) =>
            h(
              "button",
              {
                type: "button",
                "aria-pressed": String(slice === here),
                title: `Slice ${slice + 1}: ${sumOf(slice)} points`,
                onclick: () => goTo(slice),
              },
              slice + 1,
              h("small", {}, ` ${sumOf(slice)}`),
            ),
          ),
        ),
      ),
  ];
}

function slicePart(options: ScoringPanelOptions, slice: number) {
  const { state, drawing } = options;
  const { template, sheet } = state;
  const name = groupOf(sheet.slices, slice);
  if (name === undefined)
    return group(
      `Slice ${slice + 1}`,
      h("p", { class: "hint" }, "This slice is not scored. Choose one above."),
    );
  const isDrawn = scoredSides.every(
    (side) => frameAt(sheet, { slice, side }) ?? isUnscorable(sheet, { slice, side }),
  );
  const place = () => state.change((before) => withPlacedFrames(before, template, drawing.frame, slice));
  const everywhere = () => state.change((before) => withFramesEverywhere(before, template, drawing.frame));
  const items = template.items.filter((item) => item.regions[name]);
  return group(
    `Slice ${slice + 1}`,
    h(
      "div",
      { class: "row" },
      isDrawn
        ? button("Same regions on all slices", everywhere)
        : button("Place the regions", place, { class: "primary" }),
    ),
    isDrawn && movePart(options),
    items.map((item) => itemTable(state, item, name, slice)),
    scoredSides.map((side) =>
      tick(`${sideTitles[side]} side cannot be scored here`, isUnscorable(sheet, { slice, side }), (isNot) =>
        state.change((before) => withScorable(before, { slice, side }, !isNot)),
      ),
    ),
  );
}

const ends = [
  { value: "whole", text: "Whole" },
  { value: "from", text: "First point" },
  { value: "to", text: "Second point" },
] as const;

/** Handles moved with buttons. */
function movePart({ drawing }: ScoringPanelOptions): HTMLElement {
  const sides = scoredSides.map((value) => ({ value, text: sideTitles[value] }));
  const side = dropDown("Side", sides, moving.side, (value) => (moving.side = value));
  const end = dropDown("Part", ends, moving.end, (value) => (moving.end = value));
  const arrow = (name: string, sign: string, by: readonly [number, number]) =>
    button(sign, () => drawing.nudge(moving.side, moving.end, by), {
      "aria-label": name,
      title: `${name}, 1 mm`,
    });
  return h(
    "details",
    {
      open: moving.isOpen,
      ontoggle: (event: Event) => (moving.isOpen = (event.target as HTMLDetailsElement).open),
    },
    h("summary", {}, "Move the regions with keys"),
    h("div", { class: "row" }, side.element, end.element),
    h(
      "div",
      { class: "row" },
      arrow("Move to the right side of the patient", "←", [-1, 0]),
      arrow("Move up", "↑", [0, 1]),
      arrow("Move down", "↓", [0, -1]),
      arrow("Move to the left side of the patient", "→", [1, 0]),
    ),
  );
}

/** What was chosen last, since the form is built anew with every change. */
const moving: { side: ScoredSide; end: "whole" | "from" | "to"; isOpen: boolean } = {
  ...{ side: "right", end: "whole", isOpen: false },
};

function suggestionPart({ state, door }: ScoringPanelOptions): HTMLElement {
  const { suggesters } = door;
  const list = dropDown("Mask", suggesters, suggesters[0].value, () => undefined);
  const look = async () => {
    await state.suggest(list.list.value);
    const { cells, left } = state.suggestion ?? { cells: [], left: [] };
    const sum = cells.reduce((points, cell) => points + cell.points, 0);
    const rest = left.length > 0 ? ` It cannot tell ${left.join(", ")}.` : "";
    notify(`The mask suggests ${sum} points in the regions drawn.${rest}`);
  };
  const take = () => {
    const { suggestion } = state;
    if (suggestion) state.change((sheet) => withSuggestion(sheet, state.template, suggestion));
  };
  return group(
    "Suggestion",
    list.element,
    h(
      "div",
      { class: "row" },
      button("Show", () => attempt(look)),
      button("Take over", take),
    ),
  );
}

function totalsPart({ state }: ScoringPanelOptions): HTMLElement {
  const { template, sheet } = state;
  const totals = scoreTotals(template, sheet);
  const names = [...new Set(totals.map(({ item }) => item))];
  const titleOf = (name: string) => template.items.find((item) => item.name === name)?.title ?? "Total";
  const cell = (name: string, side: ScoredSide | "both") => {
    const found = totals.find((row) => row.item === name && row.side === side);
    return h("td", {}, found ? `${found.points}/${found.maximum}` : "–");
  };
  return h(
    "table",
    { class: "score-totals" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td", {}),
        ["Right", "Left", "Both"].map((title) => h("th", { scope: "col" }, title)),
      ),
    ),
    h(
      "tbody",
      {},
      names.map((name) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, titleOf(name)),
          [...scoredSides, "both" as const].map((side) => cell(name, side)),
        ),
      ),
    ),
  );
}

function finishButton({ state }: ScoringPanelOptions): HTMLElement {
  const done = h("p", { class: "hint", role: "status" });
  const finish = () => state.save(true);
  const place = h("div", {});
  const show = () => {
    done.textContent = state.isDone ? "Finished. A change opens it again." : "";
    fill(
      place,
      !state.isDone && button("Finish the score", () => attempt(finish), { class: "primary" }),
      done,
    );
  };
  state.onChange(show);
  show();
  return place;
}
