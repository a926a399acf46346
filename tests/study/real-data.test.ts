import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { checkStudy } from "../../src/study/check.js";
import { readJson } from "../../src/study/files.js";
import { initStudy } from "../../src/study/import/init.js";
import { readNnunet } from "../../src/study/import/nnunet.js";
import { readPairs } from "../../src/study/import/pairs.js";
import { gridIn } from "../../src/study/orientation.js";
import { derivePlan } from "../../src/study/plan.js";
import { openStudy } from "../../src/study/study.js";
import { folder } from "./make-study.js";

const data = join(process.env.MARROW_SHARED ?? "../shared", "data");
const hippocampus = join(data, "msd-hippocampus");
const joints = join(data, "sij-bone-mri", "data");

describe.skipIf(!existsSync(hippocampus))("msd-hippocampus", () => {
  it("is imported whole, checks clean and gets the plan that fits it", async () => {
    const source = await readNnunet(resolve(hippocampus));
    const { dir, findings, cases } = await initStudy(await folder(), source, { link: true });
    expect([cases, findings]).toEqual([260, []]);
    const study = await openStudy(dir);
    const given = (await readJson(join(hippocampus, "splits_final.json"))) as {
      train: string[];
      val: string[];
    }[];
    expect(study.splits?.folds.map(({ train, validation }) => [train.length, validation.length])).toEqual(
      given.map(({ train, val }) => [train.length, val.length]),
    );
    expect(study.splits?.folds[0].validation[0]).toBe(`sub-${given[0].val[0].replace("_", "")}`);
    const { findings: wrong, fingerprint } = await checkStudy(study);
    expect(wrong).toEqual([]);
    const { plan } = derivePlan(study.task, fingerprint);
    expect(plan).toMatchObject({ orientation: "LPS", spacing: [1, 1, 1], patch: [40, 56, 40], batch: 2 });
    expect(plan.normalisation.method).toBe("z-score");
  });
});

describe.skipIf(!existsSync(joints))("sij-bone-mri", () => {
  it("is matched by number, lies coronal as a whole and checks without errors", async () => {
    const source = await readPairs(
      resolve(joints, "images_study", "T1W"),
      resolve(joints, "segmentations", "Disease_region_manual_segmentation"),
    );
    const { dir, findings, masks, config } = await initStudy(await folder(), source, {
      task: "bones",
      link: true,
    });
    expect([findings, masks, config.channels]).toEqual([[], 10, ["T1w"]]);
    const study = await openStudy(dir);
    const { findings: found, fingerprint } = await checkStudy(study);
    expect(found.map(({ code, case: id }) => `${code} ${id}`)).toEqual([
      "GRID_NEARLY sub-1007",
      "GRID_NEARLY sub-1234",
    ]);
    const { plan } = derivePlan(study.task, fingerprint);
    expect(plan).toMatchObject({ orientation: "LIP", patch: [352, 352, 1], networks: [{ name: "unet-2d" }] });
    // 1013 and 4386 are tilted by more than 45° and would else be cut across their slices.
    for (const { images } of fingerprint.cases)
      expect(gridIn("LIP", images[0]).spacing[2]).toBeCloseTo(3.3, 2);
  });
});
