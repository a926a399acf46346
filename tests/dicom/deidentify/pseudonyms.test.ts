import { describe, expect, it } from "vitest";
import { pseudonymOf, shiftOf, titleOf, uidOf } from "../../../src/dicom/deidentify/pseudonyms.js";
import { key, otherKey } from "./make-file.js";
import expected from "./fixtures/keyed.json" with { type: "json" };

describe("pseudonyms", () => {
  it.each(Object.entries(expected.patients))(
    "of %s are those of Python's hmac",
    (patient, { pseudonym, shift }) => {
      expect(pseudonymOf(key, patient)).toBe(pseudonym);
      expect(shiftOf(key, patient)).toEqual(shift);
    },
  );

  it.each(Object.entries(expected.uids))("UID of %s is Python's", (original, replaced) => {
    expect(uidOf(key, original)).toBe(replaced);
    expect(replaced.length).toBeLessThanOrEqual(64);
  });

  it("are others for another key", () => {
    expect(pseudonymOf(otherKey, "4711")).not.toBe(pseudonymOf(key, "4711"));
    expect(uidOf(otherKey, "1.2.3")).not.toBe(uidOf(key, "1.2.3"));
    expect(shiftOf(otherKey, "4711")).not.toEqual(shiftOf(key, "4711"));
    expect(titleOf(otherKey, "PACS")).not.toBe(titleOf(key, "PACS"));
  });

  it("leave the standard's own UIDs", () => {
    expect(uidOf(key, "1.2.840.10008.1.4.1.1")).toBe("1.2.840.10008.1.4.1.1");
  });
});
