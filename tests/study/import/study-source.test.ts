import { join } from "node:path";
import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { writeText } from "../../../src/study/files.js";
import { initStudy } from "../../../src/study/import/init.js";
import { readStudySource } from "../../../src/study/import/study-source.js";
import { openStudy } from "../../../src/study/study.js";
import { codeOf, folder, imagePath, makeStudy, maskPath, writeImage, writeMask } from "../make-study.js";

describe("import from another study", () => {
  it("takes images, all readers' masks, the table, labels and splits", async () => {
    const old = await makeStudy(["1", "2"]);
    await writeMask(maskPath(old, "2", "anna"), [2]);
    await writeText(
      join(old, "participants.tsv"),
      "participant_id\tsource_id\tage\tsite\nsub-1\tone\t40\tA\nsub-2\ttwo\tn/a\tB\n",
    );
    await writeText(join(old, "splits.json"), '{"folds":[{"train":["sub-1"],"validation":["sub-2"]}]}');
    const dir = await folder();
    const { findings, added } = await initStudy(dir, await readStudySource(old));
    expect([findings, added]).toEqual([[], 5]);
    const [before, after] = [await openStudy(old), await openStudy(dir)];
    expect(after.config).toEqual(before.config);
    expect(after.splits?.folds).toEqual(before.splits?.folds);
    const names = (study: typeof before) =>
      study.cases.map(({ id, site, sourceId }) => ({ id, site, sourceId }));
    expect(names(after)).toEqual(names(before));
    const again = await initStudy(dir, await readStudySource(old));
    expect([again.added, again.kept, again.findings]).toEqual([0, 5, []]);
  });

  it("takes a BIDS folder that Marrow never saw: most frequent sequence, masks of any derivative", async () => {
    const dir = await folder();
    await writeImage(imagePath(dir, "1"), 1);
    await writeImage(imagePath(dir, "2"), 2);
    await writeImage(imagePath(dir, "2", "STIR"), 3);
    await writeMask(join(dir, "derivatives", "manual", "sub-1", "anat", "sub-1_dseg.nii.gz"), [3]);
    const { config, masks } = await initStudy(await folder(), await readStudySource(dir), {
      reader: "manual",
    });
    expect(config).toMatchObject({
      channels: ["T1w"],
      reader: "manual",
      labels: [{ value: 3, name: "label-3" }],
    });
    expect(masks).toBe(1);
    expect((await readStudySource(dir, ["STIR"])).cases.map(({ id }) => id)).toEqual(["sub-2"]);
  });

  it("refuses a folder without images", async () => {
    const dir = await makeStudy(["1"]);
    await rm(join(dir, "sub-1"), { recursive: true });
    expect(await codeOf(readStudySource(dir))).toBe("SOURCE_NOT_FOUND");
  });
});
