import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow, readJson, writeText } from "../../src/study/files.js";
import { initStudy } from "../../src/study/import/init.js";
import { readNnunet } from "../../src/study/import/nnunet.js";
import { exportNnunet } from "../../src/study/nnunet-export.js";
import { openStudy } from "../../src/study/study.js";
import { readMask, readNifti } from "../../src/volume/nifti.js";
import type { Affine } from "../../src/volume/volume.js";
import { config, folder, imagePath, makeStudy, maskPath, writeImage, writeMask } from "./make-study.js";

const oblique: Affine = [-0.8, 0.1, 0.3, 10, 0.1, -0.2, 3, -20, -0.05, -0.9, 0.6, 5, 0, 0, 0, 1];

describe("export to nnU-Net", () => {
  it("comes back as it was: names, voxels, places, labels, splits", async () => {
    const source = await folder();
    for (const [n, id] of ["hip_001", "hip_002", "hip_003"].entries()) {
      const [images, labels] = n < 2 ? ["imagesTr", "labelsTr"] : ["imagesTs", "labelsTs"];
      await writeImage(join(source, images, `${id}_0000.nii.gz`), n, { affine: oblique });
      await writeMask(join(source, labels, `${id}.nii.gz`), [1, 2, 1], { affine: oblique });
    }
    const dataset = {
      channel_names: { 0: "STIR" },
      labels: { background: 0, head: 1, lesion: 2 },
      numTraining: 2,
      file_ending: ".nii.gz",
    };
    await writeText(join(source, "dataset.json"), JSON.stringify(dataset));
    await writeText(join(source, "splits_final.json"), '[{"train":["hip_001"],"val":["hip_002"]}]');
    const { dir } = await initStudy(await folder(), await readNnunet(source));
    const out = await folder();
    expect(await exportNnunet(await openStudy(dir), out)).toMatchObject({
      training: 2,
      testing: 1,
      renumbered: [],
    });

    const names = async (root: string) => (await filesBelow(root)).map((file) => file.slice(root.length));
    expect(await names(out)).toEqual(await names(source));
    expect(await readJson(join(out, "dataset.json"))).toEqual(dataset);
    expect(await readJson(join(out, "splits_final.json"))).toEqual(
      await readJson(join(source, "splits_final.json")),
    );
    for (const place of ["imagesTr/hip_001_0000.nii.gz", "labelsTs/hip_003.nii.gz"]) {
      const [before, after] = [await readNifti(join(source, place)), await readNifti(join(out, place))];
      expect(after.data).toEqual(before.data);
      expect(after.affine).toEqual(before.affine);
    }
  });

  it("closes gaps between labels and says so", async () => {
    const dir = await makeStudy(["1"]);
    await writeText(join(dir, "marrow.yaml"), config.replace("value: 2", "value: 7"));
    await writeMask(maskPath(dir, "1"), [7, 1, 0, 7]);
    const out = await folder();
    const { renumbered } = await exportNnunet(await openStudy(dir), out);
    expect(renumbered).toEqual([{ name: "lesion", from: 7, to: 2 }]);
    expect([...(await readMask(join(out, "labelsTr", "sub-1.nii.gz"))).data.slice(0, 4)]).toEqual([
      2, 1, 0, 2,
    ]);
    expect(await readJson(join(out, "dataset.json"))).toMatchObject({
      labels: { background: 0, bone: 1, lesion: 2 },
    });
  });

  it("puts cases without mask among the test images, and uses ids where original names are ambiguous", async () => {
    const dir = await makeStudy(["1", "2"]);
    await writeImage(imagePath(dir, "3"), 3);
    await writeText(
      join(dir, "participants.tsv"),
      "participant_id\tsource_id\nsub-1\tx\nsub-2\tx\nsub-3\ty z\n",
    );
    const out = await folder();
    await exportNnunet(await openStudy(dir), out);
    expect((await filesBelow(out)).map((file) => file.slice(out.length + 1))).toEqual([
      "dataset.json",
      join("imagesTr", "sub-1_0000.nii.gz"),
      join("imagesTr", "sub-2_0000.nii.gz"),
      join("imagesTs", "sub-3_0000.nii.gz"),
      join("labelsTr", "sub-1.nii.gz"),
      join("labelsTr", "sub-2.nii.gz"),
    ]);
  });
});
