/** Agreement of readers who scored the same cases by eye: ICC, Bland–Altman, smallest detectable change. */
import { blandAltman } from "../../../statistics/agreement/bland-altman.js";
import { detectableChange } from "../../../statistics/agreement/detectable-change.js";
import { icc } from "../../../statistics/agreement/icc.js";
import { tableOf, text, value, whole } from "../../table/columns.js";
import type { Table } from "../../table.js";
import { tableBlock, type Block } from "../blocks.js";
import type { ReaderScore } from "../reader-scores.js";
import type { StudyData } from "../study-data.js";

/** Nothing where no two readers (or arms of one) scored the same template. */
export function scoreAgreement({ scores }: Pick<StudyData, "scores">): Block[] {
  const rows = pairsOf(scores);
  return rows.length === 0 ? [] : [tableBlock("agreement-of-scores", agreementTable(rows))];
}

/** Two raters' points of one item, case by case. */
export interface ScorePair {
  readonly template: string;
  readonly item: string;
  readonly raters: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
}

const raterOf = ({ reader, arm }: ReaderScore) => (arm === "" ? reader : `${reader} (${arm})`);

/** Every two raters of a template with cases in common, for each item. */
export function pairsOf(scores: readonly ReaderScore[]): ScorePair[] {
  const templates = [...new Set(scores.map(({ template }) => template))];
  return templates.flatMap((template) => {
    const own = scores.filter((score) => score.template === template);
    const raters = [...new Set(own.map(raterOf))].sort();
    const items = [...new Set(own.flatMap(({ points }) => [...points.keys()]))];
    return raters.flatMap((first, n) =>
      raters.slice(n + 1).flatMap((second) => {
        const [one, other] = [first, second].map(
          (name) =>
            new Map(
              own.filter((score) => raterOf(score) === name).map((score) => [score.case, score.points]),
            ),
        );
        const shared = [...one.keys()].filter((id) => other.has(id));
        const of = (points: typeof one, item: string) => shared.map((id) => points.get(id)?.get(item) ?? NaN);
        if (shared.length === 0) return [];
        const name = `${first} − ${second}`;
        return items.map((item) => ({ template, item, raters: name, a: of(one, item), b: of(other, item) }));
      }),
    );
  });
}

function agreementTable(pairs: readonly ScorePair[]): Table {
  const rows = pairs.map(({ a, b, ...pair }) => {
    const coefficient = icc([a, b], "ICC(2,1)");
    const { smallestDetectableChange } = detectableChange([a, b]);
    return { ...pair, ...blandAltman(a, b), coefficient, smallestDetectableChange };
  });
  const reasons = rows.flatMap(({ template, item, raters, coefficient: { p, note } }) =>
    p === null && note !== "" ? [`${template}, ${item}, ${raters}: ICC ${note}.`] : [],
  );
  return tableOf(
    "Agreement of scores by eye",
    rows,
    [
      text("Score", ({ template }) => template),
      text("Item", ({ item }) => item),
      text("Readers", ({ raters }) => raters),
      whole("n", ({ bias }) => bias.n),
      value("Mean difference", ({ bias }) => bias, 1),
      value("Lower limit", ({ lower }) => lower, 1),
      value("Upper limit", ({ upper }) => upper, 1),
      value("ICC(2,1)", ({ coefficient }) => coefficient.effect),
      value("Smallest detectable change", (row) => row.smallestDetectableChange, 1),
    ],
    [
      "n: cases that both scored. Points of both sides together. 95 % intervals in brackets: of mean difference and limits of agreement by t, of ICC(2,1) (two-way random, absolute agreement, single) by F, of the smallest detectable change (1.96 √2 SEM) by chi-square.",
      ...reasons,
    ],
  );
}
