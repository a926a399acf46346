import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maskId, masksIn, pairMasks } from "../../src/report/mask-files.js";

describe("maskId", () => {
  it.each([
    ["R11/1003_inflammation_R11.nii.gz", "1003_inflammation"],
    ["labelsTr/hippocampus_001.nii.gz", "hippocampus_001"],
    ["anat/sub-01_ses-2_T1w_mask.nii", "sub-01_ses-2"],
    ["out/sub-01_T1W_dseg.nii.gz", "sub-01"],
    ["out/1003.nii.gz", "1003"],
    ["out/sub-1003.nii.gz", "sub-1003"],
    ["imagesTr/hippocampus_001_0000.nii.gz", "hippocampus_001"],
  ])("%s is of case %s", (file, id) => expect(maskId(file)).toBe(id));
});

describe("pairMasks", () => {
  const masks = (...ids: string[]) => ids.map((id) => ({ id, file: `${id}.nii.gz` }));

  it("pairs by id, then by the first part where it is the only one", () => {
    const predictions = masks("sub-1003", "2014_x", "7_a", "7_b", "lone");
    const references = masks("1003_disease_region", "2014_x", "7_c", "other").map((m) => ({
      ...m,
      file: `r/${m.file}`,
    }));
    const { pairs, unpaired } = pairMasks(predictions, references);
    expect(pairs).toEqual([
      { id: "1003_disease_region", prediction: "sub-1003.nii.gz", reference: "r/1003_disease_region.nii.gz" },
      { id: "2014_x", prediction: "2014_x.nii.gz", reference: "r/2014_x.nii.gz" },
    ]);
    expect(unpaired.map(({ id, missing }) => `${id} ${missing}`).sort()).toEqual([
      "7_a reference",
      "7_b reference",
      "7_c prediction",
      "lone reference",
      "other prediction",
    ]);
  });
});

describe("masksIn", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "marrow-masks-"));
    await mkdir(join(dir, "good", "deep"), { recursive: true });
    await mkdir(join(dir, "twice"));
    for (const file of [
      "good/a_mask.nii.gz",
      "good/deep/b.nii",
      "good/notes.txt",
      "twice/a.nii",
      "twice/a_mask.nii",
    ])
      await writeFile(join(dir, file), "");
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it("finds images in folders below, or the one file", async () => {
    expect((await masksIn(join(dir, "good"))).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(await masksIn(join(dir, "good/a_mask.nii.gz"))).toEqual([
      { id: "a", file: join(dir, "good/a_mask.nii.gz") },
    ]);
  });

  it("refuses two masks of one case, and a folder that is not there", async () => {
    await expect(masksIn(join(dir, "twice"))).rejects.toThrow(/BAD_ARGUMENT[^]*one mask for each case/);
    await expect(masksIn(join(dir, "nowhere"))).rejects.toThrow("FILE_NOT_FOUND");
  });
});
