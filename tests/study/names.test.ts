import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  bidsLabel,
  caseId,
  channelSuffix,
  imageStem,
  labelName,
  maskStem,
  parseBidsName,
  stemOf,
} from "../../src/study/names.js";

describe("names", () => {
  it.each([
    ["hippocampus_001", "hippocampus001"],
    ["sub-07", "07"],
    ["Müller 3", "Muller3"],
    ["__", ""],
  ])("makes %s BIDS-safe", (text, label) => expect(bidsLabel(text)).toBe(label));

  it.each([
    ["Anterior", "anterior"],
    ["Bone Marrow_Oedema", "bone-marrow-oedema"],
    ["(L1)", "l1"],
  ])("makes the label %s a name", (text, name) => expect(labelName(text)).toBe(name));

  it.each([
    ["T1W", "T1w"],
    ["stir", "STIR"],
    ["T1_weighted", "T1w"],
    ["DIXON fat", "DIXONfat"],
    ["", "MRI"],
  ])("knows the sequence %s", (text, suffix) => expect(channelSuffix(text)).toBe(suffix));

  it.each([
    ["a/b/x.nii.gz", "x"],
    ["x.y.NII", "x.y"],
    ["x.hdr", "x"],
    ["x.txt", "x.txt"],
  ])("takes the stem of %s", (path, stem) => expect(stemOf(path)).toBe(stem));

  it("reads BIDS names with and without session and other entities", () => {
    expect(parseBidsName("sub-01_T1w")).toEqual({ subject: "01", suffix: "T1w" });
    expect(parseBidsName("sub-01_ses-2_acq-fast_STIR")).toEqual({
      subject: "01",
      session: "2",
      suffix: "STIR",
    });
    expect(parseBidsName("1003_T1W")).toBeUndefined();
    expect(parseBidsName("sub-01")).toBeUndefined();
  });

  it("gives each file its place", () => {
    const entity = { subject: "01", session: "2" };
    expect(caseId(entity)).toBe("sub-01_ses-2");
    expect(imageStem(entity, "T1w")).toBe(join("sub-01", "ses-2", "anat", "sub-01_ses-2_T1w"));
    expect(maskStem({ subject: "01" }, "anna")).toBe(
      join("derivatives", "annotations", "anna", "sub-01", "anat", "sub-01_mask"),
    );
  });
});
