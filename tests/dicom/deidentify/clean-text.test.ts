import { describe, expect, it } from "vitest";
import { cleanText } from "../../../src/dicom/deidentify/clean-text.js";

describe("cleanText", () => {
  it.each([
    ["t1_tse_cor_obl SIJ", "t1 tse cor obl SIJ"],
    ["T2* map 3mm p2 b800", "T2* map 3mm p2 b800"],
    ["STIR cor, Mrs. Abernathy, room 7", "STIR cor"],
    ["MR pelvis w/o contrast Dr. Smith 555-1234", "MR pelvis w/o contrast"],
    ["DOB 12 05 67", ""],
    ["王小東 T1", "T1"],
    ["", ""],
  ])("%j → %j", (text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  it("drops parts of names even where they are words of protocols", () => {
    expect(cleanText("long axis hand", new Set(["long", "hand"]))).toBe("");
  });
});
