import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { code } from "../../../src/dicom/code.js";
import { openPacs } from "../../../src/dicom/pacs/open.js";
import { listen, moveListener } from "../../../src/dicom/pacs/listen.js";
import type { Connection, ListenConfig } from "../../../src/dicom/pacs/config.js";
import { readDicom } from "../../../src/dicom/read-dicom.js";
import { placeMask, sourceImages } from "../../../src/dicom/results/source-image.js";
import { readSegmentation } from "../../../src/dicom/seg/read-seg.js";
import { segmentationMask } from "../../../src/dicom/seg/segmentation-mask.js";
import { binarySegmentation } from "../../../src/dicom/seg/write-seg.js";
import type { DicomSource } from "../../../src/dicom/source.js";
import { bytesOf, texts } from "../../../src/dicom/values.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { runMarrow } from "../../cli/run-marrow.js";
import { stackOf } from "../make-dicom.js";
import { inside, missing, runInside, startOrthanc, type Orthanc } from "./orthanc.js";

const reason = missing();

/** Inside of the namespace the tests themselves stand here, outside of it the one that runs them. */
if (inside) describe("inside of the namespace", insideTests);
else
  describe.skipIf(reason !== undefined)(`with a real Orthanc${reason ? `: ${reason}` : ""}`, () => {
    it("stores, finds, retrieves and sends back results by DICOMweb and DIMSE", async () => {
      const { status, output } = await runInside("tests/dicom/pacs/orthanc.test.ts");
      expect(status, output).toBe(0);
      expect(output).toContain("11 passed");
    });
  });

const study = "1.2.826.0.1.3680043.8.498.1";
/** Tilted, so that positions and orientation have decimals. */
const orientation = [0.8, 0.6, 0, 0, 0, -1];
const slices = stackOf([0, 1, 2, 3, 4], [-2.4, 3.2, 0], {
  study,
  orientation,
  rows: 16,
  columns: 12,
  patient: "Müller^Anna",
  texts: { "00080005": "ISO_IR 192", "00100020": "MARROW-1", "00081030": "SIJ" },
  value: (i, j) => 100 * j + i,
});
const files = slices.map((slice) => writeDicom(slice));

function insideTests() {
  let orthanc: Orthanc;
  const listening: ListenConfig = { title: "MARROW", host: "127.0.0.1", port: 11_112, allow: ["ORTHANC"], maxAssociations: 4, maxFileMegabytes: 8, timeout: 20 }; // prettier-ignore
  beforeAll(async () => {
    orthanc = await startOrthanc(listening.port);
    process.env["MARROW_TEST_PASSWORD"] = orthanc.password;
  });
  afterAll(() => orthanc?.stop());

  const dicomweb = (): Connection => ({
    dicomweb: {
      url: orthanc.url,
      auth: { type: "basic", user: orthanc.user, password: { env: "MARROW_TEST_PASSWORD" } },
      timeout: 20,
    },
  });
  const dimse = (more: Partial<Extract<Connection, { dimse: unknown }>["dimse"]> = {}): Connection => ({
    dimse: { host: "127.0.0.1", port: orthanc.dicomPort, title: "ORTHANC", callingTitle: "MARROW", retrieve: "get", timeout: 20, ...more }, // prettier-ignore
  });
  const open = (connection: Connection) => openPacs(connection, { listener: moveListener(listening) });
  const retrieved = async (connection: Connection, series?: string) => {
    const got: Uint8Array[] = [];
    const pacs = await open(connection);
    const count = await pacs.get({ study, series }, async (file) => void got.push(file));
    expect(got).toHaveLength(count);
    return got.map((file) => readDicom(file, "got"));
  };

  it("answers C-ECHO, and DICOMweb with the password", async () => {
    await (await open(dimse())).echo();
    await (await open(dicomweb())).echo();
  });

  it("refuses a wrong AE title and a wrong password, in words without the password", async () => {
    await expect((await open(dimse({ title: "WRONG" }))).echo()).rejects.toMatchObject({
      code: "PACS_REFUSED",
    });
    process.env["MARROW_TEST_PASSWORD"] = "guessed";
    const refused = await (await open(dicomweb())).echo().catch((error: unknown) => error);
    process.env["MARROW_TEST_PASSWORD"] = orthanc.password;
    expect(refused).toMatchObject({ code: "PACS_REFUSED" });
    expect(String(refused)).not.toContain("guessed");
  });

  it("takes slices by C-STORE", async () => {
    const pacs = await open(dimse());
    for (const file of files) expect(await pacs.send(file, "slice")).toEqual({ stored: true });
  });

  it.each([
    ["DIMSE", dimse],
    ["DICOMweb", dicomweb],
  ] as const)("finds the study by %s", async (_name, connection) => {
    const pacs = await open(connection());
    const [found, ...others] = await pacs.find({ level: "study", patientId: "MARROW-1" });
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      StudyInstanceUID: study,
      PatientName: "Müller^Anna",
      StudyDescription: "SIJ",
    });
    const series = await pacs.find({ level: "series", study });
    expect(series).toMatchObject([{ SeriesInstanceUID: `${study}.1`, Modality: "MR" }]);
    expect(await pacs.find({ level: "study", patientId: "NOBODY" })).toEqual([]);
  });

  it.each([
    ["C-GET", () => dimse()],
    ["C-MOVE", () => dimse({ retrieve: "move" })],
    ["DICOMweb", dicomweb],
  ] as const)("retrieves the same attributes and pixels by %s", async (_name, connection) => {
    // prettier-ignore
    const got = await retrieved(connection());
    const byUid = new Map(got.map((one) => [texts(one.dataset, "00080018")[0], one]));
    expect(byUid.size).toBe(slices.length);
    for (const slice of slices) {
      const twin = byUid.get(texts(slice.dataset, "00080018")[0]);
      for (const tag of ["00100010", "00200032", "00200037", "00280030", "00181030", "00080060"])
        expect(texts(twin!.dataset, tag), tag).toEqual(texts(slice.dataset, tag));
      const [was, is] = [slice, twin!].map((one) => Buffer.from(bytesOf(one.dataset, "7FE00010")!));
      expect(is.equals(was)).toBe(true);
    }
  });

  it("pushes a result back by STOW, finds it, and reads the identical mask by DIMSE", async () => {
    const [image] = await sourceImages(sourceOf(files));
    const mask = { data: new Uint8Array(12 * 16 * 5).map((_, n) => Number(n % 7 === 0)), ...image.grid };
    const placed = placeMask(mask, [image], "mask");
    const lesion = { value: 1, number: 1, label: "fat-metaplasia", category: code("49755003", "SCT", "Morphologically Abnormal Structure"), type: code("79654002", "SCT", "Edema") }; // prettier-ignore
    const result = binarySegmentation(placed.mask, image, [lesion], { number: 9001, description: "SEG", version: "0", made: new Date() }); // prettier-ignore
    expect(await (await open(dicomweb())).send(writeDicom(result), "seg")).toEqual({ stored: true });
    const [found] = await (await open(dimse())).find({ level: "series", study, modality: "SEG" });
    expect(found?.["SeriesInstanceUID"]).toBe(texts(result.dataset, "0020000E")[0]);
    const [again] = await retrieved(dimse(), found?.["SeriesInstanceUID"]);
    const back = await segmentationMask(readSegmentation(again, "again"), { grid: image.grid });
    expect(back.mask.data).toEqual(placed.mask.data);
    expect(back.resampled).toBe(false);
  });

  it("listens for what the PACS sends, and refuses titles that are not allowed", async () => {
    const [taken, refused]: [string[], string[]] = [[], []];
    const listener = await listen({ ...listening, allow: ["OTHER"] }, { onFile: async ({ from }) => void taken.push(from), onRefused: (from) => refused.push(from) }); // prettier-ignore
    const store = () => fetch(`http://127.0.0.1:${orthanc.httpPort}/tools/lookup`, { method: "POST", body: study, headers: { authorization: `Basic ${Buffer.from(`${orthanc.user}:${orthanc.password}`).toString("base64")}` } }); // prettier-ignore
    const [{ ID: id }] = (await (await store()).json()) as [{ ID: string }];
    const push = () => fetch(`http://127.0.0.1:${orthanc.httpPort}/modalities/marrow/store`, { method: "POST", body: id, headers: { authorization: `Basic ${Buffer.from(`${orthanc.user}:${orthanc.password}`).toString("base64")}` } }); // prettier-ignore
    expect((await push()).ok).toBe(false);
    await listener.close();
    expect([taken.length, refused]).toEqual([0, ["ORTHANC"]]);
    const open = await listen(listening, { onFile: async ({ from }) => void taken.push(from) });
    expect((await push()).ok).toBe(true);
    await open.close();
    expect(taken).toHaveLength(6);
  });

  it("does the same from the command line, with the password in the environment", async () => {
    const folder = mkdtempSync(join(tmpdir(), "marrow-pacs-"));
    const config = join(folder, "marrow-pacs.yaml");
    writeFileSync(config, JSON.stringify({ connections: { web: dicomweb(), archive: dimse() } }));
    const found = await runMarrow(
      "pacs",
      "find",
      "web",
      "--config",
      config,
      "--patient-id",
      "MARROW-1",
      "--json",
    );
    expect(JSON.parse(found.stdout)).toMatchObject([{ StudyInstanceUID: study }]);
    const out = join(folder, "out");
    const got = await runMarrow("pacs", "get", "archive", "--config", config, "--study", study, "--series", `${study}.1`, "--out", out); // prettier-ignore
    expect(got).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(join(out, `${study}.1`))).toHaveLength(5);
    const sent = await runMarrow("pacs", "send", "web", out, "--config", config);
    expect(sent.stdout).toContain("5 stored in web, 0 failed");
    rmSync(folder, { recursive: true, force: true });
  });
}

function sourceOf(all: readonly Uint8Array[]): DicomSource {
  return {
    names: all.map((_, n) => String(n)),
    missing: [],
    read: async (name) => all[Number(name)],
    close: async () => undefined,
  };
}
