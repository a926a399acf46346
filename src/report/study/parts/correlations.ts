/** Paper 2's Table 4: measures of the image against clinical scores. */
import { spearman } from "../../../statistics/correlation/spearman.js";
import { adjustP } from "../../../statistics/tests/adjust.js";
import type { TestResult } from "../../../statistics/result.js";
import { pValue, tableOf, text, value, whole } from "../../table/columns.js";
import type { Table } from "../../table.js";
import { figureBlock, missingBlock, tableBlock, type Block } from "../blocks.js";
import { correlationChart } from "../charts/correlation-chart.js";
import { titleWithUnit } from "../../../study/clinical-variables.js";
import { numbersOf } from "../clinical.js";
import { imageMeasuresOf } from "../quantities.js";
import type { StudyData } from "../study-data.js";

/** Scores read from the image by people: rows of the table as well as columns. */
const imageScores = ["himriss", "himriss_bme", "himriss_synovitis"];
const outcomes = [...imageScores, "crp", "esr", "basdai", "asdas", "harris"];

interface Variable {
  readonly title: string;
  readonly values: readonly number[];
}

interface Pair {
  readonly image: string;
  readonly clinical: string;
  readonly test: TestResult;
}

export async function correlations(data: StudyData): Promise<Block[]> {
  const { clinical, subjects, quantities, folder, chosen } = data;
  const columns = variables(data, outcomes);
  const source = quantities.find((one) => one.source === chosen?.name) ?? quantities[0];
  const missing: Block[] = [];
  if (source === undefined)
    missing.push(
      missingBlock(
        "Measures of the image (UNet-score, volumes) for correlations: nothing was quantified.",
        `marrow quantify ${folder}${chosen === undefined ? "" : ` --run ${chosen.name}`}`,
      ),
    );
  if (columns.length === 0)
    missing.push(
      missingBlock(
        `Clinical scores for correlations: the table of patients has none of ${outcomes.join(", ")}.`,
        `marrow report ${folder} --clinical patients.csv`,
      ),
    );
  const measured = source === undefined ? [] : imageMeasuresOf(source, subjects);
  const rows = [...measured, ...variables(data, imageScores)];
  const pairs = pairsOf(rows, columns);
  if (pairs.length === 0 || clinical.patients.length === 0) return missing;
  return [...missing, ...(await shown(pairs, source?.source))];
}

function variables({ clinical }: StudyData, names: readonly string[]): Variable[] {
  return clinical.variables
    .filter(({ name }) => names.includes(name))
    .map((variable) => ({ title: titleWithUnit(variable), values: numbersOf(clinical, variable.name) }));
}

/** Each row with each column, a variable never with itself, and no pair twice. */
function pairsOf(rows: readonly Variable[], columns: readonly Variable[]): Pair[] {
  const seen = new Set<string>();
  return rows.flatMap((row) =>
    columns.flatMap((column) => {
      const key = [row.title, column.title].sort().join("\u0000");
      if (row.title === column.title || seen.has(key)) return [];
      seen.add(key);
      const name = `${row.title}, ${column.title}`;
      return [
        { image: row.title, clinical: column.title, test: spearman(row.values, column.values, { name }) },
      ];
    }),
  );
}

async function shown(pairs: readonly Pair[], source: string | undefined): Promise<Block[]> {
  const holm = adjustP(
    pairs.map(({ test }) => test.p),
    "holm",
  );
  const cells = pairs.map(({ image, clinical, test }, n) => ({
    ...{ image, clinical, rho: test.effect?.value ?? null, p: holm[n] },
  }));
  const from = source === undefined ? "" : ` Measures of the image: masks of ${source}.`;
  const sizes = pairs.map(({ test }) => test.n[0]);
  const caption =
    `Spearman's rank correlation ρ, n = ${Math.min(...sizes)} to ${Math.max(...sizes)} patients. ` +
    `* p < 0.05, ** p < 0.01 after Holm's correction for ${pairs.length} pairs; 95 % intervals are in the table.${from}`;
  const about = { name: "correlations", title: "Correlation with clinical scores", caption };
  return [
    tableBlock("correlations", correlationTable(pairs, holm, from)),
    figureBlock(await correlationChart(about, cells)),
  ];
}

function correlationTable(pairs: readonly Pair[], holm: readonly (number | null)[], from: string): Table {
  const hasNotes = pairs.some(({ test }) => test.p === null && test.note !== "");
  return tableOf(
    "Correlation of image and clinic",
    pairs.map((pair, n) => ({ ...pair, holm: holm[n] })),
    [
      text("Image", ({ image }) => image),
      text("Clinical", ({ clinical }) => clinical),
      whole("n", ({ test }) => test.n[0]),
      value("ρ (95 % CI)", ({ test }) => test.effect),
      pValue("p", ({ test }) => test.p),
      pValue("p (Holm)", (pair) => pair.holm),
      hasNotes && text("Note", ({ test }) => (test.p === null ? test.note : "")),
    ],
    [
      `Spearman's ρ with Fisher's z interval (Bonett & Wright). Patients without both values are left out. Holm: corrected for the ${pairs.length} pairs.${from}`,
    ],
  );
}
