import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runMarrow } from "./run-marrow.js";

const folder = mkdtempSync(join(tmpdir(), "marrow-statistics-"));
const file = (name: string, lines: readonly string[]) => {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
};
const patients = file("patients.csv", [
  "id,diagnosis,sex,age,crp,score,first,second,grade1,grade2",
  ...Array.from({ length: 24 }, (_, n) => {
    const ill = n % 3 === 0 ? "no" : "yes";
    const score = ((n * 7) % 24) / 24 + (ill === "yes" ? 0.4 : 0);
    const crp = n === 5 ? "" : ((n * n) % 17) + 0.5;
    return [
      n,
      ill,
      n % 2 ? "m" : "f",
      20 + ((n * 5) % 21),
      crp,
      score,
      n + 1,
      n + (n % 4),
      n % 3,
      (n + (n % 5 === 0 ? 1 : 0)) % 3,
    ].join(",");
  }),
]);
const run = (...args: string[]) => runMarrow("statistics", ...args);

describe("marrow statistics", () => {
  it("describes patients by group and writes text, JSON and CSV", async () => {
    const out = join(folder, "out");
    const { code, stdout } = await run(
      "describe",
      patients,
      "sex",
      "age",
      "crp",
      "--group",
      "diagnosis",
      "--out",
      out,
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining("yes (n = 16)")]);
    expect(stdout).toContain("missing");
    expect(readdirSync(out).sort()).toEqual(["characteristics.csv", "statistics.json", "statistics.md"]);
    const json = JSON.parse(readFileSync(join(out, "statistics.json"), "utf8")) as {
      result: { rows: { test: { p: number } }[] };
    };
    const csv = readFileSync(join(out, "characteristics.csv"), "utf8");
    // CSV holds every digit of p.
    expect(csv).toContain(String(json.result.rows[1].test.p));
  });

  it.each([
    ["compare", ["first", "second"], "Wilcoxon signed rank"],
    ["compare", ["age", "--group", "diagnosis"], "Welch's t test"],
    ["correlate", ["age", "crp", "score"], "Spearman"],
    ["correlate", ["age", "crp", "--covariates", "score", "--method", "pearson"], "partial Pearson"],
    ["roc", ["score", "age", "--label", "diagnosis", "--positive", "yes"], "DeLong"],
    ["agree", ["first", "second"], "upper limit of agreement"],
    ["agree", ["grade1", "grade2", "--method", "kappa", "--weights", "linear"], "linear weights"],
  ])("%s %j", async (analysis, args, said) => {
    const { code, stdout, stderr } = await run(analysis, patients, ...args);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(said);
    expect(stdout).toContain("Research use only.");
    expect(stdout).not.toContain("NaN");
  });

  it("analyses a reader study", async () => {
    const readings = ["A", "B"].flatMap((reader) =>
      ["without", "with"].flatMap((arm) =>
        Array.from({ length: 6 }, (_, n) =>
          [
            reader,
            `c${n}`,
            arm,
            n % 2,
            n % 3 === 0 ? 1 : n % 2,
            (0.6 + n / 20 + (arm === "with" ? 0.05 : 0)).toFixed(2),
            60 + n,
          ].join(","),
        ),
      ),
    );
    const path = file("readings.csv", ["reader,case,arm,truth,decision,dice,seconds", ...readings]);
    const { code, stdout } = await run("reader-study", path, "--interval", "bootstrap");
    expect(code).toBe(0);
    for (const said of [
      "Segmentation, compared",
      "Operating points",
      "Time per case",
      "no dates",
      "All readers together",
    ])
      expect(stdout).toContain(said);
  });

  it.each([
    [["roc", patients, "score"], "--label"],
    [["roc", patients, "score", "--label", "diagnosis"], "yes"],
    [["describe", patients, "weight"], "a column weight"],
    [["correlate", patients, "age", "sex"], "a number in column sex"],
    [["correlate", patients, "age"], "2 or more columns"],
    [["compare", patients, "age"], "--group"],
    [["agree", patients, "first", "second", "--method", "fleiss"], "kappa or icc"],
    [["reader-study", patients], "a column reader"],
    [["describe", join(folder, "none.csv")], "FILE_NOT_FOUND"],
  ])("says what is wrong with %j", async (args, said) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([1, expect.stringContaining(said)]);
  });

  it("refuses an unknown analysis and a level that is no share", async () => {
    expect((await run("guess", patients)).code).toBe(2);
    expect((await run("describe", patients, "--level", "95")).code).toBe(2);
  });
});
