import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePhantomStudy } from "../../src/phantom/study.js";
import { writeConfig } from "../../src/study/config.js";
import { imageStem, maskStem } from "../../src/study/names.js";
import { readMask, writeNifti } from "../../src/volume/nifti.js";
import { runMarrow } from "./run-marrow.js";

let dir: string;
let study: string;
const maskOf = (subject: string, reader = "truth") =>
  join(study, "derivatives", "annotations", reader, subject, "anat", `${subject}_mask.nii.gz`);
const imageOf = (subject: string) => join(study, subject, "anat", `${subject}_T1w.nii.gz`);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "marrow-quantify-"));
  study = join(dir, "study");
  await writePhantomStudy(study, { kind: "sij-t1", subjects: 3, seed: 4, size: "small" });
}, 60_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Document {
  researchUseOnly: boolean;
  definitions: Record<string, { unit: string; source: string }>;
  cases: { id: string; mask: string; basis: { bones: string; notes: string[] }; measurements: Row[] }[];
  failures: { id: string; code: string }[];
}
interface Row {
  measure: string;
  level: string;
  of: string;
  value: number | string | null;
  reason?: string;
}
const read = async (folder: string) =>
  JSON.parse(await readFile(join(folder, "quantification.json"), "utf8")) as Document;

describe("marrow quantify", () => {
  it("measures a whole study; one bad case is named and does not stop the rest", async () => {
    const bad = maskOf("sub-002");
    const whole = await readFile(bad);
    await writeFile(bad, "no image");
    const { code, stdout, stderr } = await runMarrow("quantify", study, "--bones", "truth-bones");
    await writeFile(bad, whole);
    expect(code).toBe(1);
    expect(stderr).toMatch(/sub-002: NIFTI_/);
    expect(stdout).toContain("2 cases measured, 1 left out. Research use only.");

    const out = join(study, "derivatives", "marrow", "quantification", "truth");
    const { cases, failures, definitions, researchUseOnly } = await read(out);
    expect(researchUseOnly).toBe(true);
    expect(cases.map(({ id }) => id)).toEqual(["sub-001", "sub-003"]);
    expect(failures).toMatchObject([{ id: "sub-002", code: expect.stringContaining("NIFTI") as string }]);
    expect(cases[0].basis.bones).toBe("mask: sub-001_mask.nii.gz");
    expect(definitions["volume"]).toMatchObject({ unit: "mm³" });
    for (const { measurements } of cases)
      for (const { value, reason } of measurements) if (value === null) expect(reason).toBeTruthy();

    const truth = JSON.parse(await readFile(maskOf("sub-001").replace(".nii.gz", ".json"), "utf8")) as {
      lesions: { volumeMm3: number }[];
    };
    const told = truth.lesions.reduce((sum, { volumeMm3 }) => sum + volumeMm3, 0);
    const volume = cases[0].measurements.find(
      ({ measure, level }) => measure === "volume" && level === "patient",
    );
    expect(volume?.value).toBeCloseTo(told, 1);

    const lines = (await readFile(join(out, "measurements.csv"), "utf8")).trim().split("\n");
    expect(lines[0]).toBe("case,subject,label,level,part,measure,value,unit,reason");
    expect(lines).toHaveLength(1 + cases.reduce((sum, { measurements }) => sum + measurements.length, 0));
    expect(lines.join("")).not.toMatch(/NaN|undefined|Infinity/);
    const lesions = (await readFile(join(out, "lesions.csv"), "utf8")).trim().split("\n");
    expect(lesions[0]).toMatch(/^Case,Label,Part,Volume \(mm³\),Volume \(ml\),Voxels,/);
    expect(await readFile(join(out, "quantification.md"), "utf8")).toContain("## Cases left out");
  });

  it("says of a study without bones what that costs", async () => {
    const { code, stdout } = await runMarrow("quantify", study, "--out", join(dir, "no-bones"));
    expect(code).toBe(0);
    expect(stdout).toContain("needs a bone mask with sacrum and ilium");
    expect(stdout).toContain("Bones: none");
  });

  it("measures one mask with what is given by options, and its change", async () => {
    const before = join(dir, "before.nii.gz");
    const mask = await readMask(maskOf("sub-001"));
    await writeNifti(before, { ...mask, data: new Uint8Array(mask.data.length) });
    const out = join(dir, "single");
    const bones = join(dir, "bones.nii.gz");
    await cp(maskOf("sub-001", "truth-bones"), bones);
    const args = ["--image", imageOf("sub-001"), "--bones", bones, "--task", "sij-fat", "--out", out];
    const nameless = await runMarrow("quantify", maskOf("sub-001"), ...args);
    expect(nameless.stderr).toMatch(/QUANTIFY_LABELS[^]*--bone-labels/);
    const names = ["--bone-labels", "1=sacrum,2=ilium", "--before", before, "--sdc", "100"];
    const { code } = await runMarrow("quantify", maskOf("sub-001"), ...args, ...names);
    expect(code).toBe(0);
    const [{ measurements }] = (await read(out)).cases;
    const row = (measure: string, of: string) =>
      measurements.find((one) => one.measure === measure && one.of === of)?.value;
    expect(row("volume-before", "all")).toBe(0);
    expect(row("volume-after", "all")).toBe(row("volume", "all"));
    expect(row("lesion-change", "pair 1")).toBe("new");
    expect(row("smallest-detectable-change", "all")).toBe(100);
    expect(["sacrum", "ilium"]).toContain(row("bone", "lesion 1"));
  });

  it("compares the sessions of a patient with each other", async () => {
    const sessions = join(dir, "sessions");
    const labels = [{ value: 1, name: "fat-metaplasia" }];
    await writeConfig(sessions, { task: "sij-fat", reader: "R1", channels: ["T1w"], labels });
    const source = await readMask(maskOf("sub-001"));
    for (const [n, session] of ["1", "2"].entries()) {
      const entity = { subject: "01", session };
      const data = n === 0 ? source.data : new Uint8Array(source.data.length);
      for (const stem of [imageStem(entity, "T1w"), maskStem(entity, "R1")]) {
        await mkdir(dirname(join(sessions, stem)), { recursive: true });
        await writeNifti(join(sessions, `${stem}.nii.gz`), { ...source, data });
      }
    }
    const out = join(dir, "sessions-out");
    const { code } = await runMarrow("quantify", sessions, "--measures", "lesions", "--out", out);
    expect(code).toBe(0);
    const { cases } = await read(out);
    const fates = cases.map(({ measurements }) =>
      measurements.filter(({ measure }) => measure === "lesion-change"),
    );
    expect(fates[0]).toEqual([]);
    expect(new Set(fates[1].map(({ value }) => value))).toEqual(new Set(["resolved"]));
    expect(cases[1].basis.notes).toEqual(["change since sub-01_ses-1, by the headers, not registered"]);
  });

  it.each([
    ["a path that does not exist", ["nowhere"], /FILE_NOT_FOUND/],
    ["a measure that there is not", ["STUDY", "--measures", "harris"], /QUANTIFY_MEASURE/],
    ["a reader without masks", ["STUDY", "--reader", "nobody"], /FILE_NOT_FOUND/],
    ["a run without predictions", ["STUDY", "--run", "first"], /FILE_NOT_FOUND|QUANTIFY_NO_MASK/],
    ["an image for a whole study", ["STUDY", "--image", "x.nii.gz"], /BAD_ARGUMENT/],
  ])("refuses %s", async (_, args, message) => {
    const out = ["--out", join(dir, "refused")];
    const { code, stderr } = await runMarrow(
      "quantify",
      ...args.map((arg) => (arg === "STUDY" ? study : arg)),
      ...out,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});
