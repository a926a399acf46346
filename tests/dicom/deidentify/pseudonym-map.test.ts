import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deidentifier } from "../../../src/dicom/deidentify/deidentify.js";
import { PseudonymMap } from "../../../src/dicom/deidentify/pseudonym-map.js";
import { openProjectKey } from "../../../src/dicom/deidentify/project-key.js";
import { reidentify } from "../../../src/dicom/deidentify/reidentify.js";
import { seal, unseal } from "../../../src/dicom/deidentify/sealed.js";
import { items, text } from "../../../src/dicom/values.js";
import { dataSetOf, fileOf, key, otherKey, tagOf } from "./make-file.js";

const folder = () => mkdtemp(join(tmpdir(), "marrow-map-"));
const original = fileOf({
  PatientName: "Müller^Änne",
  PatientBirthDate: "19670312",
  AccessionNumber: "ACC-77",
  StudyDate: "20240305",
});
const done = () => deidentifier({ key, options: [] }).apply(original);

function filled(): PseudonymMap {
  const map = new PseudonymMap();
  map.add(done().identity);
  return map;
}

describe("PseudonymMap", () => {
  it("looks up both ways, and comes back from its file", async () => {
    const file = join(await folder(), "who.map");
    const opener = { passphrase: "correct horse" };
    await filled().save(file, opener);
    const map = await PseudonymMap.open(file, opener);
    const { pseudonym, identity } = done();
    expect(map.pseudonym("4711-0815")).toBe(pseudonym);
    expect(map.patient(pseudonym)?.["00100010"]).toEqual(["Müller^Änne"]);
    expect(map.study(identity.study)?.["00080050"]).toEqual(["ACC-77"]);
    expect(map.originalUid(identity.study)).toBe("1.2.3.4");
    expect(map.patientCount).toBe(1);
  });

  it("is unreadable without passphrase, and private to its owner", async () => {
    const file = join(await folder(), "who.map");
    await filled().save(file, { passphrase: "correct horse" });
    const bytes = await readFile(file, "latin1");
    for (const secret of ["ller", "4711-0815", "ACC-77", "1.2.3.4"]) expect(bytes).not.toContain(secret);
    if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(PseudonymMap.open(file, { passphrase: "wrong" })).rejects.toThrow(/DEID_MAP/);
    await expect(PseudonymMap.open(file, { key })).rejects.toThrow(/passphrase/);
  });
});

describe("seal", () => {
  it("opens with its key alone, and not after a change", () => {
    const sealed = seal("text", { key });
    expect(unseal(sealed, { key }, "f")).toBe("text");
    expect(() => unseal(sealed, { key: otherKey }, "f")).toThrow(/DEID_MAP/);
    const parts = JSON.parse(sealed) as { data: string };
    const changed = Buffer.from(parts.data, "base64").map((byte) => byte ^ 1);
    const forged = JSON.stringify({ ...parts, data: Buffer.from(changed).toString("base64") });
    expect(() => unseal(forged, { key }, "f")).toThrow(/damaged/);
    expect(() => unseal("{}", { key }, "f")).toThrow(/DEID_MAP/);
  });
});

describe("reidentify", () => {
  it("gives a result its patient, study and references back", () => {
    const { file } = done();
    const result = fileOf({
      SOPInstanceUID: "2.25.1",
      StudyInstanceUID: text(file.dataset, "0020000D") ?? "",
      PatientID: text(file.dataset, "00100020") ?? "",
      PatientIdentityRemoved: "YES",
      SourceImageSequence: [dataSetOf({ ReferencedSOPInstanceUID: text(file.dataset, "00080018") ?? "" })],
    });
    const { dataset } = reidentify(result, filled(), "seg.dcm");
    const get = (keyword: string) => text(dataset, tagOf(keyword));
    expect(get("PatientName")).toBe("Müller^Änne");
    expect(get("PatientID")).toBe("4711-0815");
    expect(get("PatientBirthDate")).toBe("19670312");
    expect(get("StudyInstanceUID")).toBe("1.2.3.4");
    expect(get("AccessionNumber")).toBe("ACC-77");
    expect(get("SOPInstanceUID")).toBe("2.25.1");
    expect(get("PatientIdentityRemoved")).toBeUndefined();
    const [source] = items(dataset, tagOf("SourceImageSequence"));
    expect(text(source, tagOf("ReferencedSOPInstanceUID"))).toBe("1.2.3.4.1");
  });

  it("refuses patients it does not know", () => {
    expect(() => reidentify(fileOf({}), filled(), "seg.dcm")).toThrow(/DEID_MAP/);
  });
});

describe("openProjectKey", () => {
  it("makes a key once, private to its owner, and reads it again", async () => {
    const file = join(await folder(), "project.key");
    const made = await openProjectKey(file);
    expect(made.secret).toHaveLength(32);
    expect(Buffer.from((await openProjectKey(file)).secret)).toEqual(Buffer.from(made.secret));
    if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("refuses other files, and keys others can read", async () => {
    const file = join(await folder(), "project.key");
    await writeFile(file, "hello", { mode: 0o600 });
    await expect(openProjectKey(file)).rejects.toThrow(/DEID_KEY/);
    await writeFile(join(file, "..", "open.key"), "marrow-key-1\n", { mode: 0o644 });
    if (process.platform !== "win32")
      await expect(openProjectKey(join(file, "..", "open.key"))).rejects.toThrow(/mode 644/);
  });
});
