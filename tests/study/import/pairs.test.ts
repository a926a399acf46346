import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { initStudy } from "../../../src/study/import/init.js";
import { parseLabels } from "../../../src/study/import/labels.js";
import { readPairs, sharedTail } from "../../../src/study/import/pairs.js";
import { openStudy } from "../../../src/study/study.js";
import { writeText } from "../../../src/study/files.js";
import { readNifti } from "../../../src/volume/nifti.js";
import { writeNifti } from "../../../src/volume/nifti.js";
import { codeOf, folder, straight, writeImage, writeMask } from "../make-study.js";

async function pairs(images: string[], masks: string[]): Promise<[string, string]> {
  const dir = await folder();
  for (const [n, name] of images.entries()) await writeImage(join(dir, "i", `${name}.nii.gz`), n + 1);
  for (const name of masks) await writeMask(join(dir, "m", `${name}.nii.gz`), [1]);
  return [join(dir, "i"), join(dir, "m")];
}

const matched = async (images: string[], masks: string[], pattern?: string) => {
  const source = await readPairs(...(await pairs(images, masks)), { ...(pattern && { pattern }) });
  return source.cases.map(({ id, masks: own }) => `${id}:${own.length}`);
};

describe("matching images and masks", () => {
  it.each([
    ["equal names", ["a", "b"], ["a", "b"], ["a:1", "b:1"]],
    ["channel numbers", ["a_0000", "b_0000"], ["a", "b"], ["a:1", "b:1"]],
    ["a word for the mask", ["a", "b"], ["a_mask", "b_seg"], ["a:1", "b:1"]],
    [
      "endings of their own",
      ["1003_T1W", "1007_T1W"],
      ["1003_disease_region", "1007_disease_region"],
      ["1003:1", "1007:1"],
    ],
    ["folders below", ["Pre/1_T1W", "Post/2_T1W"], ["1_bone", "Test/2_bone"], ["1:1", "2:1"]],
    [
      "BIDS names",
      ["sub-1_ses-1_T1w", "sub-1_ses-2_T1w"],
      ["sub-1_ses-1_mask", "sub-1_ses-2_mask"],
      ["sub-1_ses-1:1", "sub-1_ses-2:1"],
    ],
  ])("matches by %s", async (_, images, masks, expected) =>
    expect(await matched(images, masks)).toEqual(expected),
  );

  it("obeys a pattern with patient, session and site", async () => {
    const [images, masks] = await pairs(["Xi_p1_v1_img", "Xi_p1_v2_img"], ["Xi_p1_v1_roi", "Xi_p1_v2_roi"]);
    const pattern = "^(?<site>[A-Za-z]+)_(?<subject>p\\d+)_(?<session>v\\d+)";
    const { dir } = await initStudy(await folder(), await readPairs(images, masks, { pattern }), {
      task: "sij-fat",
    });
    expect((await openStudy(dir)).cases).toMatchObject([
      { id: "sub-p1_ses-v1", subject: "sub-p1", site: "Xi", sourceId: "p1_v1" },
      { id: "sub-p1_ses-v2", subject: "sub-p1", site: "Xi" },
    ]);
  });

  it("reports what has no partner, and two files of one case", async () => {
    const [images, masks] = await pairs(["a", "b", "x/a"], ["a", "c"]);
    const { findings } = await readPairs(images, masks);
    expect(findings.map(({ code, case: id }) => `${code} ${id}`)).toEqual([
      "IMPORT_AMBIGUOUS a",
      "IMPORT_NO_IMAGE c",
      "IMPORT_NO_MASK b",
    ]);
  });

  it("refuses an empty folder and a broken pattern", async () => {
    expect(await codeOf(readPairs(await folder(), undefined))).toBe("SOURCE_NOT_FOUND");
    const [images, masks] = await pairs(["a"], ["a"]);
    expect(await codeOf(readPairs(images, masks, { pattern: "(" }))).toBe("BAD_ARGUMENT");
  });

  it.each([
    [["1_T1W", "2_T1W"], "_T1W"],
    [["1_x_T1W", "2_x_T1W"], "_x_T1W"],
    [["case-1", "case-2"], ""],
    [["1003_T1W"], "_T1W"],
    [[], ""],
  ])("sees what %j share at their end", (stems, tail) => expect(sharedTail(stems)).toBe(tail));
});

describe("importing pairs", () => {
  it("names the sequence after the images, and labels as told", async () => {
    const source = await readPairs(...(await pairs(["1_T1W", "2_T1W"], ["1_bone", "2_bone"])));
    const { config } = await initStudy(await folder(), source, { labels: parseLabels("1=ilium, 2=sacrum") });
    expect(config).toMatchObject({ channels: ["T1w"], labels: [{ name: "ilium" }, { name: "sacrum" }] });
    expect(() => parseLabels("1:ilium")).toThrow("BAD_ARGUMENT");
    expect(() => parseLabels("0=air")).toThrow("BAD_ARGUMENT");
  });

  it("takes labels and sequence of a shipped task, and its sidecars", async () => {
    const [images, masks] = await pairs(["a"], ["a"]);
    await writeText(join(images, "a.json"), '{"EchoTime": 0.01}');
    const { dir } = await initStudy(await folder(), await readPairs(images, masks), {
      task: "sij-oedema",
      site: "Rome",
    });
    const study = await openStudy(dir);
    expect(study.task.title).toContain("oedema");
    expect(study.cases[0]).toMatchObject({
      site: "Rome",
      images: [join(dir, "sub-a", "anat", "sub-a_STIR.nii.gz")],
    });
    const { readJson } = await import("../../../src/study/files.js");
    expect(await readJson(join(dir, "sub-a", "anat", "sub-a_STIR.json"))).toEqual({ EchoTime: 0.01 });
  });

  it("adds a second centre, whose patient of the same name is another one", async () => {
    const dir = await folder();
    for (const [site, name] of [
      ["A", "p1"],
      ["B", "p1"],
    ]) {
      const source = await readPairs(...(await pairs([name], [name])));
      await initStudy(dir, source, { task: "bones", site });
    }
    expect((await openStudy(dir)).cases.map(({ id, site }) => [id, site])).toEqual([
      ["sub-p1", "A"],
      ["sub-p1x2", "B"],
    ]);
  });

  it("packs .nii, values unchanged", async () => {
    const dir = await folder();
    const data = Int16Array.from({ length: 24 }, (_, n) => n - 7);
    await writeNifti(join(dir, "i", "a.nii"), {
      data,
      size: [2, 3, 4],
      affine: straight([1, 2, 3], [4, 5, 6]),
    }).catch(async () => {
      await writeText(join(dir, "i", ".keep"), "");
      await writeNifti(join(dir, "i", "a.nii"), {
        data,
        size: [2, 3, 4],
        affine: straight([1, 2, 3], [4, 5, 6]),
      });
    });
    const report = await initStudy(await folder(), await readPairs(join(dir, "i"), undefined), {
      task: "bones",
    });
    const [one] = (await openStudy(report.dir)).cases;
    expect(one.images[0]).toMatch(/sub-a_T1w\.nii\.gz$/);
    const image = await readNifti(one.images[0]);
    expect([...image.data]).toEqual([...data]);
    expect(image.affine).toEqual(straight([1, 2, 3], [4, 5, 6]));
  });

  it("needs to know the labels where there are no masks, a fit reader and a known task", async () => {
    const [images] = await pairs(["a"], []);
    const source = await readPairs(images, undefined);
    expect(await codeOf(initStudy(await folder(), source))).toBe("BAD_ARGUMENT");
    expect(await codeOf(initStudy(await folder(), source, { task: "bones", reader: "../x" }))).toBe(
      "BAD_ARGUMENT",
    );
    expect(await codeOf(initStudy(await folder(), source, { task: "knee" }))).toBe("TASK_UNKNOWN");
  });
});
