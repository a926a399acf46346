/** What `marrow quantify` shows and writes, as tables. Null is "–" on the screen and an empty cell in CSV, never 0. */
import { measures, type MeasureName } from "../quantify/catalogue.js";
import type { Level, Measurement } from "../quantify/measurement.js";
import type { MeasuredCase } from "../quantify/quantify-files.js";
import type { Cell, Column, Table } from "./table.js";

const names = Object.keys(measures) as MeasureName[];
const titles: Readonly<Record<Level, string>> = {
  patient: "Patients",
  joint: "Joints",
  bone: "Bones",
  quadrant: "Quadrants",
  slice: "Slices",
  lesion: "Lesions",
};

/** Measures that fit on a screen, in this order. */
const headline: readonly MeasureName[] = [
  "lesion-count",
  "volume-ml",
  "largest-diameter",
  "mean-intensity",
  "relative-intensity",
  "subchondral-share",
  "sparcc-fat",
  "sparcc-inflammation",
  "unet-score",
  "head-oedema",
  "acetabulum-oedema",
  "effusion-volume",
  "himriss-item",
  "volume-before",
  "volume-after",
  "lesion-change",
  "side",
  "bone",
  "quadrant",
  "depth",
];

/** One row for each case, label and part of this level; a column for each measure that occurs (of `only`, where given). */
export function wideTable(
  cases: readonly MeasuredCase[],
  level: Level,
  only: readonly MeasureName[] = names,
): Table {
  const found = cases.map((one) => ({ ...one, rows: one.measurements.filter((row) => row.level === level) }));
  const present = new Set(found.flatMap(({ rows }) => rows.map(({ measure }) => measure)));
  const columns = only.filter((name) => present.has(name));
  const rows = found.flatMap(({ id, rows: own }) =>
    [...groups(own)].map(([, group]): Cell[] => [
      ...[id, group[0].label, group[0].of],
      ...columns.map((name) => cellOf(group.find(({ measure }) => measure === name))),
    ]),
  );
  return { title: titles[level], columns: [...keys, ...columns.map(columnOf)], rows };
}

const keys: readonly Column[] = ["Case", "Label", "Part"].map((title) => ({ title }));

function columnOf(name: MeasureName): Column {
  const { title, unit, digits } = measures[name];
  return { title: unit === "" || unit === "1" ? title : `${title} (${unit})`, digits };
}

function groups(rows: readonly Measurement[]): Map<string, Measurement[]> {
  const found = new Map<string, Measurement[]>();
  for (const row of rows) {
    const key = `${row.label}\u0000${row.of}`;
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  return found;
}

const cellOf = (row: Measurement | undefined): Cell => row?.value ?? NaN;

/** What is printed: patients, joints and lesions with the headline measures, and what could not be computed. */
export function screenTables(cases: readonly MeasuredCase[]): Table[] {
  const wide = (["patient", "joint", "lesion"] as const).map((level) => wideTable(cases, level, headline));
  return [...wide.filter(({ rows }) => rows.length > 0), missingTable(cases)].filter(
    ({ rows }) => rows.length > 0,
  );
}

/** Every measurement in a row of its own: the form for statistics programs. */
export function longTable(cases: readonly MeasuredCase[]): Table {
  const columns = ["case", "subject", "label", "level", "part", "measure", "value", "unit", "reason"];
  const rows = cases.flatMap(({ id, subject, measurements }) =>
    measurements.map((row): Cell[] => [
      ...[id, subject, row.label, row.level, row.of, row.measure],
      cellOf(row),
      ...[row.unit, row.reason ?? ""],
    ]),
  );
  return { title: "Measurements", columns: columns.map((title) => ({ title })), rows };
}

/** Measures of whole patients and joints that are not defined, and why; lesion rows would only repeat it. */
export function missingTable(cases: readonly MeasuredCase[]): Table {
  const reasons = new Map<string, { ids: Set<string>; measures: Set<string> }>();
  for (const { id, measurements } of cases)
    for (const { value, reason = "", measure, level } of measurements) {
      if (value !== null || !["patient", "joint"].includes(level)) continue;
      const known = reasons.get(reason) ?? { ids: new Set(), measures: new Set() };
      reasons.set(reason, known);
      known.ids.add(id);
      known.measures.add(measure);
    }
  const columns: Column[] = [{ title: "Reason" }, { title: "Cases", digits: 0 }, { title: "Measures" }];
  const rows = [...reasons].map(([reason, known]): Cell[] => [
    reason,
    known.ids.size,
    [...known.measures].join(", "),
  ]);
  return { title: "Not defined", columns, rows };
}

/** What the numbers of each case stand on. */
export function basisTable(cases: readonly MeasuredCase[]): Table {
  const columns = ["Case", "Mask", "Bones", "Reference", "Notes"].map((title) => ({ title }));
  const rows = cases.map(({ id, mask, basis }) => [
    id,
    mask,
    basis.bones,
    basis.reference,
    basis.notes.join("; "),
  ]);
  return { title: "Where the numbers come from", columns, rows };
}
