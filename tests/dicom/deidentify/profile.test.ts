import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OptionName } from "../../../src/dicom/deidentify/options.js";
import { parseOptions } from "../../../src/dicom/deidentify/options.js";
import {
  partners,
  resolve,
  rowOf,
  standardRows,
  type ProfileRow,
} from "../../../src/dicom/deidentify/profile.js";

const shared = process.env["MARROW_SHARED"] ?? "../shared";
const table = join(shared, "data/dicom-standard/confidentiality_profile_attributes.json");

/** Columns of the JSON, and the letters of profile-data.ts. */
const columns = {
  rtnSafePrivOpt: "P",
  rtnUIDsOpt: "U",
  rtnDevIdOpt: "D",
  rtnInstIdOpt: "I",
  rtnPatCharsOpt: "C",
  rtnLongFullDatesOpt: "F",
  rtnLongModifDatesOpt: "M",
  cleanDescOpt: "T",
  cleanStructContOpt: "S",
  cleanGraphOpt: "G",
};
type Published = Partial<Record<keyof typeof columns, string>> & { tag: string; basicProfile: string };

describe.skipIf(!existsSync(table))("the table against the published one", () => {
  const published = existsSync(table) ? (JSON.parse(readFileSync(table, "utf8")) as Published[]) : [];

  it("has its 621 rows and no other", () => {
    expect(standardRows).toHaveLength(621);
    expect(published).toHaveLength(621);
  });

  it("has every action of every column", () => {
    const byTag = new Map(standardRows.map((row) => [row.tag.toUpperCase(), row]));
    for (const row of published) {
      const tag = row.tag.startsWith("(GGGG") ? "PRIVATE" : row.tag.replace(/[(),]/g, "");
      const mine = byTag.get(tag);
      expect(mine?.basic, row.tag).toBe(row.basicProfile);
      for (const [column, letter] of Object.entries(columns))
        expect(mine?.options[letter], `${row.tag} ${column}`).toBe(row[column as keyof typeof columns]);
    }
  });
});

const row = (tag: string) => rowOf(tag) as ProfileRow;
const research: OptionName[] = ["retain-modified-dates", "clean-descriptors", "retain-device"];

describe("resolve", () => {
  it.each([
    ["DeviceSerialNumber", "00181000", "classic", "X"],
    ["DeviceSerialNumber", "00181000", "enhanced", "D"],
    ["ContentDate", "00080023", "classic", "Z"],
    ["ContentDate", "00080023", "report", "D"],
    ["ReferencedPerformedProcedureStepSequence", "00081111", "report", "Z"],
    ["SourceImageSequence", "00082112", "classic", "X"],
    ["SourceImageSequence", "00082112", "segmentation", "U"],
    ["ReferencedStudySequence", "00081110", "other", "X"],
    ["PatientAge", "00101010", "classic", "X"],
  ] as const)("%s (%s) in a %s object: %s", (_, tag, family, action) => {
    expect(resolve(row(tag), [], family).action).toBe(action);
  });

  it("takes what is valid for any Type where it is not known", () => {
    expect(resolve(row("00080021"), [], undefined).action).toBe("D");
    expect(resolve(row("00080022"), [], undefined).action).toBe("Z");
    expect(resolve(row("00081140"), [], undefined).action).toBe("U");
  });

  it("lets an option override the profile, and cleaning override keeping", () => {
    expect(resolve(row("00181000"), research, "classic").action).toBe("K");
    expect(resolve(row("00181200"), ["retain-device"], "classic").action).toBe("K");
    expect(resolve(row("00181200"), research, "classic").action).toBe("C");
    expect(resolve(row("00081030"), research, "classic")).toEqual({ action: "C", basic: "X" });
    expect(resolve(row("00081030"), [], "classic").action).toBe("X");
  });
});

describe("rowOf", () => {
  it("finds repeating groups", () => {
    expect(rowOf("60023000")?.keyword).toBe("OverlayData");
    expect(rowOf("50043000")?.keyword).toBe("CurveData");
    expect(rowOf("00280010")).toBeUndefined();
  });

  it("pairs dates with their times", () => {
    expect(partners.get("00080020")).toBe("00080030");
    expect(partners.get("00080030")).toBe("00080020");
    expect(partners.get("00181012")).toBe("00181014");
    expect(partners.get("0008002A")).toBeUndefined();
  });
});

describe("parseOptions", () => {
  it("refuses what is unknown or contradicts itself", () => {
    expect(() => parseOptions(["keep-everything"])).toThrow(/BAD_ARGUMENT/);
    expect(() => parseOptions(["retain-full-dates", "retain-modified-dates"])).toThrow(/either/);
    expect(parseOptions(["clean-descriptors", "retain-uids"])).toEqual(["retain-uids", "clean-descriptors"]);
  });
});
