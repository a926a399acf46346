/** One item of a score on one slice: a table of regions and sides, each a box to tick or a list of grades. */
import { scoredSides, type ScoredSide, type ScoringItem } from "../../src/reading/contract/index.js";
import { regionTitle } from "../../src/reading/scoring/regions.js";
import { isUnscorable, pointsOf } from "../core/score-sheet.js";
import { button } from "../ui/controls.js";
import { h } from "../ui/element.js";
import type { ScoreState } from "./score-state.js";

export const sideTitles: Readonly<Record<ScoredSide, string>> = { right: "Right", left: "Left" };

export function itemTable(state: ScoreState, item: ScoringItem, name: string, slice: number): HTMLElement {
  const { kind, count, most } = item.regions[name];
  const choose = () => {
    state.item = item;
    state.tell();
  };
  const heading = button(item.title, choose, {
    class: "quiet item-title",
    "aria-pressed": String(state.item === item),
    title: `${item.hint} Shows these regions on the image.`,
  });
  const rows = Array.from({ length: count }, (_, region) => {
    const title = regionTitle(kind, count, region);
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, title),
      scoredSides.map((side) =>
        h("td", {}, pointsControl(state, { item, most, title }, { slice, side, region })),
      ),
    );
  });
  return h(
    "table",
    { class: "score-item" },
    h("caption", {}, heading),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td", {}),
        scoredSides.map((side) => h("th", { scope: "col" }, sideTitles[side])),
      ),
    ),
    h("tbody", {}, rows),
  );
}

/** A box to tick, or a list of grades; a mark beside it where a mask suggests something else than is set. */
function pointsControl(
  state: ScoreState,
  { item, most, title }: { item: ScoringItem; most: number; title: string },
  place: { slice: number; side: ScoredSide; region: number },
): HTMLElement {
  const at = { item: item.name, ...place };
  const points = pointsOf(state.sheet, at);
  const disabled = isUnscorable(state.sheet, place);
  const label = `${item.title}, ${title}, ${place.side}`;
  const { suggestion } = state;
  const isTold = suggestion !== undefined && !suggestion.left.includes(item.name);
  const suggested = isTold ? pointsOf({ ...state.sheet, cells: [...suggestion.cells] }, at) : undefined;
  const mark =
    suggested !== undefined &&
    suggested !== points &&
    h("small", { class: "suggested" }, `mask: ${item.grades[suggested] ?? suggested}`);
  if (most === 1) {
    const input = h("input", {
      ...{ type: "checkbox", "aria-label": label, checked: points > 0, disabled },
      onchange: () => state.setPoints(at, Number(input.checked)),
    });
    return h("span", {}, input, mark);
  }
  const list = h(
    "select",
    { "aria-label": label, disabled, onchange: () => state.setPoints(at, Number(list.value)) },
    item.grades.slice(0, most + 1).map((grade, n) => h("option", { value: n }, `${n}: ${grade}`)),
  );
  list.value = String(points);
  return h("span", {}, list, mark);
}
