import { describe, expect, it } from "vitest";
import { flowChartSvg } from "../../src/report/flow-chart.js";
import { flowChart, flowChartLines } from "../../src/study/flow-chart.js";
import { inclusionRules, type Candidate } from "../../src/study/inclusion-rules.js";
import { tasks } from "../../src/study/tasks.js";
import type { Row } from "../../src/study/tsv.js";

const t1 = { weighting: "T1", fat_suppression: "none", body_part: "SIJ", slices: "20" };
const t2 = { weighting: "T2", fat_suppression: "none", body_part: "SIJ", slices: "20" };
const stir = { weighting: "T2", fat_suppression: "STIR", body_part: "unknown", slices: "20" };

const patient = (id: string, cells: Row, ...series: Row[]): Candidate => ({
  participant: { participant_id: id, ...cells },
  series,
});

const candidates = [
  patient("sub-in", { age: "45" }, t1, t2, stir),
  patient("sub-unknown", {}, t1, t2, stir),
  patient("sub-old", { age: "46" }, t1, t2, stir),
  patient("sub-no-t1", { age: "30" }, t2, stir),
  patient("sub-no-t2", { age: "80" }, t1, stir),
  patient("sub-no-fs", { age: "30" }, t1, t2),
  patient("sub-brain", { age: "30" }, { ...t1, body_part: "other" }, t2, stir),
  patient("sub-thin", { age: "30" }, { ...t1, slices: "4" }, t2, stir),
  patient("sub-poor", { age: "30", quality: "poor" }, t1, t2, stir),
  patient("sub-good", { age: "30", quality: "good" }, t1, t2, stir),
];

describe("flowChart", () => {
  const chart = flowChart("sij-fat", inclusionRules["sij-fat"], candidates);

  it("counts every patient once, at the first rule that excludes it", () => {
    expect(chart.steps.map(({ name, patients, left }) => [name, patients, left])).toEqual([
      ["T1", ["sub-no-t1", "sub-brain"], 8],
      ["T2", ["sub-no-t2"], 7],
      ["T2 FS", ["sub-no-fs"], 6],
      ["age", ["sub-old"], 5],
      ["slices", ["sub-thin"], 4],
      ["quality", ["sub-poor"], 3],
    ]);
    expect(chart.included).toEqual(["sub-in", "sub-unknown", "sub-good"]);
  });

  it("keeps those it knows too little of, and says how many", () => {
    expect(chart.steps.find(({ name }) => name === "age")?.unknown).toEqual(["sub-unknown"]);
    expect(flowChartLines(chart)).toContain("  - 1 excluded: age above 45 years (1 not known, kept); 5 left");
  });

  it("draws the same numbers", () => {
    const svg = flowChartSvg(chart);
    const titles = [...svg.matchAll(/font-weight="bold">([^<]*)</g)].map(([, title]) => title);
    expect(titles.filter((title) => title.endsWith("patients"))).toEqual(
      [10, 8, 7, 6, 5, 4, 3, 3].map((n) => `${n} patients`),
    );
    expect(titles.filter((title) => title.includes("excluded"))).toHaveLength(6);
    expect(svg).toContain("Research use only");
  });

  it("gives zeros for nobody", () => {
    expect(flowChart("sij-fat", inclusionRules["sij-fat"], [])).toMatchObject({
      candidates: 0,
      included: [],
    });
  });

  it("has rules for shipped tasks only", () => {
    const names = tasks.map(({ name }) => name);
    for (const task of Object.keys(inclusionRules)) expect(names).toContain(task);
  });
});
