/** Results through the API, made by the real commands: who sees what, and that numbers are those of the command line. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { CaseEntry, HeatMapEntry, Results } from "../../src/reading/contract/index.js";
import { writeNifti } from "../../src/volume/nifti.js";
import { readNifti } from "../../src/volume/nifti.js";
import { runMarrow } from "../cli/run-marrow.js";
import { count, imagePath, makeStudy, size, straight } from "../study/make-study.js";
import { outcome, staffedRoom } from "./open-room.js";

type Test = Awaited<ReturnType<typeof staffedRoom>>;
let test: Test;
beforeAll(async () => {
  test = await staffedRoom(await makeStudy(["01", "02"]));
});

describe("reports", () => {
  beforeAll(async () => {
    for (const args of [[], ["--patient", "sub-01"], ["--patient", "sub-02"]])
      expect(await runMarrow("report", test.dir, ...args)).toMatchObject({ code: 0 });
  });

  it("are listed with their tables for seniors; readers see nothing of open cases", async () => {
    const { senior, anna } = test;
    const all = (await senior.get("/api/results")).json<Results>();
    expect(all.study?.made).toMatch(/^20/);
    expect(all.study?.files).toContain("tables/claim.csv");
    expect(all.patients.map(({ subject, cases }) => [subject, cases])).toEqual([
      ["sub-01", ["sub-01"]],
      ["sub-02", ["sub-02"]],
    ]);
    expect((await anna.get("/api/results")).json()).toEqual({
      study: null,
      patients: [],
      quantifications: [],
    });
  });

  it("are hidden from readers: the study's always, a patient's until the cases are agreed", async () => {
    const { senior, anna, room } = test;
    expect(outcome(await anna.get("/api/results/study/index.html"))).toBe("403 SESSION_ROLE");
    expect(outcome(await anna.get("/api/results/study/tables/claim.csv"))).toBe("403 SESSION_ROLE");
    expect(outcome(await anna.get("/api/results/patients/sub-01"))).toBe("404 RESULT_UNKNOWN");
    room.progress.noteAgreement("sub-01", "chosen", ["anna"], "sara");
    const page = await anna.get("/api/results/patients/sub-01");
    expect([outcome(page), outcome(await anna.get("/api/results/patients/sub-02"))]).toEqual([
      "200",
      "404 RESULT_UNKNOWN",
    ]);
    expect(page.body).toContain("sub-01");
    room.progress.reopen("sub-01");
    expect(outcome(await anna.get("/api/results/patients/sub-01"))).toBe("404 RESULT_UNKNOWN");
    expect(outcome(await senior.get("/api/results/patients/sub-01"))).toBe("200");
  });

  it("come as the file on disk, under a policy that lets no script run", async () => {
    const { senior, dir } = test;
    const answer = await senior.get("/api/results/study/index.html");
    expect(answer.body).toBe(await readFile(join(dir, "derivatives/marrow/report/index.html"), "utf8"));
    const policy = String(answer.headers["content-security-policy"]);
    expect(policy).toContain("sandbox allow-same-origin allow-downloads;");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script|allow-scripts/);
    const table = await senior.get("/api/results/study/tables/claim.csv");
    expect(table.headers["content-disposition"]).toBe('attachment; filename="claim.csv"');
    expect(table.headers["content-type"]).toBe("application/octet-stream");
  });

  it("give no file from elsewhere", async () => {
    const { senior } = test;
    for (const file of ["..%2f..%2freading.sqlite", "..%2fx.csv", ".csv", "a%00.csv", "marrow.yaml"])
      expect(outcome(await senior.get(`/api/results/study/tables/${file}`))).toMatch(/^40[04] /);
    expect(outcome(await senior.get("/api/results/quantifications/..%2f..%2fx/y.csv"))).toMatch(/^40[04] /);
    expect(outcome(await senior.get("/api/results/study/tables/none.csv"))).toBe("404 RESULT_UNKNOWN");
  });
});

describe("measurements", () => {
  it("of the page are those of the command line", async () => {
    const { senior, dir } = test;
    expect((await runMarrow("quantify", dir, "--measures", "lesions")).code).toBe(0);
    const file = join(dir, "derivatives/marrow/quantification/reference/quantification.json");
    const written = JSON.parse(await readFile(file, "utf8")) as {
      cases: { id: string; measurements: unknown[] }[];
    };
    const body = { source: "consensus", analyses: ["lesions"] };
    for (const { id, measurements } of written.cases) {
      const answer = (await senior.post(`/api/cases/${id}/quantify`, body)).json<{
        measurements: unknown[];
      }>();
      expect(answer.measurements.length).toBeGreaterThan(5);
      expect(answer.measurements).toMatchObject(measurements.map(pick));
    }
    const { quantifications } = (await senior.get("/api/results")).json<Results>();
    expect(quantifications).toMatchObject([{ name: "reference" }]);
    const csv = await senior.get("/api/results/quantifications/reference/patients.csv");
    expect(csv.body).toBe(await readFile(join(file, "../patients.csv"), "utf8"));
  });
});

/** What the API gives of a measurement. */
function pick(one: unknown) {
  const { measure, label, level, of, value, unit } = one as Record<string, unknown>;
  return { measure, label, level, of, value, unit };
}

describe("heat maps", () => {
  it("lie on the case's grid, from nothing to the maximum, negative heat as none", async () => {
    const { anna, dir } = test;
    const folder = join(dir, "derivatives/marrow/explanations/unet");
    await mkdir(folder, { recursive: true });
    const values = Float32Array.from({ length: count }, (_, n) =>
      n === 7 ? 4 : n === 9 ? 2 : n === 11 ? -3 : 0,
    );
    await writeNifti(join(folder, "sub-01_grad-cam.nii.gz"), { data: values, size, affine: straight() });
    const { maps } = (await anna.get("/api/cases/sub-01/heatmaps")).json<{ maps: HeatMapEntry[] }>();
    expect(maps.map(({ title }) => title)).toEqual(["grad-cam of unet"]);
    const { rawPayload } = await anna.get(`/api/cases/sub-01/heatmaps/${maps[0].id}`);
    const expected = new Array<number>(count).fill(0);
    [expected[7], expected[9]] = [255, 128];
    expect([...rawPayload]).toEqual(expected);
    expect(outcome(await anna.get("/api/cases/sub-02/heatmaps/" + maps[0].id))).toBe("404 RESULT_UNKNOWN");
    expect((await anna.get("/api/cases/sub-02/heatmaps")).json()).toEqual({ maps: [] });
  });

  it("of a classification are found too, resampled onto the image where they lie on another grid", async () => {
    const { senior, dir } = test;
    const folder = join(dir, "derivatives/marrow/classification/axspa");
    await mkdir(folder, { recursive: true });
    const coarse = {
      data: new Float32Array(3 * 3 * 4).fill(1),
      size: [3, 3, 4] as const,
      affine: straight([2, 2, 2]),
    };
    await writeNifti(join(folder, "heat.nii.gz"), coarse);
    const cases = [{ id: "sub-02", probability: 0.9, heatmap: "heat.nii.gz" }];
    await writeFile(
      join(folder, "classification.json"),
      JSON.stringify({ positive: "yes", negative: "no", cases }),
    );
    const { maps } = (await senior.get("/api/cases/sub-02/heatmaps")).json<{ maps: HeatMapEntry[] }>();
    expect(maps.map(({ title }) => title)).toEqual(["classification axspa"]);
    const { rawPayload } = await senior.get(`/api/cases/sub-02/heatmaps/${maps[0].id}`);
    expect(rawPayload.length).toBe((await readNifti(imagePath(dir, "02"))).data.length);
    expect(rawPayload[0]).toBe(255);
  });
});

describe("the model's uncertainty", () => {
  it("is that of the newest segmentation that says it", async () => {
    const { anna, dir } = test;
    const uncertainty = async () => {
      const { cases } = (await anna.get("/api/cases")).json<{ cases: CaseEntry[] }>();
      return cases.map((one) => one.uncertainty);
    };
    expect(await uncertainty()).toEqual([null, null]);
    const write = async (name: string, text: string) => {
      const folder = join(dir, "derivatives/marrow/segmentations", name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "sub-02.json"), text);
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await write("second", JSON.stringify({ case: "sub-02", uncertainty: 0.25 }));
    expect(await uncertainty()).toEqual([null, 0.25]);
    await write("first", JSON.stringify({ uncertainty: 0.5 }));
    expect(await uncertainty()).toEqual([null, 0.5]);
    await write("first", "no JSON");
    expect(await uncertainty()).toEqual([null, null]);
  });
});
