import { join } from "node:path";
import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { writeText } from "../../src/study/files.js";
import { openStudy } from "../../src/study/study.js";
import {
  codeOf,
  config,
  folder,
  imagePath,
  makeStudy,
  maskPath,
  writeImage,
  writeMask,
} from "./make-study.js";

describe("openStudy", () => {
  it("lists cases with absolute paths, in the order of their numbers", async () => {
    const dir = await makeStudy(["10", "9"]);
    await writeText(
      join(dir, "participants.tsv"),
      "participant_id\tsource_id\tsite\nsub-9\tnine\tA\nsub-10\tn/a\tn/a\n",
    );
    const { cases, incomplete, task } = await openStudy(dir);
    expect(cases).toEqual([
      {
        id: "sub-9",
        subject: "sub-9",
        site: "A",
        sourceId: "nine",
        images: [imagePath(dir, "9")],
        mask: maskPath(dir, "9"),
      },
      { id: "sub-10", subject: "sub-10", images: [imagePath(dir, "10")], mask: maskPath(dir, "10") },
    ]);
    expect(incomplete).toEqual([]);
    expect(task.labels.map(({ name }) => name)).toEqual(["bone", "lesion"]);
  });

  it("knows sessions, several channels, missing channels and missing masks", async () => {
    const dir = await makeStudy(["1"]);
    await writeText(join(dir, "marrow.yaml"), config.replace("[T1w]", "[T1w, STIR]"));
    const stem = join(dir, "sub-2", "ses-b", "anat", "sub-2_ses-b");
    await writeImage(`${stem}_T1w.nii.gz`, 5);
    await writeImage(`${stem}_STIR.nii`, 6);
    const { cases, incomplete } = await openStudy(dir);
    expect(cases).toEqual([
      { id: "sub-2_ses-b", subject: "sub-2", images: [`${stem}_T1w.nii.gz`, `${stem}_STIR.nii`] },
    ]);
    expect(incomplete).toEqual([{ id: "sub-1", missing: join("sub-1", "anat", "sub-1_STIR.nii.gz") }]);
  });

  it("takes masks of the reader in marrow.yaml alone", async () => {
    const dir = await makeStudy(["1"]);
    await writeMask(maskPath(dir, "1", "second"), [2]);
    await writeText(join(dir, "marrow.yaml"), config.replace("reader: reference", "reader: second"));
    expect((await openStudy(dir)).cases[0].mask).toBe(maskPath(dir, "1", "second"));
  });

  it("reads plan and splits, or leaves them alone on request", async () => {
    const dir = await makeStudy(["1", "2"]);
    await writeText(
      join(dir, "splits.json"),
      JSON.stringify({ folds: [{ train: ["sub-1"], validation: ["sub-2"] }] }),
    );
    expect((await openStudy(dir)).splits?.folds[0].train).toEqual(["sub-1"]);
    await writeText(
      join(dir, "splits.json"),
      JSON.stringify({ folds: [{ train: ["sub-3"], validation: [] }] }),
    );
    await writeText(join(dir, "plan.yaml"), "batch: 2\n");
    expect(await codeOf(openStudy(dir))).toBe("PLAN_INVALID");
    expect(await codeOf(openStudy(dir, { ignorePlan: true }))).toBe("SPLITS_UNKNOWN_CASE");
    expect((await openStudy(dir, { ignorePlan: true, ignoreSplits: true })).cases).toHaveLength(2);
  });

  it.each<[string, string, RegExp]>([
    ["channels: [T1w]", "channels: []", /channels/],
    ["value: 2", "value: 300", /labels\.1\.value/],
    ["value: 2", "value: 1", /1 stands there twice/],
    ["name: lesion", "name: Two Words", /labels\.1\.name/],
    ["reader: reference", "reader: ../x", /reader/],
    ["labels:", "labels: [", /STUDY_CONFIG/],
  ])("explains marrow.yaml with %s as %s", async (from, to, message) => {
    const dir = await makeStudy(["1"]);
    await writeText(join(dir, "marrow.yaml"), config.replace(from, to));
    await expect(openStudy(dir)).rejects.toThrow(message);
    expect(await codeOf(openStudy(dir))).toBe("STUDY_CONFIG");
  });

  it("tells a folder that is no study from a study without cases", async () => {
    expect(await codeOf(openStudy(await folder()))).toBe("STUDY_NOT_FOUND");
    expect(await codeOf(openStudy(join(await folder(), "none")))).toBe("STUDY_NOT_FOUND");
    const dir = await makeStudy(["1"]);
    await rm(join(dir, "sub-1"), { recursive: true });
    expect(await codeOf(openStudy(dir))).toBe("STUDY_EMPTY");
    expect((await openStudy(dir, { allowEmpty: true })).cases).toEqual([]);
  });
});
