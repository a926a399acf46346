/** What `marrow quantify` shows and writes, as tables. Null is "–" on the screen and an empty cell in CSV, never 0. */
import { measures, type MeasureName } from "../quantify/catalogue.js";
import type { Level, Measurement } from "../quantify/measurement.js";
import type { MeasuredCase } from "../quantify/quantify-files.js";
import { tableOf, text, whole, type ColumnOf } from "./table/columns.js";
import type { Cell, Table } from "./table.js";

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

interface Part extends MeasuredCase {
  /** Measurements of one label and part. */
  readonly rows: readonly Measurement[];
}

/** One row for each case, label and part of this level; a column for each measure that occurs (of `only`, where given). */
export function wideTable(
  cases: readonly MeasuredCase[],
  level: Level,
  only: readonly MeasureName[] = names,
): Table {
  const parts = cases.flatMap((one) =>
    groups(one.measurements.filter((row) => row.level === level)).map((rows): Part => ({ ...one, rows })),
  );
  const present = new Set(parts.flatMap(({ rows }) => rows.map(({ measure }) => measure)));
  return tableOf(titles[level], parts, [
    text("Case", ({ id }) => id),
    text("Label", ({ rows: [{ label }] }) => label),
    text("Part", ({ rows: [{ of }] }) => of),
    ...only.filter((name) => present.has(name)).map(measureColumn),
  ]);
}

function measureColumn(name: MeasureName): ColumnOf<Part> {
  const { title, unit, digits } = measures[name];
  return {
    ...{ title: unit === "" || unit === "1" ? title : `${title} (${unit})`, digits },
    cell: ({ rows }) => cellOf(rows.find(({ measure }) => measure === name)),
  };
}

/** Measurements of one label and part together, in the order of their first one. */
function groups(rows: readonly Measurement[]): Measurement[][] {
  const found = new Map<string, Measurement[]>();
  for (const row of rows) {
    const key = `${row.label}\u0000${row.of}`;
    const own = found.get(key);
    if (own === undefined) found.set(key, [row]);
    else own.push(row);
  }
  return [...found.values()];
}

/** Numbers, and words such as `left`; "–" where a measure is not defined or not of this part. */
const cellOf = (row: Measurement | undefined): Cell => row?.value ?? NaN;

/** What is printed: patients, joints and lesions with the headline measures, and what could not be computed. */
export function screenTables(cases: readonly MeasuredCase[]): Table[] {
  const wide = (["patient", "joint", "lesion"] as const).map((level) => wideTable(cases, level, headline));
  return [...wide, missingTable(cases)].filter(({ rows }) => rows.length > 0);
}

/** Every measurement in a row of its own: the form for statistics programs. */
export function longTable(cases: readonly MeasuredCase[]): Table {
  const rows = cases.flatMap(({ id, subject, measurements }) =>
    measurements.map((row) => ({ ...row, id, subject })),
  );
  return tableOf("Measurements", rows, [
    text("case", ({ id }) => id),
    text("subject", ({ subject }) => subject),
    text("label", ({ label }) => label),
    text("level", ({ level }) => level),
    text("part", ({ of }) => of),
    text("measure", ({ measure }) => measure),
    { title: "value", cell: cellOf },
    text("unit", ({ unit }) => unit),
    text("reason", ({ reason }) => reason),
  ]);
}

/** Measures of whole patients and joints that are not defined, and why; lesion rows would only repeat it. */
export function missingTable(cases: readonly MeasuredCase[]): Table {
  const absent = cases.flatMap(({ id, measurements }) =>
    measurements
      .filter(({ value, level }) => value === null && ["patient", "joint"].includes(level))
      .map(({ reason = "", measure }) => ({ id, reason, measure })),
  );
  const reasons = [...new Set(absent.map(({ reason }) => reason))].map((reason) => ({
    reason,
    own: absent.filter((one) => one.reason === reason),
  }));
  return tableOf("Not defined", reasons, [
    text("Reason", ({ reason }) => reason),
    whole("Cases", ({ own }) => new Set(own.map(({ id }) => id)).size),
    text("Measures", ({ own }) => [...new Set(own.map(({ measure }) => measure))].join(", ")),
  ]);
}

/** What the numbers of each case stand on. */
export const basisTable = (cases: readonly MeasuredCase[]): Table =>
  tableOf("Where the numbers come from", cases, [
    text("Case", ({ id }) => id),
    text("Mask", ({ mask }) => mask),
    text("Bones", ({ basis }) => basis.bones),
    text("Reference", ({ basis }) => basis.reference),
    text("Notes", ({ basis }) => basis.notes.join("; ")),
  ]);
