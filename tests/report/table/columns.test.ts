import { describe, expect, it } from "vitest";
import { renderTable } from "../../../src/report/table.js";
import { meanSd, number, pValue, tableOf, text, value, whole } from "../../../src/report/table/columns.js";

interface Row {
  readonly name: string;
  readonly n: number;
  readonly auc: {
    readonly value: number | null;
    readonly low: number | null;
    readonly high: number | null;
  } | null;
  readonly p?: number | null;
}

const none = { value: null, low: null, high: null };
const rows: readonly Row[] = [
  { name: "a", n: 12, auc: { value: 2 / 3, low: 0.5, high: 0.8 }, p: 1e-5 },
  { name: "b", n: 1, auc: null, p: null },
  { name: "c", n: 0, auc: none },
];

describe("tableOf", () => {
  const table = tableOf("AUC", rows, [
    text("Reader", ({ name }) => name),
    whole("n", ({ n }) => n),
    value("AUC", ({ auc }) => auc, 2),
    pValue("p", ({ p }) => p),
    false,
  ]);

  it("shows a dash for what is not defined and nothing where a column does not apply", () => {
    expect(
      renderTable(table, "terminal")
        .split("\n")
        .slice(3, 6)
        .map((line) => line.trim()),
    ).toEqual([
      "a       12  0.67 (0.50 to 0.80)  < 0.001",
      "b        1                    –        –",
      "c        0                    –",
    ]);
  });

  it("keeps every digit in CSV, a value with its interval in three columns", () => {
    expect(renderTable(table, "csv")).toBe(
      "Reader,n,AUC,AUC low,AUC high,p\na,12,0.6666666666666666,0.5,0.8,0.00001\nb,1,,,,\nc,0,,,,\n",
    );
  });

  it("leaves columns out that are false, and reads mean ± SD and digits", () => {
    const shown = tableOf(
      "Dice",
      [{ mean: 0.5, sd: 0.25 }],
      [meanSd("Dice", (row) => row, 1), number("Half", ({ mean }) => mean, 4)],
    );
    expect(renderTable(shown, "html")).toContain(
      '<td class="number">0.5 ± 0.3</td><td class="number">0.5000</td>',
    );
  });
});
