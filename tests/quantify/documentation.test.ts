import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { analyses, analysisNames } from "../../src/quantify/analyses.js";
import { measures } from "../../src/quantify/catalogue.js";
import { regionMeasures } from "../../src/quantify/region-measures.js";
import { tasks } from "../../src/study/tasks.js";

const page = readFileSync("docs/reference/quantification.md", "utf8");
const cells = (line: string) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\", ""));
const rows = page
  .split("\n")
  .filter((line) => /^\| `[a-z0-9-]+`/.test(line))
  .map((line) => cells(line).slice(1, 5))
  .map(
    ([name, definition, unit, source]) => [name.replaceAll("`", ""), { definition, unit, source }] as const,
  );

describe("docs/reference/quantification.md", () => {
  it("lists every measure of the catalogue as it stands there, and no other", () => {
    expect(rows.map(([name]) => name).sort()).toEqual(Object.keys(measures).sort());
    for (const [name, documented] of rows) {
      const { definition, unit, source } = measures[name as keyof typeof measures];
      expect(documented, name).toEqual({ definition, unit: unit || "word", source });
    }
  });

  it("names every analysis", () => {
    for (const name of analysisNames) expect(page).toContain(`\`${name}\``);
  });
});

describe("the tables", () => {
  it("have a catalogue row for each region measure", () => {
    const names = regionMeasures.map(({ measure }) => measure);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(measures[name].definition.length).toBeGreaterThan(10);
  });

  it.each(tasks)("analyses of the task $name exist", ({ quantification }) => {
    for (const name of quantification) expect(Object.keys(analyses)).toContain(name);
  });
});
