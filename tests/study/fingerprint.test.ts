import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readJson, writeText } from "../../src/study/files.js";
import { fingerprintOf, measureImage, quantile } from "../../src/study/fingerprint.js";
import { openStudy } from "../../src/study/study.js";
import { imagePath, makeStudy, maskPath, straight, writeImage } from "./make-study.js";

describe("fingerprint", () => {
  it("measures finite voxels alone; percentiles as numpy.percentile", () => {
    const data = Float32Array.from({ length: 101 }, (_, n) => n);
    data[100] = NaN;
    const record = measureImage({ data, size: [101, 1, 1], affine: straight() }, "x");
    // numpy: np.percentile(np.arange(100), [0.5, 50, 99.5]), np.arange(100).std()
    [0.495, 49.5, 98.505].forEach((value, n) => expect(record.percentiles[n]).toBeCloseTo(value, 4));
    expect(record).toMatchObject({ notFinite: 1, minimum: 0, maximum: 99, mean: 49.5 });
    expect(record.sd).toBeCloseTo(28.86607004772212, 10);
  });

  it("has finite numbers for an image without any finite voxel", () => {
    const record = measureImage(
      { data: Float32Array.of(NaN, Infinity), size: [2, 1, 1], affine: straight() },
      "x",
    );
    expect(record).toMatchObject({ notFinite: 2, minimum: 0, maximum: 0, percentiles: [0, 0, 0] });
    expect(quantile([], 0.5)).toBe(0);
  });

  it("is saved, and measures again only what changed", async () => {
    const dir = await makeStudy(["1", "2"]);
    const file = join(dir, "derivatives", "marrow", "fingerprint.json");
    const first = (await fingerprintOf(await openStudy(dir))).fingerprint;
    expect(await readJson(file)).toEqual(first);
    expect(first.cases[0].mask?.counts).toEqual({ 0: 237, 1: 2, 2: 1 });

    const marked = {
      ...first,
      cases: first.cases.map((one) => ({ ...one, images: [{ ...one.images[0], mean: -1 }] })),
    };
    await writeText(file, JSON.stringify(marked));
    await writeImage(imagePath(dir, "2"), 77, { value: () => 3.5 });
    const second = (await fingerprintOf(await openStudy(dir))).fingerprint;
    expect(second.cases.map(({ images }) => images[0].mean)).toEqual([-1, 3.5]);
  });

  it("survives a damaged cache and names unreadable cases", async () => {
    const dir = await makeStudy(["1", "2"]);
    await writeText(join(dir, "derivatives", "marrow", "fingerprint.json"), "{ broken");
    await writeText(maskPath(dir, "2"), "this is no NIfTI file");
    const { fingerprint, failures } = await fingerprintOf(await openStudy(dir));
    expect(fingerprint.cases.map(({ id }) => id)).toEqual(["sub-1"]);
    expect(failures).toMatchObject([
      { case: "sub-2", error: { code: expect.stringMatching(/^NIFTI/) as string } },
    ]);
  });
});
