/** The reading room and a real PACS (Orthanc): find, choose, import de-identified, and send results back. */
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPacs } from "../../src/dicom/pacs/open.js";
import { readDicom } from "../../src/dicom/read-dicom.js";
import { readSegmentation } from "../../src/dicom/seg/read-seg.js";
import { segmentationMask } from "../../src/dicom/seg/segmentation-mask.js";
import { text } from "../../src/dicom/values.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import type { Sent } from "../../src/reading/contract/index.js";
import { importArguments } from "../../src/reading/import.js";
import { writeConfig } from "../../src/study/config.js";
import { stackOf } from "../dicom/make-dicom.js";
import { inside, missing, runInside, startOrthanc, type Orthanc } from "../dicom/pacs/orthanc.js";
import { runMarrow } from "../cli/run-marrow.js";
import { folder } from "../study/make-study.js";
import { outcome, staffedRoom } from "./open-room.js";

const reason = missing();

if (inside) describe("inside of the namespace", insideTests);
else
  describe.skipIf(reason !== undefined)(`with a real Orthanc${reason ? `: ${reason}` : ""}`, () => {
    it("finds, imports and sends back through the reading room", async () => {
      const { status, output } = await runInside("tests/server/pacs.test.ts");
      expect(status, output).toBe(0);
      expect(output).toContain("3 passed");
    });
  });

const study = "1.2.826.0.1.3680043.8.498.77";
const slices = stackOf([0, 1, 2, 3, 4, 5], [0, 3.6, 1.05], {
  ...{ study, rows: 12, columns: 10, patient: "Müller^Anna", orientation: [1, 0, 0, 0, 0.28, -0.96] },
  texts: { "00080005": "ISO_IR 192", "00100020": "PACS-1", "0008103E": "t1_tse_cor", "00180020": "SE" },
  numbers: { "00180080": [550], "00180081": [12] },
  value: (i: number, j: number) => 100 + 5 * i + 9 * j,
});

function insideTests() {
  let orthanc: Orthanc;
  let test: Awaited<ReturnType<typeof staffedRoom>>;
  beforeAll(async () => {
    orthanc = await startOrthanc(11_113);
    process.env["MARROW_TEST_PASSWORD"] = orthanc.password;
    const [dir, place] = [await folder(), await folder()];
    const labels = [{ value: 1, name: "fat-metaplasia" }];
    await writeConfig(dir, { task: "custom", reader: "consensus", channels: ["T1w"], labels });
    const originals = join(place, "originals");
    mkdirSync(originals);
    slices.forEach((slice, n) => writeFileSync(join(originals, `${n}.dcm`), writeDicom(slice)));
    const pacs = join(place, "pacs.yaml");
    writeFileSync(pacs, JSON.stringify({ connections: { archive: dimse(), web: dicomweb() } }));
    const connection = await openPacs(dimse(), { listener: undefined });
    for (const slice of slices) await connection.send(writeDicom(slice), "slice");
    test = await staffedRoom(dir, { pacs, dicom: originals });
  });
  afterAll(() => orthanc?.stop());

  const dimse = () => ({ dimse: { host: "127.0.0.1", port: orthanc.dicomPort, title: "ORTHANC", callingTitle: "MARROW", retrieve: "get" as const, timeout: 20 } }); // prettier-ignore
  const dicomweb = () => ({ dicomweb: { url: orthanc.url, auth: { type: "basic" as const, user: orthanc.user, password: { env: "MARROW_TEST_PASSWORD" } }, timeout: 20 } }); // prettier-ignore

  it.each(["archive", "web"])("finds the study in %s", async (connection) => {
    const { senior } = test;
    expect((await senior.get("/api/pacs")).json()).toEqual({
      connections: ["archive", "web"],
      originals: true,
    });
    const found = await senior.post("/api/pacs/find", { connection, patientId: "PACS-1" });
    expect(found.json()).toMatchObject({
      matches: [{ StudyInstanceUID: study, PatientName: "Müller^Anna" }],
    });
    const none = await senior.post("/api/pacs/find", { connection, patientId: "NOBODY" });
    expect(none.json()).toEqual({ matches: [] });
  });

  it("imports what was chosen, de-identified, and sends a drawn mask back that reads back equal", async () => {
    const { senior, anna, dir, room } = test;
    const { id } = (await senior.post("/api/imports", { pacs: { connection: "archive", study } })).json<{
      id: string;
    }>();
    const report = join(dir, "derivatives/marrow/jobs/j/report.json");
    expect(await runMarrow(...(await importArguments(dir, id, report)))).toMatchObject({
      code: 0,
      stderr: "",
    });
    await room.imports.incoming.remove(id);
    const names = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((one) =>
      one.isFile(),
    );
    const all = await Promise.all(names.map((one) => readFile(join(one.parentPath, one.name), "latin1")));
    expect(all.join("\n")).not.toMatch(/PACS-1|498\.77|Anna/);
    room.desk.lookAgain();

    const { token, version } = (await anna.post("/api/cases/sub-001/open")).json<{
      token: string;
      version: number;
    }>();
    const stroke = { token, baseVersion: version, sequence: 1, changes: [20, 7, 1, 250, 30, 1, 600, 11, 1] };
    expect(outcome(await anna.post("/api/cases/sub-001/strokes", stroke))).toBe("200");
    const body = { source: "reader.anna", connection: "web" };
    const sent = (await senior.post("/api/cases/sub-001/send", body)).json<Sent>();
    expect(sent).toEqual({
      ...{ connection: "web", refused: [] },
      stored: ["segmentation.dcm", "report.dcm", "key-image-1.dcm"],
    });

    const archive = await openPacs(dimse(), { listener: undefined });
    const [series] = await archive.find({ level: "series", study, modality: "SEG" });
    const got: Uint8Array[] = [];
    await archive.get({ study, series: series["SeriesInstanceUID"] }, async (file) => void got.push(file));
    const image = readDicom(got[0], "SEG from the PACS");
    expect(text(image.dataset, "00100020")).toBe("PACS-1");
    const grid = await room.desk.gridOf("sub-001");
    const back = await segmentationMask(readSegmentation(image, "seg"), { grid });
    const drawn = (await room.masks.current({ case: "sub-001", reader: "anna" })).mask.data;
    expect(drawn.filter((value) => value === 1)).toHaveLength(48);
    expect([...back.mask.data]).toEqual([...drawn]);
    const reports = await archive.find({ level: "series", study, modality: "SR" });
    expect(reports).toHaveLength(1);
  });
}
