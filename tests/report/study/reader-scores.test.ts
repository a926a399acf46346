import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { expertFeedback, feedbackTable } from "../../../src/report/study/parts/expert-feedback.js";
import { scoreAgreement } from "../../../src/report/study/parts/score-agreement.js";
import { correlations } from "../../../src/report/study/parts/correlations.js";
import { readStudyData } from "../../../src/report/study/study-data.js";
import { folder } from "../../study/make-study.js";
import { subjectOf, writeTinyStudy } from "./tiny-study.js";

function write(file: string, lines: readonly (readonly (string | number)[])[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, lines.map((cells) => `${cells.join("\t")}\n`).join(""));
}

/** HIMRISS of both hips of six patients by two readers, who differ by two points; assisted scores are 50 higher. */
async function studyWithScores(clinical: Record<string, number> = {}) {
  const dir = await folder();
  await writeTinyStudy(dir, {
    patients: 6,
    truth: (n) => 10 + n,
    clinical: (n) => ({ crp: 3 * n + 1, ...clinical }),
  });
  const head = [
    "reader",
    "case",
    "patient",
    "arm",
    "assisted",
    "slices",
    "femoral-bme",
    "acetabular-bme",
    "synovitis-effusion",
    "total",
  ];
  const row = (reader: string, n: number, arm: string, assisted: number, more: number) => {
    const points = [10 + 4 * n + more, 5, 2 + n];
    return [
      reader,
      subjectOf(n),
      subjectOf(n),
      arm,
      assisted,
      "1 2 3 4 5",
      ...points,
      points.reduce((a, b) => a + b),
    ];
  };
  const numbers = [0, 1, 2, 3, 4, 5];
  write(join(dir, "derivatives/marrow/scores/himriss.tsv"), [
    head,
    ...numbers.map((n) => row("A", n, "n/a", 0, 0)),
    ...numbers.map((n) => row("B", n, "n/a", 0, 2)),
    ...numbers.map((n) => row("B", n, "with", 1, 50)),
  ]);
  return dir;
}

describe("readers' scores in the report", () => {
  it("fill HIMRISS of patients: both readers' mean without the model, and leave given values alone", async () => {
    const { clinical } = await readStudyData(await studyWithScores());
    expect(clinical.patients[2]).toMatchObject({ himriss: "28", himriss_bme: "24", himriss_synovitis: "4" });
    expect(clinical.variables.map(({ name }) => name)).toEqual([
      "crp",
      "himriss",
      "himriss_bme",
      "himriss_synovitis",
    ]);
    const given = await readStudyData(await studyWithScores({ himriss: 99 }));
    expect(given.clinical.patients[2]).toMatchObject({ himriss: "99", himriss_bme: "24" });
  });

  it("are correlated with the clinic, as paper 2 did", async () => {
    const blocks = await correlations(await readStudyData(await studyWithScores()));
    const table = blocks.flatMap((block) => (block.kind === "table" ? [block.table] : []))[0];
    const row = table.rows.find(
      (cells) => cells[0] === "HIMRISS" && JSON.stringify(cells[1]).includes("CRP"),
    );
    // Both rise with the patient's number: rho is 1.
    expect(JSON.stringify(row)).toContain('"value":1');
  });

  it("are compared between readers, and between a reader's arms", async () => {
    const blocks = scoreAgreement(await readStudyData(await studyWithScores()));
    const [table] = blocks.flatMap((block) => (block.kind === "table" ? [block.table] : []));
    const row = table.rows.find((cells) => cells[1] === "total" && cells[2] === "A − B");
    const bias = row?.[4] as { value: number };
    expect([row?.[3], bias.value]).toEqual([6, -2]);
    expect(new Set(table.rows.map((cells) => cells[2]))).toEqual(
      new Set(["A − B", "A − B (with)", "B − B (with)"]),
    );
    expect(scoreAgreement({ scores: [] })).toEqual([]);
  });
});

describe("feedback of experts", () => {
  // SciPy: beta.ppf(0.025, 8, 3), beta.ppf(0.975, 9, 2) = 0.4439045, 0.9747893; beta.ppf(0.025, 3, 2), beta.ppf(0.975, 4, 1) = 0.1941204, 0.9936905
  it("gives sensitivity and specificity of each expert with exact intervals", () => {
    const of = (count: number, present: number, marked: number, outlined = "") =>
      Array.from({ length: count }, () => ({ expert: "QH", label: "effusion", present, marked, outlined }));
    const { rows } = feedbackTable([
      ...of(6, 1, 1, "rightly"),
      ...of(2, 1, 1, "partly"),
      ...of(2, 1, 0),
      ...of(3, 0, 0),
      ...of(1, 0, 1),
    ]);
    const [expert, finding, n, sensitivity, specificity, accuracy, rightly] = rows[0] as [
      string,
      string,
      number,
      ...{ value: number; low: number; high: number }[],
    ];
    expect([expert, finding, n]).toEqual(["QH", "effusion", 14]);
    expect(sensitivity.value).toBe(0.8);
    expect(sensitivity.low).toBeCloseTo(0.4439045, 6);
    expect(sensitivity.high).toBeCloseTo(0.9747893, 6);
    expect(specificity.value).toBe(0.75);
    expect(specificity.low).toBeCloseTo(0.1941204, 6);
    expect(specificity.high).toBeCloseTo(0.9936905, 6);
    expect(accuracy.value).toBeCloseTo(11 / 14, 12);
    expect(rightly.value).toBe(0.75);
  });

  it("has rows for each finding and all together, dashes where nothing counts, and nothing without a table", async () => {
    const one = { expert: "QH", present: 0, marked: 0, outlined: "" };
    const { rows } = feedbackTable([
      { ...one, label: "effusion" },
      { ...one, label: "bone-marrow-oedema", marked: 1 },
    ]);
    expect(rows.map((cells) => cells[1])).toEqual(["effusion", "bone-marrow-oedema", "all"]);
    expect((rows[0][3] as { value: number | null }).value).toBeNull();
    const dir = await studyWithScores();
    const data = await readStudyData(dir);
    expect(await expertFeedback(data)).toEqual([]);
    write(join(dir, "derivatives/marrow/reader-study/feedback.tsv"), [
      ["expert", "case", "label", "present", "marked", "outlined"],
      ["QH", "sub-01", "fat-metaplasia", 1, 1, "rightly"],
    ]);
    expect(await expertFeedback(data)).toHaveLength(1);
  });
});
