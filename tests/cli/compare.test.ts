import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeTinyStudy } from "../report/study/tiny-study.js";
import { runMarrow } from "./run-marrow.js";

const folder = mkdtempSync(join(tmpdir(), "marrow-compare-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("marrow compare prints and writes a comparison of a run and a reader", async () => {
  const truth = (n: number) => 10 + 5 * n;
  await writeTinyStudy(folder, { patients: 3, truth, runs: { net: truth }, readers: { A: () => 12 } });
  const { code, stdout, stderr } = await runMarrow("compare", folder, "net", "A");
  expect([code, stderr]).toEqual([0, ""]);
  for (const said of [
    "net and A against the reference",
    "Smallest detectable change",
    "3 cases that both have",
  ])
    expect(stdout).toContain(said);
  expect(existsSync(join(folder, "derivatives/marrow/comparisons/net-and-a/comparison.md"))).toBe(true);
});
