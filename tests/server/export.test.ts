/** Masks leave as DICOM: read back equal, checked by dciodvfy, of the right patient, and not for readers. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readDicom } from "../../src/dicom/read-dicom.js";
import { readSegmentation } from "../../src/dicom/seg/read-seg.js";
import { segmentationMask } from "../../src/dicom/seg/segmentation-mask.js";
import { measurementsIn, readReport } from "../../src/dicom/sr/read-sr.js";
import { text } from "../../src/dicom/values.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import { openZip } from "../../src/dicom/zip.js";
import { writeConfig } from "../../src/study/config.js";
import { orientationOf, reorient } from "../../src/volume/geometry.js";
import { readNifti } from "../../src/volume/nifti.js";
import { crc32 } from "../../src/server/zip.js";
import { stackOf } from "../dicom/make-dicom.js";
import { runMarrow } from "../cli/run-marrow.js";
import { folder } from "../study/make-study.js";
import { outcome, staffedRoom, type Client } from "./open-room.js";

const hasValidator = spawnSync("dciodvfy", ["-version"]).error === undefined;
const [rows, columns] = [14, 11];

/** Two patients whose oblique coronal T1 series have the very same geometry. */
const patients = ["Doe^Jane", "Roe^Richard"].map((patient, n) =>
  stackOf([0, 1, 2, 3, 4, 5, 6], [0, 3.6, 1.05], {
    ...{ patient, rows, columns, spacing: [0.9, 0.9] as const, study: `1.2.840.4711.${n + 1}` },
    orientation: [1, 0, 0, 0, 0.28, -0.96],
    texts: { "0008103E": "t1_tse_cor_obl", "00180020": "SE", "00080005": "ISO_IR 192" },
    numbers: { "00180080": [550], "00180081": [12] },
    value: (i: number, j: number) => 100 + 5 * i + 9 * j + 200 * n,
  }),
);

type Test = Awaited<ReturnType<typeof staffedRoom>>;
let test: Test;
let places: string;
beforeAll(async () => {
  const dir = await folder();
  places = join(await folder(), "dicom");
  patients.forEach((slices, n) => {
    mkdirSync(join(places, `p${n}`), { recursive: true });
    slices.forEach((slice, k) => writeFileSync(join(places, `p${n}`, `${k}.dcm`), writeDicom(slice)));
  });
  const labels = [
    { value: 1, name: "fat-metaplasia" },
    { value: 2, name: "erosion" },
  ];
  await writeConfig(dir, { task: "custom", reader: "consensus", channels: ["T1w"], labels });
  expect((await runMarrow("import", places, "--study", dir)).code).toBe(0);
  test = await staffedRoom(dir, { dicom: places });
});

/** Anna draws some runs on a case; answers the voxels she made. */
async function draw(client: Client, caseId: string): Promise<Uint8Array> {
  const { token, version } = (await client.post(`/api/cases/${caseId}/open`)).json<{
    token: string;
    version: number;
  }>();
  const changes = [30, 5, 1, 41, 6, 1, 3 * rows * columns + 17, 4, 2, 6 * rows * columns + 60, 30, 2];
  const body = { token, baseVersion: version, sequence: 1, changes };
  expect(outcome(await client.post(`/api/cases/${caseId}/strokes`, body))).toBe("200");
  return new Uint8Array((await client.get(`/api/cases/${caseId}/masks/reader.anna`)).rawPayload);
}

const patientOf = (bytes: Uint8Array) => text(readDicom(bytes, "result").dataset, "00100010");

describe("a mask as DICOM SEG", () => {
  it.each(["sub-001", "sub-002"])("of %s reads back voxel for voxel on the image's grid", async (id) => {
    const { anna, senior, dir } = test;
    const drawn = await draw(anna, id);
    const file = await senior.get(`/api/cases/${id}/export?source=reader.anna&format=seg`);
    expect(outcome(file)).toBe("200");
    const image = await readNifti(join(dir, id, "anat", `${id}_T1w.nii.gz`));
    const seg = readSegmentation(readDicom(new Uint8Array(file.rawPayload), "seg"), "seg");
    expect(seg.segments.map(({ label }) => label)).toEqual(["fat-metaplasia", "erosion"]);
    const { size, affine } = image;
    const back = await segmentationMask(seg, { grid: { size, affine } });
    expect(back.resampled).toBe(false);
    const turned = reorient(back.mask, orientationOf(image.affine));
    expect(turned.data.filter((value) => value > 0).length).toBe(45);
    expect([...turned.data]).toEqual([...drawn]);
  });

  it("is of the patient who was drawn on, though another one's images lie on the same grid", async () => {
    const { senior, room } = test;
    const source = await Promise.all(
      ["sub-001", "sub-002"].map(async (id) => {
        const answer = await senior.get(`/api/cases/${id}/export?source=reader.anna&format=seg`);
        return [id, patientOf(new Uint8Array(answer.rawPayload))];
      }),
    );
    expect(source.map(([, name]) => name).sort()).toEqual(["Doe^Jane", "Roe^Richard"]);
    // Intensities tell the patients apart: those of the second are 200 higher.
    for (const [id, name] of source) {
      const image = await readNifti((await room.desk.caseOf(id ?? "")).images[0]);
      expect(Math.min(...image.data)).toBe(name === "Doe^Jane" ? 100 : 300);
    }
  });

  it("is not for readers, since it names the patient", async () => {
    const { anna } = test;
    const url = "/api/cases/sub-001/export?source=reader.anna";
    expect(outcome(await anna.get(`${url}&format=seg`))).toBe("403 SESSION_ROLE");
    expect(outcome(await anna.get("/api/cases/sub-001/dicom-results?source=reader.anna"))).toBe(
      "403 SESSION_ROLE",
    );
    expect(outcome(await anna.get(url))).toBe("200");
  });
});

describe("DICOM results", () => {
  let files: Record<string, Uint8Array>;
  beforeAll(async () => {
    await draw(test.anna, "sub-001");
    const answer = await test.senior.get("/api/cases/sub-001/dicom-results?source=reader.anna");
    const file = join(await folder(), "results.zip");
    writeFileSync(file, answer.rawPayload);
    const zip = await openZip(file);
    files = Object.fromEntries(
      await Promise.all(zip.names.map(async (name) => [name, await zip.read(name)] as const)),
    );
    await zip.close();
  });

  it("are SEG, SR and a key image of each label in one archive, that unzip takes too", async () => {
    expect(Object.keys(files)).toEqual([
      "segmentation.dcm",
      "report.dcm",
      "key-image-1.dcm",
      "key-image-2.dcm",
    ]);
    expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
  });

  it("belong together: the report refers to the segments of this very segmentation", () => {
    const uid = text(readDicom(files["segmentation.dcm"], "seg").dataset, "00080018");
    const measured = measurementsIn(readReport(readDicom(files["report.dcm"], "sr"), "sr")).filter(
      ({ segment }) => segment !== undefined,
    );
    expect(new Set(measured.map(({ segment }) => segment?.sopInstanceUid))).toEqual(new Set([uid]));
    expect(new Set(measured.map(({ segment }) => segment?.segment))).toEqual(new Set([1, 2]));
  });

  it.skipIf(!hasValidator)("pass dciodvfy", async () => {
    const place = await folder();
    for (const [name, bytes] of Object.entries(files)) {
      writeFileSync(join(place, name), bytes);
      const { stdout, stderr } = spawnSync("dciodvfy", [join(place, name)], { encoding: "utf8" });
      expect(`${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
      expect(`${stdout}${stderr}`).not.toBe("");
    }
  });
});

describe("sending to a PACS", () => {
  it("is refused for a connection that there is not, and to readers", async () => {
    const { senior, anna } = test;
    const body = { source: "reader.anna", connection: "archive" };
    expect(outcome(await senior.post("/api/cases/sub-001/send", body))).toBe("400 REQUEST_INVALID");
    expect(outcome(await anna.post("/api/cases/sub-001/send", body))).toBe("403 SESSION_ROLE");
  });
});
