/** `marrow report` about one patient who was examined twice: what changed, and how much of it may be chance. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeConfig } from "../../src/study/config.js";
import { imageStem, maskStem } from "../../src/study/names.js";
import { writeNifti } from "../../src/volume/nifti.js";
import { runMarrow } from "./run-marrow.js";

const folder = mkdtempSync(join(tmpdir(), "marrow-patient-"));
const study = join(folder, "study");
const page = join(study, "derivatives", "marrow", "report", "patients", "sub-01.html");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Voxels of 2 × 2 × 5 mm: 20 mm³ each. */
const grid = { size: [8, 8, 4], affine: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1] } as const;

/** Two lesions of 8 voxels, far from each other; the first one grows to 10, the second one goes. */
const lesions = { "1": [0, 8, 192, 200], "2": [0, 10] } as const;

beforeAll(async () => {
  const labels = [{ value: 1, name: "fat-metaplasia" }];
  await writeConfig(study, { task: "sij-fat", reader: "R1", channels: ["T1w"], labels });
  for (const [session, spans] of Object.entries(lesions)) {
    const data = new Uint8Array(256);
    for (let n = 0; n < spans.length; n += 2) data.fill(1, spans[n], spans[n + 1]);
    const image = Int16Array.from(data, (value, n) => 100 + 80 * value + (n % 7));
    const entity = { subject: "01", session };
    for (const [stem, values] of [
      [imageStem(entity, "T1w"), image],
      [maskStem(entity, "R1"), data],
    ] as const) {
      mkdirSync(dirname(join(study, stem)), { recursive: true });
      await writeNifti(join(study, `${stem}.nii.gz`), { ...grid, data: values });
    }
  }
});

async function since(...args: string[]): Promise<string> {
  const { code, stderr } = await runMarrow("report", ...args);
  expect([code, stderr]).toEqual([0, ""]);
  const [, text = ""] = /Since last time<\/h3><p>([^<]*)</.exec(readFileSync(page, "utf8")) ?? [];
  return text;
}

describe("marrow report about a patient with two examinations", () => {
  it("says what grew and went, and that the error of measurement is not known", async () => {
    const text = await since(study, "--patient", "sub-01");
    expect(text).toContain("Since sub-01_ses-1");
    expect(text).toContain("fat metaplasia: 0.32 ml then, 0.20 ml now");
    expect(text).toMatch(/lesions: 1 grown, 1 resolved/);
    expect(text).toContain("was not given");
  });

  it("calls a change within the smallest detectable one stable; a patient's folder means the patient", async () => {
    const text = await since(join(study, "sub-01"), "--sdc", "50");
    expect(text).toMatch(/lesions: 1 stable, 1 resolved/);
    expect(text).toContain("by 50 mm³ or less counts as stable");
  });
});
