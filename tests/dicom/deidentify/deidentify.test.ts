import { describe, expect, it } from "vitest";
import type { DataSet, DicomFile } from "../../../src/dicom/data-set.js";
import { deidentifier } from "../../../src/dicom/deidentify/deidentify.js";
import { textElement } from "../../../src/dicom/deidentify/dummies.js";
import { researchOptions, type OptionName } from "../../../src/dicom/deidentify/options.js";
import { setNumbers, setText } from "../../../src/dicom/set-values.js";
import { items, numbers, text, texts } from "../../../src/dicom/values.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { dataSetOf, fileOf, key, otherKey, tagOf, type Content } from "./make-file.js";

const apply = (file: DicomFile, options: readonly OptionName[] = [], project = key) =>
  deidentifier({ key: project, options }).apply(file, { writing: false });
const after = (content: Content, options: readonly OptionName[] = []) =>
  apply(fileOf(content), options).file.dataset;
const get = (dataset: DataSet, keyword: string) => text(dataset, tagOf(keyword));
const has = (dataset: DataSet, keyword: string) => dataset.elements.has(tagOf(keyword));
const allKeys = (dataset: DataSet) => [...dataset.elements.keys()];

describe("identity", () => {
  it("becomes one pseudonym, in name and ID", () => {
    const { file, pseudonym } = apply(fileOf({}));
    expect(pseudonym).toMatch(/^P[0-9A-Z]{12}$/);
    expect(get(file.dataset, "PatientName")).toBe(pseudonym);
    expect(get(file.dataset, "PatientID")).toBe(pseudonym);
    expect(deidentifier({ key, options: [] }).pseudonym(" 4711-0815 ")).toBe(pseudonym);
  });

  it("is told apart by name, or by study, where the Patient ID is empty", () => {
    const ids = [
      { PatientID: "", PatientName: "Doe^Jane" },
      { PatientID: "", PatientName: "Roe^Jane" },
      { PatientID: "", PatientName: "", StudyInstanceUID: "1.2.8" },
      { PatientID: "", PatientName: "", StudyInstanceUID: "1.2.9" },
    ].map((content) => apply(fileOf(content)).pseudonym);
    expect(new Set(ids).size).toBe(4);
  });

  it("leaves the original untouched", () => {
    const file = fileOf({ RequestAttributesSequence: [dataSetOf({ RequestedProcedureID: "77001" })] });
    const before = Buffer.from(writeDicom(file));
    apply(file, researchOptions);
    expect(Buffer.from(writeDicom(file)).equals(before)).toBe(true);
  });
});

describe("UIDs", () => {
  const reference = [
    dataSetOf({ ReferencedSOPInstanceUID: "1.2.3.4.1", ReferencedSOPClassUID: "1.2.840.10008.5.1.4.1.1.4" }),
  ];

  it("are replaced alike in every file and at every depth", () => {
    const one = apply(fileOf({})).file.dataset;
    const two = after({ SOPInstanceUID: "1.2.3.4.2", ReferencedInstanceSequence: reference });
    const [item] = items(two, tagOf("ReferencedInstanceSequence"));
    expect(get(two, "StudyInstanceUID")).toBe(get(one, "StudyInstanceUID"));
    expect(get(item, "ReferencedSOPInstanceUID")).toBe(get(one, "SOPInstanceUID"));
    expect(get(item, "ReferencedSOPClassUID")).toBe("1.2.840.10008.5.1.4.1.1.4");
  });

  it("are replaced where no row expects them", () => {
    const dataset = after({ AvailableTransferSyntaxUID: "1.2.3.4" });
    expect(get(dataset, "AvailableTransferSyntaxUID")).toBe(get(dataset, "StudyInstanceUID"));
  });

  it("stay with retain-uids", () => {
    expect(get(after({}, ["retain-uids"]), "SOPInstanceUID")).toBe("1.2.3.4.1");
  });

  it("cannot be linked without the key", () => {
    const [mine, others] = [key, otherKey].map((one) => apply(fileOf({}), [], one));
    expect(mine.pseudonym).not.toBe(others.pseudonym);
    expect(get(mine.file.dataset, "StudyInstanceUID")).not.toBe(get(others.file.dataset, "StudyInstanceUID"));
  });
});

describe("dates", () => {
  const content = {
    StudyDate: "20240305",
    StudyTime: "235930",
    SeriesDate: "20240306",
    SeriesTime: "000030",
  };
  const moment = (dataset: DataSet, which: string) =>
    Date.parse(
      `${get(dataset, `${which}Date`)}T${get(dataset, `${which}Time`)}Z`.replace(
        /^(....)(..)(..)T(..)(..)(..)/,
        "$1-$2-$3T$4:$5:$6",
      ),
    );

  it("go in the Basic Profile", () => {
    const dataset = after(content);
    expect(get(dataset, "StudyDate")).toBeUndefined();
    expect(has(dataset, "StudyDate")).toBe(true);
    expect(has(dataset, "SeriesDate")).toBe(false);
    expect(get(dataset, "LongitudinalTemporalInformationModified")).toBe("REMOVED");
  });

  it("keep their intervals, across midnight too, when they are moved", () => {
    const dataset = after(content, ["retain-modified-dates"]);
    expect(get(dataset, "StudyDate")).not.toBe("20240305");
    expect(moment(dataset, "Series") - moment(dataset, "Study")).toBe(60_000);
    expect(get(dataset, "LongitudinalTemporalInformationModified")).toBe("MODIFIED");
  });

  it("stay with retain-full-dates", () => {
    const dataset = after(content, ["retain-full-dates"]);
    expect(get(dataset, "StudyDate")).toBe("20240305");
    expect(get(dataset, "LongitudinalTemporalInformationModified")).toBe("UNMODIFIED");
  });

  it("that are none are treated as in the Basic Profile", () => {
    expect(get(after({ StudyDate: "tomorrow" }, ["retain-modified-dates"]), "StudyDate")).toBeUndefined();
  });
});

describe("private and unknown attributes", () => {
  const file = () => {
    const one = fileOf({});
    setText(one.dataset, "00190010", "SIEMENS MR HEADER", "LO");
    setText(one.dataset, "0019100C", "800", "IS");
    setText(one.dataset, "0019100D", "Doe in private", "LO");
    setText(one.dataset, "00290010", "ANYBODY", "LO");
    setText(one.dataset, "00291010", "Doe in private", "LO");
    setText(one.dataset, "00280FFE", "unknown to the standard", "LO");
    setNumbers(one.dataset, "00280000", [12], "UL");
    one.dataset.elements.set(tagOf("ReferencedSeriesSequence"), {
      vr: "UN",
      bytes: Buffer.from("hidden items"),
    });
    return one;
  };

  it("go", () => {
    const tags = allKeys(apply(file()).file.dataset);
    for (const tag of [
      "00190010",
      "0019100C",
      "0019100D",
      "00290010",
      "00291010",
      "00280FFE",
      "00280000",
      "00081115",
    ])
      expect(tags).not.toContain(tag);
  });

  it("stay where they are numbers of the acquisition on the safe list, their creator with them", () => {
    const { dataset } = apply(file(), ["retain-safe-private"]).file;
    expect(text(dataset, "00190010")).toBe("SIEMENS MR HEADER");
    expect(numbers(dataset, "0019100C")).toEqual([800]);
    expect(allKeys(dataset).filter((tag) => /^00(19|29)/.test(tag))).toEqual(["00190010", "0019100C"]);
  });

  it("do not stay on a creator's word alone", () => {
    const one = file();
    setText(one.dataset, "0019100C", "Doe", "IS");
    const { dataset } = apply(one, ["retain-safe-private"]).file;
    expect(allKeys(dataset).filter((tag) => tag.startsWith("0019"))).toEqual([]);
  });
});

describe("values in unexpected places", () => {
  it("are found, as parts of names and in other attributes, nested too", () => {
    const dataset = after({
      SegmentSequence: [dataSetOf({ SegmentLabel: "drawn by Doe", SegmentNumber: 1 })],
      SoftwareVersions: "v1 4711-0815",
      Manufacturer: "Doe",
      BodyPartExamined: "PELVIS",
    });
    expect(get(items(dataset, tagOf("SegmentSequence"))[0], "SegmentLabel")).toBe("REMOVED");
    expect(get(dataset, "SoftwareVersions")).toBe("REMOVED");
    expect(get(dataset, "BodyPartExamined")).toBe("PELVIS");
    expect(get(dataset, "Manufacturer")).toBe("Doe");
  });

  it("words that only contain them stay", () => {
    expect(get(after({ SoftwareVersions: "doeskin 3" }), "SoftwareVersions")).toBe("doeskin 3");
  });
});

describe("descriptions", () => {
  const content = { SeriesDescription: "t1_tse_cor Doe SIJ, 4711", PatientComments: "was ill" };

  it("go in the Basic Profile", () => {
    expect(has(after(content), "SeriesDescription")).toBe(false);
  });

  it("keep harmless words only with clean-descriptors", () => {
    const dataset = after(content, ["clean-descriptors"]);
    expect(get(dataset, "SeriesDescription")).toBe("t1 tse cor SIJ");
    expect(has(dataset, "PatientComments")).toBe(false);
  });

  it("codes of public schemes stay in what is cleaned, an institution's own do not", () => {
    const code = (CodingSchemeDesignator: string) =>
      dataSetOf({ CodeValue: "12", CodingSchemeDesignator, CodeMeaning: "MR of St Elsewhere" });
    const dataset = after({ ProcedureCodeSequence: [code("SCT"), code("ELSEWHERE")] }, ["clean-descriptors"]);
    const found = items(dataset, tagOf("ProcedureCodeSequence")).map((item) => get(item, "CodeValue"));
    expect(found).toEqual(["12", "REMOVED"]);
  });
});

describe("structured content", () => {
  const item = (ValueType: string, more: Content) =>
    dataSetOf({ RelationshipType: "CONTAINS", ValueType, ...more });
  const content = {
    SOPClassUID: "1.2.840.10008.5.1.4.1.1.88.33",
    ContentSequence: [
      item("TEXT", { TextValue: "Mr. Doe feels STIR" }),
      item("PNAME", { PersonName: "Doe^John" }),
      item("NUM", { NumericValue: "12.5" }),
      item("CODE", {
        ConceptNameCodeSequence: [dataSetOf({ CodeValue: "121030", CodingSchemeDesignator: "DCM" })],
      }),
    ],
  };

  it("is replaced by a comment in the Basic Profile", () => {
    const found = items(after(content), tagOf("ContentSequence"));
    expect(found.map((one) => get(one, "TextValue"))).toEqual(["REMOVED"]);
  });

  it("keeps its numbers and codes with clean-structured-content", () => {
    const found = items(after(content, ["clean-structured-content"]), tagOf("ContentSequence"));
    expect(found.map((one) => get(one, "ValueType"))).toEqual(["TEXT", "PNAME", "NUM"]);
    expect(get(found[0], "TextValue")).toBe("REMOVED");
    expect(get(found[1], "PersonName")).toBe("REMOVED");
    expect(numbers(found[2], tagOf("NumericValue"))).toEqual([12.5]);
  });
});

describe("marks and audit", () => {
  it("say how the identity was removed", () => {
    const dataset = after({}, researchOptions);
    const codes = items(dataset, tagOf("DeidentificationMethodCodeSequence")).map((one) =>
      get(one, "CodeValue"),
    );
    expect(get(dataset, "PatientIdentityRemoved")).toBe("YES");
    expect(texts(dataset, tagOf("DeidentificationMethod")).length).toBeGreaterThan(0);
    expect(codes).toEqual(["113100", "113107", "113105", "113108", "113109"]);
  });

  it("count what was done, without values", () => {
    const { audit } = apply(
      fileOf({ RequestAttributesSequence: [dataSetOf({ RequestedProcedureID: "77001" })] }),
      researchOptions,
    );
    const entries = audit.entries();
    expect(entries).toContainEqual({ attribute: "(0010,0020)", keyword: "PatientID", action: "D", count: 1 });
    expect(entries).toContainEqual({
      attribute: "(0040,0275) > (0040,1001)",
      keyword: "RequestedProcedureID",
      action: "X",
      count: 1,
    });
    expect(JSON.stringify(entries)).not.toMatch(/Doe|4711|77001|1\.2\.3\.4/);
  });
});

describe("file meta information and preamble", () => {
  it("are made anew", () => {
    const file = fileOf({});
    file.meta.elements.set("00020016", textElement("AE", "DOES_SCANNER"));
    const { file: done } = apply(file);
    const bytes = Buffer.from(writeDicom(done));
    expect(bytes.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect(bytes.includes("DOES_SCANNER")).toBe(false);
    expect(bytes.includes("1.2.3.4")).toBe(false);
  });
});
