import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findFemoralHeads } from "../../../src/study/crops/femoral-heads.js";
import { readNifti } from "../../../src/volume/nifti.js";

const images = join(process.env.MARROW_SHARED ?? "../shared", "data", "pelvis-mri-bones", "imagesTr");
/** Spheres fitted to labelled femurs with SciPy, see fixtures/femoral-heads.py. */
const fixture = fileURLToPath(new URL("../fixtures/femoral-heads.json", import.meta.url));
const heads = JSON.parse(readFileSync(fixture, "utf8")) as Record<string, Record<string, number[]>>;

describe.skipIf(!existsSync(images))("femoral heads of patients (T1)", () => {
  it.each(Object.entries(heads))("%s: both within 4 mm", async (name, truth) => {
    const found = findFemoralHeads(await readNifti(join(images, `${name}.nii.gz`)));
    expect(found.map(({ side }) => side)).toEqual(["left", "right"]);
    for (const { side, centre } of found)
      expect(Math.hypot(...centre.map((mm, n) => mm - truth[side][n])), side).toBeLessThan(4);
  });
});
