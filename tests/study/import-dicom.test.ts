import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { throwAwayKey } from "../../src/dicom/deidentify/project-key.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import { importDicom } from "../../src/study/import/dicom.js";
import { keyedIdentities } from "../../src/study/import/dicom-names.js";
import { readSeries, writeSeries } from "../../src/study/import/dicom-series.js";
import { readParticipants } from "../../src/study/participants.js";
import { readNifti, readNiftiFrames } from "../../src/volume/nifti.js";
import { stackOf, type SliceOptions } from "../dicom/make-dicom.js";
import { compare, present, shared } from "../dicom/real-data.js";

let dir = "";
let source = "";
let study = "";
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "marrow-import-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));
beforeEach(async () => {
  source = await mkdtemp(join(dir, "source-"));
  study = await mkdtemp(join(dir, "study-"));
});

const identities = keyedIdentities(throwAwayKey());
const run = (path = source) => importDicom(path, study, { identities });

const t1 = { "00180080": [550], "00180081": [11] };
const stir = { "00180080": [4000], "00180081": [50], "00180082": [160] };

/** Writes a series of `slices` slices under names that say nothing, in a mixed order. */
async function addSeries(options: SliceOptions & { slices?: number }): Promise<void> {
  const { slices = 6, ...rest } = options;
  const places = Array.from({ length: slices }, (_, n) => (n + 2) % slices);
  const images = stackOf(places, [0, 0, 4], rest);
  await mkdir(join(source, "x"), { recursive: true });
  for (const [n, image] of images.entries()) {
    const name = `${rest.patient ?? "p"}-${rest.study ?? "s"}-${rest.series ?? 1}-${(n * 7) % 11}`;
    await writeFile(join(source, "x", Buffer.from(name).toString("hex")), writeDicom(image));
  }
}

const files = async () =>
  (await readdir(study, { recursive: true })).filter((name) => name.endsWith(".nii.gz")).sort();

async function everyText(): Promise<string> {
  const names = await readdir(study, { recursive: true, withFileTypes: true });
  const contents = names
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), "latin1"));
  return (await Promise.all(contents)).join("\n");
}

describe("importDicom", () => {
  it("makes named images of recognised series, and a table of them", async () => {
    await addSeries({ patient: "Miller^Anna", numbers: t1, texts: { "00180020": "SE" } });
    await addSeries({ patient: "Miller^Anna", series: 2, numbers: stir, texts: { "00180020": "SE\\IR" } });
    const report = await run();
    expect([report.files, report.read, report.skipped, report.written]).toEqual([12, 12, [], 2]);
    expect(await files()).toEqual(["sub-001/anat/sub-001_STIR.nii.gz", "sub-001/anat/sub-001_T1w.nii.gz"]);
    const { data, size } = await readNifti(join(study, "sub-001/anat/sub-001_T1w.nii.gz"));
    expect([size, [0, 1, 2, 3, 4, 5].map((k) => data[12 * k])]).toEqual([
      [4, 3, 6],
      [100, 101, 102, 103, 104, 105],
    ]);
    const sidecar = JSON.parse(
      await readFile(join(study, "sub-001/anat/sub-001_STIR.json"), "utf8"),
    ) as object;
    expect(sidecar).toMatchObject({ RepetitionTime: 4, EchoTime: 0.05, InversionTime: 0.16, Modality: "MR" });
  });

  it("lets no name, ID, date, UID or file name through", async () => {
    await addSeries({
      patient: "Miller^Anna",
      study: "1.2.99.777",
      numbers: t1,
      texts: {
        "0008103E": "T1 tra Miller 4711",
        "00080080": "St Elsewhere",
        "00081030": "Dr Jones",
        "00101010": "041Y",
      },
    });
    await run();
    const text = await everyText();
    for (const secret of ["Miller", "Anna", "4711", "Elsewhere", "Jones", "99.777", "20200102"])
      expect(text).not.toContain(secret);
    const { rows } = await readParticipants(study);
    expect(rows).toMatchObject([{ participant_id: "sub-001", age: "41" }]);
    expect((await readSeries(study))[0].description).toBe("T1 tra");
  });

  it("goes on where it stopped: known patients keep their number, new ones get the next", async () => {
    await addSeries({ patient: "A", numbers: t1 });
    await run();
    await addSeries({ patient: "B", study: "1.2.4", numbers: t1 });
    const report = await run();
    expect(report.written).toBe(1);
    expect(report.volumes.map((row) => row.participant_id)).toEqual(["sub-001", "sub-002"]);
  });

  it("numbers several examinations of a patient by date", async () => {
    await addSeries({ patient: "A", study: "1.2.5", numbers: t1, texts: { "00080020": "20210101" } });
    await addSeries({ patient: "A", study: "1.2.6", numbers: stir, texts: { "00080020": "20200101" } });
    await run();
    expect(await files()).toEqual([
      "sub-001/ses-1/anat/sub-001_ses-1_STIR.nii.gz",
      "sub-001/ses-2/anat/sub-001_ses-2_T1w.nii.gz",
    ]);
  });

  it("obeys the corrected table", async () => {
    await addSeries({ patient: "A", numbers: t1 });
    await addSeries({ patient: "A", series: 2, numbers: t1 });
    await run();
    expect(await files()).toEqual([
      "sub-001/anat/sub-001_T1w.nii.gz",
      "sub-001/anat/sub-001_acq-s2_T1w.nii.gz",
    ]);
    const corrected = (await readSeries(study)).map((row) => ({
      ...row,
      image: row.series === "1" ? "-" : "T2w",
    }));
    await writeSeries(study, corrected);
    await run();
    expect(await files()).toEqual(["sub-001/anat/sub-001_T2w.nii.gz"]);
    expect((await readSeries(study)).map(({ image }) => image)).toEqual(["-", "T2w"]);
  });

  it("leaves out the second of two volumes corrected to the same name, and anything that is no name", async () => {
    await addSeries({ patient: "A", numbers: t1 });
    await addSeries({ patient: "A", series: 2, numbers: t1 });
    await run();
    const rows = await readSeries(study);
    await writeSeries(
      study,
      rows.map((row) => ({ ...row, image: "T1w" })),
    );
    const report = await run();
    expect(report.findings.map(({ code }) => code)).toEqual(["IMPORT_AMBIGUOUS"]);
    expect(await files()).toEqual(["sub-001/anat/sub-001_T1w.nii.gz"]);
    await writeSeries(
      study,
      rows.map((row) => ({ ...row, image: "../../T1w", file: "../outside" })),
    );
    expect((await run()).volumes.map(({ image }) => image)).toEqual(["-", "-"]);
  });

  it("lists what it cannot use with the reason, and goes on", async () => {
    await addSeries({ patient: "A", numbers: t1 });
    await addSeries({ patient: "A", series: 3, texts: { "00080060": "CT" }, slices: 1 });
    await writeFile(join(source, "notes.txt"), "nothing of interest");
    const report = await run();
    expect(report.written).toBe(1);
    expect(report.skipped.map(({ code, reason }) => [code, reason])).toEqual([
      ["DICOM_NOT_DICOM", "19 bytes without DICM at offset 128"],
      ["DICOM_IMAGE_TYPE", "modality CT, not MR"],
    ]);
  });
});

describe.skipIf(!present("pelvis-mri-bones"))("a real pelvis", () => {
  it("lies where the published conversion has it", async () => {
    const report = await run(join(shared, "pelvis-mri-bones", "dicom_pelvis_21"));
    expect(report.skipped).toEqual([]);
    const [file, ...others] = await files();
    expect(others).toEqual([]);
    const ours = await readNifti(join(study, file));
    const { frames } = await readNiftiFrames(
      join(shared, "pelvis-mri-bones", "imagesTr", "pelvis_21.nii.gz"),
    );
    const { mm, values } = compare(ours, frames[0]);
    expect([mm < 1e-3, values]).toEqual([true, 0]);
  });
});
