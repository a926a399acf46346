import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePhantomStudy } from "../../src/phantom/study.js";
import { renderSubject } from "../../src/phantom/subject.js";
import { openStudy } from "../../src/study/study.js";
import { tasks } from "../../src/study/tasks.js";
import { readMask, readNifti } from "../../src/volume/nifti.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "marrow-phantom-study-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe("writePhantomStudy", () => {
  it.each([
    ["sij-t1", "sij-fat"],
    ["hip-stir", "hip-inflammation"],
  ] as const)("%s is a study that opens, with truth and its task's labels", async (kind, task) => {
    const dir = join(folder, kind);
    const seen: number[] = [];
    await writePhantomStudy(dir, { kind, subjects: 2, seed: 4, size: "small" }, (done) => seen.push(done));
    expect(seen).toEqual([1, 2]);

    const study = await openStudy(dir);
    const shipped = tasks.find(({ name }) => name === task);
    expect(study.config.task).toBe(task);
    expect(study.config.channels).toEqual(shipped?.channels);
    expect(study.config.labels.map(({ value, name }) => [value, name])).toEqual(
      shipped?.labels.map(({ value, name }) => [value, name]),
    );
    expect(study.cases.map(({ id, site }) => [id, site])).toEqual([
      ["sub-001", "center-1"],
      ["sub-002", "center-1"],
    ]);

    const made = renderSubject(kind, { seed: 4, subject: 2, size: "small" });
    const image = await readNifti(study.cases[1].images[0]);
    expect(Array.from(image.data)).toEqual(Array.from(made.image.data));
    const mask = await readMask(study.cases[1].mask ?? "");
    expect(Array.from(mask.data)).toEqual(Array.from(made.mask.data));
  });

  it("says everywhere that it is synthetic", async () => {
    const dir = join(folder, "marked");
    await writePhantomStudy(dir, { kind: "sij-t1", subjects: 1, seed: 1, size: "small" });
    const text = async (...path: string[]) => readFile(join(dir, ...path), "utf8");
    expect(JSON.parse(await text("dataset_description.json"))).toMatchObject({ Synthetic: true });
    expect(JSON.parse(await text("sub-001", "anat", "sub-001_T1w.json"))).toMatchObject({ Synthetic: true });
    const [head, row] = (await text("participants.tsv")).trim().split("\n");
    expect(row.split("\t")[head.split("\t").indexOf("synthetic")]).toBe("true");
  });

  it("refuses a folder that holds something, and fewer than one subject", async () => {
    const options = { kind: "sij-t1", subjects: 1, seed: 1, size: "small" } as const;
    await writeFile(join(folder, "mine.txt"), "keep");
    await expect(writePhantomStudy(folder, options)).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
    await expect(writePhantomStudy(join(folder, "none"), { ...options, subjects: 0 })).rejects.toMatchObject({
      code: "BAD_ARGUMENT",
    });
    expect(await readFile(join(folder, "mine.txt"), "utf8")).toBe("keep");
  });
});
