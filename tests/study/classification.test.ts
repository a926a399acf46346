import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { casesWithRoi, entityOfCase, readTargets } from "../../src/study/classification.js";
import { clinicalNumbers } from "../../src/study/clinical.js";
import { classificationSchema } from "../../src/study/classification-schema.js";
import { planForNetwork } from "../../src/study/plan.js";
import { makeSplits } from "../../src/study/splits.js";
import { classifierPlan } from "../training/classified.js";

const dir = mkdtempSync(join(tmpdir(), "marrow-classification-"));
afterAll(() => rmSync(dir, { recursive: true }));
writeFileSync(
  join(dir, "participants.tsv"),
  "participant_id\tdiagnosis\tage\tsex\tcrp\nsub-1\taxSpA\t35\tM\t5\nsub-2\tother\tn/a\tF\tn/a\nsub-3\tn/a\t40\tF\t1\n",
);
const cases = ["sub-1", "sub-2", "sub-3"].map((id) => ({ id, subject: id, images: [], mask: "reference" }));
const classification = classificationSchema.parse({
  column: "diagnosis",
  positive: "axSpA",
  roi: "reader-2",
  clinical: ["age", "sex"],
  iterationsPerEpoch: 5,
});

describe("clinicalNumbers", () => {
  it("gives each variable's value and 1, or 0 and 0 where it is missing", () => {
    const { numbers, missing } = clinicalNumbers(
      { age: "50", hla_b27: "n/a", sex: "f" },
      ["age", "hla_b27", "sex", "crp"],
      "t",
    );
    expect([...numbers]).toEqual([1, 1, 0, 0, -1, 1, 0, 0]);
    expect(missing).toEqual(["hla_b27", "crp"]);
  });

  it.each([
    ["age", "old"],
    ["age", "-3"],
    ["crp", "<5"],
    ["sex", "x"],
    ["hla_b27", "maybe"],
  ] as const)("refuses %s = %s", (name, text) => {
    expect(() => clinicalNumbers({ [name]: text }, [name], "t")).toThrow("CLINICAL_VALUE");
  });
});

describe("readTargets", () => {
  it("has class and variables of the cases whose class is known", async () => {
    const targets = await readTargets({ dir, cases }, classification);
    expect([...targets.keys()]).toEqual(["sub-1", "sub-2"]);
    expect(targets.get("sub-1")).toEqual({ positive: true, clinical: Float32Array.of(0, 1, 1, 1) });
    expect(targets.get("sub-2")).toEqual({ positive: false, clinical: Float32Array.of(0, 0, -1, 1) });
  });

  it("refuses a column that nobody has", async () => {
    const other = { ...classification, column: "verdict" };
    await expect(readTargets({ dir, cases }, other)).rejects.toMatchObject({ code: "CLASSIFY_COLUMN" });
  });
});

describe("casesWithRoi", () => {
  it("takes a reader's masks or a run's predictions, and no other mask", async () => {
    await expect(casesWithRoi({ dir, cases }, "reader-2")).rejects.toMatchObject({
      code: "CLASSIFY_NO_MASK",
    });
    const own = join(dir, "derivatives/annotations/reader-2/sub-1/anat");
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "sub-1_mask.nii.gz"), "");
    const run = join(dir, "derivatives/marrow/runs/unet/fold-0/predictions");
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, "sub-2.nii.gz"), "");
    const masks = async (roi: string) => (await casesWithRoi({ dir, cases }, roi)).map(({ mask }) => mask);
    expect(await masks("reader-2")).toEqual([join(own, "sub-1_mask.nii.gz"), undefined, undefined]);
    expect(await masks("unet")).toEqual([undefined, join(run, "sub-2.nii.gz"), undefined]);
  });
});

describe("entityOfCase", () => {
  it("reads subject and session", () => {
    expect(entityOfCase("sub-7")).toEqual({ subject: "7" });
    expect(entityOfCase("sub-7_ses-2")).toEqual({ subject: "7", session: "2" });
  });
});

describe("planForNetwork", () => {
  const unet = { ...classifierPlan().networks[0], name: "unet-3d", patch: undefined };
  const plan = { ...classifierPlan(), epochs: 99, networks: [unet, classifierPlan().networks[0]] };

  it("gives a classifier its section's numbers", () => {
    const own = planForNetwork(plan, "residual-classifier");
    expect([own.epochs, own.optimiser.learningRate, own.augmentation.foreground]).toEqual([3, 0.02, 0]);
  });

  it("keeps the section from segmentation networks, so that it does not change them", () => {
    const own = planForNetwork(plan, "unet-3d");
    expect([own.epochs, "classification" in own]).toEqual([99, false]);
  });

  it("refuses a classifier without the section", () => {
    const without = { ...classifierPlan(), classification: undefined };
    expect(() => planForNetwork(without, "residual-classifier")).toThrow("PLAN_INVALID");
  });
});

describe("makeSplits with classes", () => {
  it("gives every fold its share of both classes, whatever the lesions' volumes", () => {
    const patients = Array.from({ length: 20 }, (_, n) => ({
      id: `sub-${n}`,
      subject: `sub-${n}`,
      foreground: n,
      labels: [1],
      group: n % 4 === 0 ? "other" : "axSpA",
    }));
    const { folds } = makeSplits(patients, { folds: 5, seed: 3 });
    const others = folds.map(
      ({ validation }) => validation.filter((id) => Number(id.slice(4)) % 4 === 0).length,
    );
    expect(others).toEqual([1, 1, 1, 1, 1]);
  });
});
