import { rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeText } from "../../../src/study/files.js";
import { initStudy } from "../../../src/study/import/init.js";
import { readNnunet } from "../../../src/study/import/nnunet.js";
import { openStudy } from "../../../src/study/study.js";
import { codeOf, folder, writeImage, writeMask } from "../make-study.js";

const oldStyle = { modality: { 0: "T1" }, labels: { 0: "background", 1: "Anterior", 2: "Posterior part" } };
const newStyle = { channel_names: { 0: "T1" }, labels: { background: 0, Anterior: 1, "Posterior part": 2 } };

async function nnunet(ids: string[], options: { dataset?: object; ending?: string } = {}): Promise<string> {
  const dir = await folder();
  for (const [n, id] of ids.entries()) {
    await writeImage(join(dir, "imagesTr", `${id}${options.ending ?? "_0000"}.nii.gz`), n + 1);
    await writeMask(join(dir, "labelsTr", `${id}.nii.gz`), [1, 2]);
  }
  if (options.dataset) await writeText(join(dir, "dataset.json"), JSON.stringify(options.dataset));
  return dir;
}

const init = async (source: string, dir?: string) =>
  initStudy(dir ?? (await folder()), await readNnunet(source));

describe("import from nnU-Net", () => {
  it.each([
    ["old dataset.json", oldStyle, "_0000"],
    ["new dataset.json", newStyle, "_0000"],
    ["images without channel number", newStyle, ""],
  ])("reads %s", async (_, dataset, ending) => {
    const { dir, findings, config } = await init(await nnunet(["hip_001", "hip_002"], { dataset, ending }));
    expect(findings).toEqual([]);
    expect(config).toEqual({
      ...{ task: "custom", reader: "reference", channels: ["T1w"] },
      labels: [
        { value: 1, name: "anterior" },
        { value: 2, name: "posterior-part" },
      ],
    });
    const { cases } = await openStudy(dir);
    expect(cases.map(({ id, sourceId }) => [id, sourceId])).toEqual([
      ["sub-hip001", "hip_001"],
      ["sub-hip002", "hip_002"],
    ]);
    expect(cases.every(({ mask }) => mask !== undefined)).toBe(true);
  });

  it("reads labels from the masks where there is no dataset.json", async () => {
    const { config } = await init(await nnunet(["a", "b"]));
    expect(config.labels).toEqual([
      { value: 1, name: "label-1" },
      { value: 2, name: "label-2" },
    ]);
  });

  it("does not take case numbers for channel numbers", async () => {
    const { cases } = await init(
      await nnunet(["patient_0017", "patient_0018"], { ending: "", dataset: newStyle }),
    );
    expect(cases).toBe(2);
  });

  it("takes several channels of one case", async () => {
    const source = await nnunet(["a"], { dataset: { ...newStyle, channel_names: { 0: "T1", 1: "STIR" } } });
    await writeImage(join(source, "imagesTr", "a_0001.nii.gz"), 9);
    const { dir } = await init(source);
    expect((await openStudy(dir)).cases[0].images.map((path) => path.slice(dir.length + 1))).toEqual([
      join("sub-a", "anat", "sub-a_T1w.nii.gz"),
      join("sub-a", "anat", "sub-a_STIR.nii.gz"),
    ]);
  });

  it("takes over splits_final.json and test cases", async () => {
    const source = await nnunet(["a_1", "a_2"], { dataset: newStyle });
    await writeImage(join(source, "imagesTs", "a_3_0000.nii.gz"), 7);
    await writeMask(join(source, "labelsTs", "a_3.nii.gz"), [1]);
    await writeText(join(source, "splits_final.json"), '[{"train":["a_1"],"val":["a_2"]}]');
    const { dir } = await init(source);
    expect((await openStudy(dir)).splits).toMatchObject({
      folds: [{ train: ["sub-a1"], validation: ["sub-a2"] }],
      test: ["sub-a3"],
    });
  });

  it("goes on after bad inputs, lists them all, and continues when they are mended", async () => {
    const source = await nnunet(["a_1", "a_2", "a_3", "a_4"], { dataset: newStyle });
    const at = (...parts: string[]) => join(source, ...parts);
    await writeText(at("splits_final.json"), '[{"train":["a_1","a_2"],"val":["a_3"]}]');
    await writeText(at("imagesTr", "a_2_0000.nii.gz"), "garbage");
    await rm(at("labelsTr", "a_3.nii.gz"));
    await rename(at("imagesTr", "a_4_0000.nii.gz"), at("a_4.saved"));
    const first = await init(source);
    expect(first.findings.map(({ code, case: id }) => `${code} ${id ?? ""}`)).toEqual([
      "IMPORT_NO_IMAGE a_4",
      "IMPORT_NO_MASK a_3",
      "IMPORT_UNREADABLE a_2",
      "IMPORT_SPLITS ",
    ]);
    expect((await openStudy(first.dir)).cases.map(({ id }) => id)).toEqual(["sub-a1", "sub-a3"]);

    await writeImage(at("imagesTr", "a_2_0000.nii.gz"), 2);
    await writeMask(at("labelsTr", "a_3.nii.gz"), [1]);
    await rename(at("a_4.saved"), at("imagesTr", "a_4_0000.nii.gz"));
    const second = await init(source, first.dir);
    expect(second.findings).toEqual([]);
    expect([second.added, second.kept]).toEqual([5, 3]);
    const study = await openStudy(first.dir);
    expect(study.cases).toHaveLength(4);
    expect(study.splits?.folds[0].train).toEqual(["sub-a1", "sub-a2"]);
  });

  it("changes nothing when run again, and never a mask corrected in the study", async () => {
    const source = await nnunet(["a_1", "a_2"], { dataset: newStyle });
    const { dir } = await init(source);
    const mask = join(dir, "derivatives", "annotations", "reference", "sub-a1", "anat", "sub-a1_mask.nii.gz");
    const again = await init(source, dir);
    expect([again.added, again.kept, again.findings]).toEqual([0, 4, []]);
    await writeMask(mask, [2, 2, 2]);
    await utimes(mask, new Date(), new Date(Date.now() + 60_000));
    const corrected = readFileSync(mask);
    const third = await init(source, dir);
    expect(third.findings).toMatchObject([{ code: "IMPORT_DIFFERS", case: "sub-a1" }]);
    expect(readFileSync(mask).equals(corrected)).toBe(true);
  });

  it("keeps names apart that become the same", async () => {
    const { dir, findings } = await init(await nnunet(["a_1", "a1"], { dataset: newStyle }));
    expect(findings).toMatchObject([{ code: "IMPORT_NAME" }]);
    const { cases } = await openStudy(dir);
    expect(new Map(cases.map(({ sourceId, id }) => [sourceId, id]))).toEqual(
      new Map([
        ["a_1", "sub-a1"],
        ["a1", "sub-a1x2"],
      ]),
    );
    expect((await init(await nnunet(["a_1", "a1"], { dataset: newStyle }), dir)).cases).toBe(2);
    expect((await openStudy(dir)).cases).toHaveLength(2);
  });

  it("groups sessions by a pattern", async () => {
    const source = await nnunet(["p1_v1", "p1_v2", "p2_v1"], { dataset: newStyle });
    const { dir } = await initStudy(
      await folder(),
      await readNnunet(source, { pattern: "^(?<subject>p\\d+)_(?<session>v\\d+)" }),
    );
    const { cases } = await openStudy(dir);
    expect(cases.map(({ id, subject, sourceId }) => [id, subject, sourceId])).toEqual([
      ["sub-p1_ses-v1", "sub-p1", "p1_v1"],
      ["sub-p1_ses-v2", "sub-p1", "p1_v2"],
      ["sub-p2_ses-v1", "sub-p2", "p2_v1"],
    ]);
  });

  it("links instead of copying on request", async () => {
    const source = await nnunet(["a"], { dataset: newStyle });
    const { dir } = await initStudy(await folder(), await readNnunet(source), { link: true });
    const { cases } = await openStudy(dir);
    expect(lstatSync(cases[0].images[0]).isSymbolicLink()).toBe(true);
    expect(existsSync(cases[0].images[0])).toBe(true);
  });

  it("explains folders and dataset.json it cannot use", async () => {
    expect(await codeOf(readNnunet(await folder()))).toBe("SOURCE_NOT_FOUND");
    const source = await nnunet(["a"], { dataset: { labels: 3 } });
    expect(await codeOf(readNnunet(source))).toBe("DATASET_JSON");
    await writeText(join(source, "dataset.json"), "{");
    expect(await codeOf(readNnunet(source))).toBe("DATASET_JSON");
    await writeText(
      join(source, "dataset.json"),
      JSON.stringify({ labels: { background: 0, whole: [1, 2], core: 2 } }),
    );
    const { labels, findings } = await readNnunet(source);
    expect(labels).toEqual([{ value: 2, name: "core" }]);
    expect(findings).toMatchObject([{ code: "IMPORT_LABELS" }]);
  });
});
