/** Agreement of lesion volumes of two sources of masks: Bland–Altman, ICC and smallest detectable change. */
import { blandAltman } from "../../statistics/agreement/bland-altman.js";
import { detectableChange } from "../../statistics/agreement/detectable-change.js";
import { icc } from "../../statistics/agreement/icc.js";
import { tableOf, text, value, whole } from "../table/columns.js";
import type { Table } from "../table.js";
import type { Comparison } from "./charts/bland-altman-chart.js";

/** A reader, a network or the reference. */
export interface Source {
  readonly name: string;
  /** ml of each case. */
  readonly volumes: ReadonlyMap<string, number>;
}

export type Pair = readonly [Source, Source];

const nameOf = ([first, second]: Pair) => `${first.name} − ${second.name}`;

/** Volumes of the cases that both have. */
function paired([first, second]: Pair): [number[], number[]] {
  const shared = [...first.volumes.keys()].filter((id) => second.volumes.has(id));
  const of = ({ volumes }: Source) => shared.map((id) => volumes.get(id) ?? NaN);
  return [of(first), of(second)];
}

/** For a Bland–Altman plot. */
export function comparison(pair: Pair): Comparison {
  const [a, b] = paired(pair);
  return { name: nameOf(pair), result: blandAltman(a, b) };
}

/** One row for each pair; what cannot be estimated (one case, equal volumes) is "–", and the notes say why. */
export function volumeTable(pairs: readonly Pair[]): Table {
  const rows = pairs.map((pair) => {
    const [a, b] = paired(pair);
    const { smallestDetectableChange } = detectableChange([a, b]);
    const coefficient = icc([a, b], "ICC(2,1)");
    return { name: nameOf(pair), ...blandAltman(a, b), coefficient, smallestDetectableChange };
  });
  const reasons = rows.flatMap(({ name, coefficient: { p, note } }) =>
    p === null && note !== "" ? [`${name}: ICC ${note}.`] : [],
  );
  return tableOf(
    "Agreement of lesion volumes",
    rows,
    [
      text("Volumes (ml)", ({ name }) => name),
      whole("n", ({ bias }) => bias.n),
      value("Mean difference", ({ bias }) => bias),
      value("Lower limit", ({ lower }) => lower),
      value("Upper limit", ({ upper }) => upper),
      value("ICC(2,1)", ({ coefficient }) => coefficient.effect),
      value("Smallest detectable change", (row) => row.smallestDetectableChange),
    ],
    [
      "n: cases. 95 % intervals in brackets: of mean difference and limits of agreement by t, of ICC(2,1) (two-way random, absolute agreement, single) by F, of the smallest detectable change (1.96 √2 SEM) by chi-square.",
      ...reasons,
    ],
  );
}
