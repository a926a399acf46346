/** Rounds of annotation: freeze one, and see how much the masks still change. */
import type { Round } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { safeColours } from "../core/colour.js";
import { linesOf, type PlotLine } from "../core/round-plot.js";
import { button } from "../ui/controls.js";
import { ask } from "../ui/dialog.js";
import { fill, h, svg } from "../ui/element.js";
import { attempt } from "../ui/notice.js";
import { labelTitle } from "../viewer/label-panel.js";
import type { Page, PageContext } from "./page.js";

export async function roundsPage({ study }: PageContext): Promise<Page> {
  let { rounds } = await call("rounds");
  const content = h("div", {});
  const labels = study.labels.map(({ name }) => name);
  const show = () =>
    fill(content, rounds.length === 0 ? noRounds() : [plot(rounds, labels), table(rounds, labels)]);
  const freeze = async () => {
    const comment = await ask({
      title: "Freeze a round",
      text: "All readers' masks and the consensus are copied as they are now. Drawing goes on afterwards.",
      remark: "Comment (optional)",
      yes: "Freeze",
    });
    if (comment === undefined) return;
    await call("freezeRound", { body: { comment } });
    ({ rounds } = await call("rounds"));
    show();
  };
  show();
  const action = button("Freeze a round", () => attempt(freeze), { class: "primary" });
  return { element: h("div", { class: "wide" }, h("h1", {}, "Rounds"), action, content), title: "Rounds" };
}

const noRounds = () =>
  h(
    "p",
    { class: "hint" },
    "There is no round yet. Freeze one when the readers have drawn; train, segment and correct; then freeze the next.",
  );

function table(rounds: readonly Round[], labels: readonly string[]): HTMLElement {
  const dice = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : value.toFixed(3);
  const titles = [
    "Round",
    "Made",
    "By",
    "Masks",
    ...labels.map((label) => `Dice, ${labelTitle(label)}`),
    "Comment",
  ];
  return h(
    "table",
    {},
    h("caption", {}, "Mean Dice of each mask with the same reader's mask of the round before"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        titles.map((title) => h("th", { scope: "col" }, title)),
      ),
    ),
    rounds.map(({ number, made, by, masks, meanDice, comment }) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, number),
        h("td", {}, new Date(made).toLocaleString()),
        h("td", {}, by),
        h("td", {}, masks.length),
        labels.map((label) => h("td", {}, dice(meanDice[label]))),
        h("td", {}, comment),
      ),
    ),
  );
}

const size = { width: 560, height: 260, left: 46, right: 150, top: 14, bottom: 36 } as const;

function plot(rounds: readonly Round[], labels: readonly string[]): SVGElement {
  const last = Math.max(2, ...rounds.map(({ number }) => number));
  const x = (round: number) => size.left + ((round - 1) / (last - 1)) * (size.width - size.left - size.right);
  const y = (dice: number) => size.top + (1 - dice) * (size.height - size.top - size.bottom);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((dice) => [
    svg("line", { class: "grid", x1: size.left, x2: size.width - size.right, y1: y(dice), y2: y(dice) }),
    svg("text", { x: size.left - 8, y: y(dice) + 4, "text-anchor": "end" }, dice.toFixed(2)),
  ]);
  const ticks = Array.from({ length: last }, (_, n) =>
    svg("text", { x: x(n + 1), y: size.height - 14, "text-anchor": "middle" }, `Round ${n + 1}`),
  );
  const lines = linesOf(rounds, labels).map((line, n) =>
    plotLine(line, safeColours[n % safeColours.length], x, y, n),
  );
  const attributes = { viewBox: `0 0 ${size.width} ${size.height}`, class: "plot", role: "img" };
  return svg("svg", { ...attributes, "aria-label": "Dice to the last round" }, grid, ticks, lines);
}

function plotLine(
  { label, points }: PlotLine,
  colour: string,
  x: (round: number) => number,
  y: (dice: number) => number,
  position: number,
) {
  const path = points.map(({ round, dice }) => `${x(round)},${y(dice)}`).join(" ");
  const legendY = size.top + 10 + position * 20;
  const legendX = size.width - size.right + 14;
  return [
    svg("polyline", { points: path, fill: "none", stroke: colour, "stroke-width": 2.5 }),
    points.map(({ round, dice }) => svg("circle", { cx: x(round), cy: y(dice), r: 4, fill: colour })),
    svg("rect", { x: legendX, y: legendY - 6, width: 12, height: 12, fill: colour }),
    svg("text", { x: legendX + 18, y: legendY + 4 }, labelTitle(label)),
  ];
}
