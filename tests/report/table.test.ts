import { describe, expect, it } from "vitest";
import { formatCell, renderTable, type Table } from "../../src/report/table.js";

const table: Table = {
  title: "Dice",
  columns: [
    { title: "Case" },
    { title: "Dice" },
    { title: "HD95 (mm)", digits: 1 },
    { title: "TP", digits: 0 },
  ],
  rows: [
    ["a|b", 2 / 3, Infinity, 1204],
    ['c,"d"', NaN, 3.25, 0],
    ["mean", { mean: 0.5, sd: 0.25 }, { mean: 3.25, sd: NaN }, NaN],
  ],
  notes: ["2 cases."],
};

/** The policy that stands below every table with a dash. */
const dash = "–: not defined here (no or too few values, values all alike, or empty masks).";

describe("renderTable", () => {
  it("never shows p = 0.000, a negative zero, or half an interval", () => {
    expect([0, 0.0004, 0.0009999].map((p) => formatCell({ p }))).toEqual(Array(3).fill("< 0.001"));
    expect([-0.0001, -0, 0].map((n) => formatCell(n))).toEqual(Array(3).fill("0.000"));
    expect(formatCell(-0.04, 2)).toBe("-0.04");
    expect(formatCell({ value: 0.5, low: null, high: 0.7 })).toBe("0.500");
    expect(formatCell({ value: null, low: null, high: null })).toBe("–");
    expect(formatCell({ value: 0.5, low: 0.41, high: 0.7 }, 2)).toBe("0.50 (0.41 to 0.70)");
  });

  it("shows p-values as people do, and in CSV with every digit", () => {
    const rows = [0.00012345, 0.0354321, null].map((p) => ["test", { p }]);
    const columns = ["Test", "p"].map((title) => ({ title }));
    expect(renderTable({ title: "Tests", columns, rows }, "csv")).toBe(
      "Test,p\ntest,0.00012345\ntest,0.0354321\ntest,\n",
    );
    expect(renderTable({ title: "Tests", columns, rows }, "terminal").match(/^ {2}test.*$/gm)).toEqual([
      "  test  < 0.001",
      "  test    0.035",
      "  test        –",
    ]);
  });

  it("writes Markdown", () => {
    expect(renderTable(table, "markdown")).toBe(
      [
        "### Dice",
        "",
        "| Case | Dice | HD95 (mm) | TP |",
        "| --- | ---: | ---: | ---: |",
        "| a\\|b | 0.667 | ∞ | 1204 |",
        '| c,"d" | – | 3.3 | 0 |',
        "| mean | 0.500 ± 0.250 | 3.3 | – |",
        "",
        "2 cases.",
        "",
        dash,
        "",
      ].join("\n"),
    );
  });

  it("writes CSV with every digit, a mean ± SD in two columns", () => {
    expect(renderTable(table, "csv")).toBe(
      [
        "Case,Dice mean,Dice SD,HD95 (mm) mean,HD95 (mm) SD,TP",
        "a|b,0.6666666666666666,,Infinity,,1204",
        '"c,""d""",,,3.25,,0',
        "mean,0.5,0.25,3.25,,",
        "",
      ].join("\n"),
    );
  });

  it("aligns columns in a terminal", () => {
    expect(renderTable(table, "terminal")).toBe(
      [
        "Dice",
        "  Case            Dice  HD95 (mm)    TP",
        "  ─────  ─────────────  ─────────  ────",
        "  a|b            0.667          ∞  1204",
        '  c,"d"              –        3.3     0',
        "  mean   0.500 ± 0.250        3.3     –",
        "  2 cases.",
        `  ${dash}`,
        "",
      ].join("\n"),
    );
  });

  it("escapes HTML", () => {
    const html = renderTable({ title: "<b>", columns: [{ title: "x&y" }], rows: [['<i>"']] }, "html");
    expect(html).toContain("<h3>&lt;b&gt;</h3>");
    expect(html).toContain("<th>x&amp;y</th>");
    expect(html).toContain("<td>&lt;i&gt;&quot;</td>");
  });

  it.each(["markdown", "terminal", "html"] as const)("says that there are no rows (%s)", (format) => {
    expect(renderTable({ ...table, rows: [], notes: [] }, format)).toContain("no rows");
  });
});
