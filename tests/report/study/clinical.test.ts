import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { numbersOf, readClinical, textsOf } from "../../../src/report/study/clinical.js";

let dir: string;
const subjects = ["sub-01", "sub-02"];
const table = async (text: string) => {
  const file = join(dir, "patients.csv");
  await writeFile(file, text);
  return readClinical(dir, subjects, file);
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "marrow-clinical-"));
  await writeFile(join(dir, "participants.tsv"), "participant_id\tage\tcrp\nsub-01\t30\t5\nsub-02\tn/a\t8\n");
});
afterAll(async () => rm(dir, { recursive: true, force: true }));

describe("readClinical", () => {
  it("reads participants.tsv, missing values as NaN", async () => {
    const clinical = await readClinical(dir, subjects);
    expect(clinical.variables.map(({ name }) => name)).toEqual(["age", "crp"]);
    expect(numbersOf(clinical, "age")).toEqual([30, NaN]);
  });

  it("joins a table by pseudonym, converts units and lets it overrule", async () => {
    const clinical = await table(
      "Subject;CRP (mg/dL);BASDAI;Gender\n02;1.2;4.5;M\nsub-01;;3;F\nsub-99;1;1;M\n",
    );
    expect(numbersOf(clinical, "crp")).toEqual([5, 12]);
    expect(numbersOf(clinical, "basdai")).toEqual([3, 4.5]);
    expect(textsOf(clinical, "sex")).toEqual(["F", "M"]);
    expect(clinical.notes).toEqual(["1 rows of the clinical table belong to no patient here."]);
  });

  it("takes the first examination of a patient who has several", async () => {
    for (const name of ["ses-1", "ses-2"]) await mkdir(join(dir, "sub-01", name), { recursive: true });
    const sessions = join(dir, "sub-01", "sub-01_sessions.tsv");
    await writeFile(sessions, "session_id\tsource_id\tcrp\tesr\nses-1\ta\t6\t20\nses-2\tb\t1\t2\n");
    expect(numbersOf(await readClinical(dir, subjects), "crp")).toEqual([6, 8]);
    expect(numbersOf(await readClinical(dir, subjects), "esr")).toEqual([20, NaN]);
    const clinical = await table("id,session,crp,diagnosis\n01,2,3,b\n01,1,4,a\n02,,9,a\n");
    await rm(join(dir, "sub-01"), { recursive: true });
    expect([numbersOf(clinical, "crp"), textsOf(clinical, "diagnosis")]).toEqual([
      [4, 9],
      ["a", "a"],
    ]);
  });

  it.each([
    [
      "a value outside its range, with its row",
      "subject,basdai\n01,45\n",
      /row 2, basdai[^]*from 0 to 10[^]*45/,
    ],
    ["a number that is none", "subject,age\n01,old\n", /from 0 to 120 \(years\)/],
    ["an unknown unit", "subject,crp (g/L)\n01,1\n", /crp in mg\/L or mg\/dL/],
    ["a table of other patients", "subject,age\n77,30\n", /patients of the study/],
    ["a table without pseudonyms", "name,age\nx,30\n", /participant_id/],
  ])("refuses %s", async (_, text, message) => {
    await expect(table(text)).rejects.toMatchObject({ code: "TABLE_INVALID" });
    await expect(table(text)).rejects.toThrow(message);
  });
});
