import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PreparedCache } from "../../../src/training/data/cache.js";
import { loadPrepared } from "../../../src/training/data/cache-file.js";
import { findForeground, preprocessCase } from "../../../src/training/data/preprocess.js";
import type { Case } from "../../../src/study/types.js";
import { writeNifti } from "../../../src/volume/nifti.js";
import { makePlan } from "./plan.js";
import { identity } from "./prepared.js";

let folder: string;
let cache: PreparedCache;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "marrow-cache-"));
  cache = new PreparedCache(join(folder, "cache"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function writeCase(id: string, label = 1): Promise<Case> {
  const size = [10, 9, 8] as const;
  const data = Float32Array.from({ length: 720 }, (_, n) => Math.sin(n) * 100);
  const paths = { image: join(folder, `${id}.nii.gz`), mask: join(folder, `${id}_mask.nii.gz`) };
  await writeNifti(paths.image, { data, size, affine: identity });
  await writeNifti(paths.mask, {
    data: Uint8Array.from(data, (v) => (v > 60 ? label : v < -90 ? 2 : 0)),
    size,
    affine: identity,
  });
  return { id, subject: id, images: [paths.image], mask: paths.mask };
}

const plan = makePlan({});
const cached = () => readdirSync(cache.folder).sort();

describe("PreparedCache", () => {
  it("gives back what preprocessing made, shared or not", async () => {
    const source = await writeCase("sub-1");
    const { ready, failed } = await cache.prepare([source], plan);
    expect(failed).toEqual([]);
    const made = await preprocessCase(source, plan);
    expect(loadPrepared(ready[0])).toEqual(made);
    const shared = loadPrepared(ready[0], true);
    expect(shared.channels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...shared.channels]).toEqual([...made.channels]);
    expect([...shared.mask]).toEqual([...made.mask]);
    expect(made.foreground.map(({ label }) => label)).toEqual([1, 2]);
    for (const { label, voxels } of made.foreground)
      expect([...voxels].every((n) => made.mask[n] === label)).toBe(true);
  });

  it("makes a case once, and again when its files or the plan's preprocessing change", async () => {
    const source = await writeCase("sub-1");
    await cache.prepare([source], plan);
    const [bin, json] = cached();
    const before = statSync(join(cache.folder, bin)).mtimeMs;
    await cache.prepare([source], makePlan({ batch: 7, patch: [4, 4, 4] }));
    expect(cached()).toEqual([bin, json]);
    expect(statSync(join(cache.folder, bin)).mtimeMs).toBe(before);
    await cache.prepare([source], makePlan({ spacing: [2, 2, 2] }));
    expect(cached()).toHaveLength(4);
    utimesSync(source.images[0], 1000, 1000);
    await cache.prepare([source], plan);
    expect(cached()).toHaveLength(6);
    for (const reference of ["T1w", undefined]) {
      const normalisation = {
        ...plan.normalisation,
        method: "reference" as const,
        ...(reference && { reference }),
      };
      const planned = { ...plan, normalisation };
      const { failed } = await cache.prepare([source], planned, { onFailure: "skip" });
      expect(failed.map(({ error }) => error.code)).toEqual(reference ? [] : ["PLAN_INVALID"]);
      expect(cached()).toHaveLength(8);
    }
  });

  it.each<[string, (bin: string, json: string) => void]>([
    ["one changed byte", (bin) => writeFileSync(bin, readFileSync(bin).fill(1, 100, 101))],
    ["data cut short", (bin) => writeFileSync(bin, readFileSync(bin).subarray(0, 99))],
    ["missing data", (bin) => rmSync(bin)],
    ["a description that is no JSON", (_, json) => writeFileSync(json, "{")],
    ["a description that lacks something", (_, json) => writeFileSync(json, "{}")],
  ])("makes a damaged case anew: %s", async (_, damage) => {
    const source = await writeCase("sub-1");
    const { ready } = await cache.prepare([source], plan);
    const good = readFileSync(ready[0].file);
    damage(ready[0].file, ready[0].file.replace(/bin$/, "json"));
    const again = await cache.prepare([source], plan);
    expect(again).toEqual({ ready, failed: [] });
    expect(readFileSync(ready[0].file).equals(good)).toBe(true);
  });

  it("skips or stops at a bad case as asked, and leaves no half-written file", async () => {
    const good = await writeCase("sub-1");
    const bad = await writeCase("sub-2", 9);
    const gone = { ...good, id: "sub-3", images: [join(folder, "gone.nii.gz")] };
    const { ready, failed } = await cache.prepare([bad, good, gone], plan, { onFailure: "skip" });
    expect(ready.map(({ id }) => id)).toEqual(["sub-1"]);
    expect(failed.map(({ id, error }) => [id, error.code])).toEqual([
      ["sub-2", "MASK_NOT_LABELS"],
      ["sub-3", "FILE_NOT_FOUND"],
    ]);
    await expect(cache.prepare([bad, good], plan)).rejects.toThrow(
      /MASK_NOT_LABELS[^]*sub-2_mask[^]*label 9/,
    );
    expect(cached()).toHaveLength(2);
  });

  it("names the folder it cannot write to", async () => {
    writeFileSync(join(folder, "file"), "");
    const blocked = new PreparedCache(join(folder, "file", "cache"));
    const source = await writeCase("sub-1");
    await expect(blocked.prepare([source], plan, { onFailure: "skip" })).rejects.toThrow(/FILE_UNWRITABLE/);
  });

  it("notices a file that shrank after it was checked", async () => {
    const { ready } = await cache.prepare([await writeCase("sub-1")], plan);
    writeFileSync(ready[0].file, "short");
    expect(() => loadPrepared(ready[0])).toThrow(/CACHE_DAMAGED/);
  });
});

describe("findForeground", () => {
  it("samples a large label evenly, in ascending order, the same every time", () => {
    const mask = new Uint8Array(5000).fill(3, 1000, 5000);
    const [{ label, voxels }] = findForeground(mask, 400);
    expect([label, voxels.length]).toEqual([3, 400]);
    expect(findForeground(mask, 400)).toEqual([{ label, voxels }]);
    expect(voxels.every((v, n) => v >= 1000 && (n === 0 || v > voxels[n - 1]))).toBe(true);
    const upper = voxels.filter((v) => v >= 3000).length;
    expect(Math.abs(upper - 200)).toBeLessThan(50);
  });
});
