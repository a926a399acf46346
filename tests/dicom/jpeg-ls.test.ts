import { describe, expect, it } from "vitest";
import { decodeJpegLs } from "../../src/dicom/jpeg-ls.js";

/** The worked example of ISO/IEC 14495-1 annex H.3. */
const example = Buffer.from(
  `ffd8 fff7000b08 0004 0004 01011100 ffda0008 01 0100 00 00 00 c000006c80208e01c0000057400
   0006ee6000001bc18000005d8000091 60 ffd9`.replace(/\s/g, ""),
  "hex",
);
const values = [0, 0, 90, 74, 68, 50, 43, 205, 64, 145, 145, 145, 100, 145, 145, 145];

describe("decodeJpegLs", () => {
  it("decodes the standard's example", () => {
    expect([...decodeJpegLs(example)]).toEqual(values);
  });

  it.each([
    ["cut off", example.subarray(0, 40)],
    ["without scan", example.subarray(0, 15)],
    ["of three components", Buffer.from(example).fill(3, 11, 12)],
    ["of 17 bits", Buffer.from(example).fill(17, 6, 7)],
    ["empty", Buffer.alloc(0)],
    ["larger than its data", Buffer.from(example).fill(255, 7, 9)],
  ])("throws for an image %s", (_, bytes) => {
    expect(() => decodeJpegLs(bytes)).toThrow(Error);
  });
});
