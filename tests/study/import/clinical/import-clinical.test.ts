import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { throwAwayKey } from "../../../../src/dicom/deidentify/project-key.js";
import { PseudonymMap } from "../../../../src/dicom/deidentify/pseudonym-map.js";
import {
  importClinical,
  readClinicalTable,
  type ClinicalOptions,
} from "../../../../src/study/import/clinical/import-clinical.js";
import { keyedIdentities } from "../../../../src/study/import/dicom-names.js";
import { readOrigins, readParticipants } from "../../../../src/study/participants.js";

const identities = keyedIdentities(throwAwayKey());
let dir = "";
let study = "";
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "marrow-clinical-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));
beforeEach(async () => {
  study = await mkdtemp(join(dir, "study-"));
  await writeParticipants(["4711", "Miller 2", "0012"]);
});

/** sub-001 and so on, whose pseudonyms belong to these Patient IDs. */
async function writeParticipants(ids: readonly string[], columns = "", cells: readonly string[] = []) {
  const rows = ids.map((id, n) => `sub-00${n + 1}\t${identities.pseudonym(id)}${cells[n] ?? ""}\n`);
  await writeFile(join(study, "participants.tsv"), `participant_id\tsource_id${columns}\n${rows.join("")}`);
}

async function run(text: string, options: ClinicalOptions = {}, map?: PseudonymMap) {
  const file = join(dir, "table.csv");
  await writeFile(file, text);
  return importClinical(study, await readClinicalTable(file, options), identities, map);
}

const rows = async () => (await readParticipants(study)).rows;

async function everyText(): Promise<string> {
  const names = await readdir(study, { recursive: true });
  return (await Promise.all(names.map((name) => readFile(join(study, name), "latin1")))).join("\n");
}

describe("importClinical", () => {
  it("joins by name in the study, by pseudonym and by Patient ID, which is written nowhere", async () => {
    const table = (id: string, names: readonly string[]) =>
      `${id},BASDAI\n${names.map((name, n) => `${name},${n + 1.5}\n`).join("")}`;
    const people = ["4711", "Miller 2", "0012"];
    for (const [id, names] of [
      ["participant_id", ["sub-001", "002", "sub-003"]],
      ["Pseudonym", people.map(identities.pseudonym)],
      ["Patient ID", people],
      ["id", ["sub-001", identities.pseudonym("Miller 2"), "0012"]],
    ] as const) {
      await writeParticipants(people);
      expect((await run(table(id, names))).patients).toBe(3);
      expect((await rows()).map(({ basdai }) => basdai)).toEqual(["1.5", "2.5", "3.5"]);
    }
    for (const id of people) expect(await everyText()).not.toContain(id);
  });

  it("finds a Patient ID through the map of a de-identification before the import", async () => {
    const map = new PseudonymMap();
    const identity = (pseudonym: string, id: string) =>
      ({
        pseudonym,
        patient: { "00100020": [id] },
        study: "",
        studyAttributes: {},
        uids: new Map(),
      }) as const;
    map.add(identity("P7", "secret-7"));
    await writeParticipants(["P7", "P8"]);
    const { patients, strangers } = await run("patient_id;age\nsecret-7;40\nsecret-8;41\n", {}, map);
    expect([patients, strangers, (await rows())[0].age]).toEqual([1, 1, "40"]);
    expect(await everyText()).not.toContain("secret");
  });

  it("converts units that a column names, and words to levels", async () => {
    const { columns } = await run(
      "participant_id;CRP [mg/dL];BSG;symptom_duration_years;Gender;HLA-B27;age (months)\nsub-001;0,35;12;1.5;female;+;300\nsub-002;;n/a;0;M;NEG;1200\n",
    );
    expect(columns.variables.map(({ variable, factor }) => [variable.name, factor])).toEqual([
      ["crp", 10],
      ["esr", 1],
      ["symptom_duration", 12],
      ["sex", 1],
      ["hla_b27", 1],
      ["age", 1 / 12],
    ]);
    expect((await rows()).slice(0, 2)).toMatchObject([
      { crp: "3.5", esr: "12", symptom_duration: "18", sex: "F", hla_b27: "positive", age: "25" },
      { symptom_duration: "0", sex: "M", hla_b27: "negative", age: "90" },
    ]);
  });

  it("lists every cell that cannot be used by row and column, and takes the others", async () => {
    const { problems, patients } = await run(
      "patient_id,crp,basdai,sex,age\n4711,<5,3.5,x,40\n\nMiller 2,700,2024-05-03,M,old\n0012,6,11,F,-1\n4711,1,1,M,1\n",
    );
    expect(problems.map(({ row, column, found }) => [row, column, found])).toEqual([
      [2, "crp", "<5"],
      [2, "sex", "x"],
      [4, "crp", "700"],
      [4, "basdai", "2024-05-03"],
      [4, "age", "old"],
      [5, "basdai", "11"],
      [5, "age", "-1"],
      [6, "patient_id", "a patient a second time"],
    ]);
    expect(problems[0].expected).toBe("a number from 0 to 600 (mg/L)");
    expect(patients).toBe(3);
    expect(await rows()).toMatchObject([{ basdai: "3.5", age: "40" }, { sex: "M" }, { crp: "6", sex: "F" }]);
  });

  it("says the original cell and what it became where a conversion led out of range", async () => {
    const { problems } = await run("id,crp_mg_dl\nsub-001,85\n");
    expect(problems[0].found).toBe("85 in crp_mg_dl, which is 850 mg/L");
  });

  it("takes a comma for a decimal point, but not where it may stand for thousands", async () => {
    const { problems } = await run('id,crp,harris\nsub-001,"3,5","1,234"\n');
    expect([(await rows())[0].crp, problems.map(({ found }) => found)]).toEqual(["3.5", ["1,234"]]);
  });

  it("never changes what stands in the table, unless told to", async () => {
    await writeParticipants(["a", "b"], "\tage\tcrp", ["\t34\t5", "\tn/a\t7"]);
    const table = "id,age,crp\nsub-001,34.6,6\nsub-002,50,7.0\n";
    const { problems } = await run(table);
    expect(problems).toEqual([
      { row: 2, column: "crp", found: "6", expected: "5, which stands in participants.tsv" },
    ]);
    expect(await rows()).toMatchObject([
      { age: "34", crp: "5" },
      { age: "50", crp: "7" },
    ]);
    expect((await run(table, { replace: true })).problems).toEqual([]);
    expect((await rows())[0]).toMatchObject({ age: "34.6", crp: "6" });
  });

  it("leaves out columns it does not know, and keeps those asked for, without dates", async () => {
    const table = "id,Name,Visit Group,seen\nsub-001,Anna Miller,axSpA,03.04.2024\n";
    const { columns, problems } = await run(table, { keep: ["Visit Group", "seen"] });
    expect([columns.leftOut, problems.map(({ column, found }) => [column, found])]).toEqual([
      ["Name"],
      [["seen", "a date"]],
    ]);
    const text = await everyText();
    expect([text.includes("axSpA"), text.includes("Miller"), text.includes("2024")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("describes the columns in participants.json, and keeps what a person wrote there", async () => {
    const file = join(study, "participants.json");
    await writeFile(file, JSON.stringify({ age: { Description: "mine" }, other: 1 }));
    await run("id,age,crp,sex,group\nsub-001,40,5,F,x\n", { keep: ["group"] });
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
      participant_id: { Description: "Name of the participant in this study" },
      source_id: { Description: expect.stringContaining("pseudonym") as string },
      age: { Description: "mine" },
      other: 1,
      crp: { Description: "C-reactive protein", Units: "mg/L" },
      sex: { Description: "Sex", Levels: { M: "male", F: "female", O: "other" } },
      group: { Description: "As the clinical table gave it; not checked" },
    });
    await writeFile(file, "[");
    await expect(run("id,age\nsub-001,40\n")).rejects.toThrow("TABLE_INVALID");
  });

  it.each([
    ["no column for patients", "name,age\nx,1\n", {}, "--clinical-id"],
    ["an unknown unit", "id,CRP (nmol/L)\nsub-001,1\n", {}, /crp in mg\/L or mg\/dL/],
    ["a variable twice", "id,crp,CRP (mg/dl)\nsub-001,1,1\n", {}, "C-reactive protein once"],
    ["a column that is not there", "id,age\nsub-001,1\n", { keep: ["group"] }, "a column group"],
    ["nobody of the study", "id,age\n99,1\n", {}, "1 rows about nobody"],
  ])("refuses a table with %s", async (_, text, options, said) => {
    await expect(run(text, options)).rejects.toThrow(said);
  });

  it("leaves out a name that may mean two patients", async () => {
    await writeParticipants(["a", "sub-001"]);
    const { problems } = await run("id,age\nsub-001,40\nsub-002,41\n");
    expect(problems).toMatchObject([{ row: 2, column: "id", found: "a name of two patients" }]);
    expect((await rows()).map(({ age }) => age)).toEqual([undefined, "41"]);
  });
});

describe("several examinations of a patient", () => {
  const sessionsFile = (id: string) => join(study, id, `${id}_sessions.tsv`);
  const examined = async (...folders: string[]) => {
    for (const folder of folders) await mkdir(join(study, folder, "anat"), { recursive: true });
  };

  it("stand each in its session's row; what never changes stands with the patient", async () => {
    await examined("sub-001/ses-1", "sub-001/ses-2", "sub-002");
    const { patients, examinations, problems, columns } = await run(
      "participant_id,visit,CRP (mg/dl),sex,age\nsub-001,1,1.2,F,40\nsub-001,02,0.4,F,42\nsub-002,,7,M,50\nsub-002,1,8,M,50\n",
    );
    expect([patients, examinations, columns.session]).toEqual([2, 3, "visit"]);
    expect(problems.map(({ row, found }) => [row, found])).toEqual([[5, "a patient a second time"]]);
    expect(await rows()).toMatchObject([{ sex: "F" }, { sex: "M", crp: "70", age: "50" }, {}]);
    expect((await rows())[0].crp).toBeUndefined();
    expect(await readFile(sessionsFile("sub-001"), "utf8")).toBe(
      "session_id\tcrp\tage\nses-1\t12\t40\nses-2\t4\t42\n",
    );
    expect(JSON.parse(await readFile(join(study, "sessions.json"), "utf8"))).toMatchObject({
      session_id: { Description: "Name of the examination" },
      crp: { Units: "mg/L" },
    });
  });

  it("are found by number where the first one has no session, and refused where there is none", async () => {
    await examined("sub-001", "sub-001/ses-2");
    const { problems } = await run(
      "id,session,crp,sex\nsub-001,1,5,F\nsub-001,ses-2,6,M\nsub-001,3,7,F\nsub-001,,8,F\n",
    );
    expect(problems).toEqual([
      { row: 3, column: "sex", found: "M", expected: "F, which stands in participants.tsv" },
      { row: 4, column: "session", found: "3", expected: "an examination of this patient: 1, ses-2" },
      { row: 5, column: "session", found: "no name", expected: "an examination of this patient: 1, ses-2" },
    ]);
    expect((await rows())[0]).toMatchObject({ crp: "5", sex: "F" });
    expect(await readFile(sessionsFile("sub-001"), "utf8")).toBe("session_id\tcrp\nses-2\t6\n");
  });

  it("never get another examination's value, and keep their own unless told to replace it", async () => {
    await examined("sub-001", "sub-001/ses-2", "sub-001/ses-3");
    await run("id,Time point,crp\nsub-001,1,5\nsub-001,2,6\n");
    const origins = await readOrigins(study, [
      { subject: "001" },
      { subject: "001", session: "2" },
      { subject: "001", session: "3" },
    ]);
    expect([...origins.values()].map(({ crp }) => crp)).toEqual(["5", "6", undefined]);
    const again = "id,session,crp\nsub-001,2,9\n";
    expect((await run(again)).problems).toMatchObject([
      { found: "9", expected: "6, which stands in sub-001_sessions.tsv" },
    ]);
    expect((await run(again, { replace: true })).problems).toEqual([]);
    expect(await readFile(sessionsFile("sub-001"), "utf8")).toContain("ses-2\t9\n");
  });

  it("are told by a column that is named", async () => {
    await examined("sub-001/ses-1", "sub-001/ses-2");
    const { examinations } = await run("id,when,crp\nsub-001,1,5\nsub-001,2,6\n", { session: "when" });
    expect(examinations).toBe(2);
    expect((await run("id,when,crp\nsub-001,1,5\nsub-001,2,6\n")).problems[0].expected).toContain("session");
  });
});

describe("a study without participants", () => {
  it("gets nothing, and says so", async () => {
    await rm(join(study, "participants.tsv"));
    await mkdir(study, { recursive: true });
    await expect(run("id,age\nsub-001,40\n")).rejects.toThrow("TABLE_INVALID");
  });
});
