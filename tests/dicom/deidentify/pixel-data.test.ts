import { describe, expect, it } from "vitest";
import { blankComments, cleanPixelData } from "../../../src/dicom/deidentify/pixel-data.js";
import { setNumbers } from "../../../src/dicom/set-values.js";
import { bytesOf } from "../../../src/dicom/values.js";
import { fileOf, imageOf } from "./make-file.js";

const segment = (marker: number, text: string) => [0xff, marker, 0, text.length + 2, ...Buffer.from(text)];

describe("blankComments", () => {
  it("zeroes JPEG's comments and application data, and nothing else", () => {
    const jfif = segment(0xe0, "JFIF");
    const rest = [0xff, 0xda, 0, 4, 1, 2, 0xff, 0xfe, 0, 9, 5];
    const stream = Uint8Array.from([
      0xff,
      0xd8,
      ...jfif,
      ...segment(0xfe, "Doe"),
      ...segment(0xe1, "Exif Doe"),
      ...rest,
    ]);
    const blank = Buffer.from(blankComments(stream));
    expect(blank.length).toBe(stream.length);
    expect(blank.includes("Doe")).toBe(false);
    expect(blank.includes("JFIF")).toBe(true);
    expect([...blank.subarray(-rest.length)]).toEqual(rest);
  });

  it("zeroes JPEG 2000's comments", () => {
    const stream = Uint8Array.from([
      0xff,
      0x4f,
      ...segment(0x51, "size"),
      ...segment(0x64, "\u0000\u0001Doe"),
      0xff,
      0x90,
      0,
      4,
    ]);
    const blank = Buffer.from(blankComments(stream));
    expect(blank.includes("Doe")).toBe(false);
    expect(blank.includes("size")).toBe(true);
  });

  it("leaves other streams alone, and survives lengths that lie", () => {
    const other = Uint8Array.from([1, 2, 3]);
    expect(blankComments(other)).toBe(other);
    expect(blankComments(Uint8Array.from([0xff, 0xd8, 0xff, 0xfe, 0xff, 0xff, 1])).length).toBe(7);
  });
});

describe("cleanPixelData", () => {
  it("cuts what lies behind the last frame", () => {
    const image = imageOf(2, 2, [1, 2, 3, 4, 68, 111, 101, 33]);
    cleanPixelData(image);
    expect([...(bytesOf(image.dataset, "7FE00010") ?? [])]).toEqual([1, 2, 3, 4]);
  });

  it("cuts overlays out of unused bits", () => {
    const image = imageOf(1, 2, [0xff, 0xff, 0x01, 0x10], { BitsAllocated: 16, BitsStored: 12, HighBit: 11 });
    setNumbers(image.dataset, "60000102", [12], "US");
    cleanPixelData(image);
    expect([...(bytesOf(image.dataset, "7FE00010") ?? [])]).toEqual([0xff, 0x0f, 0x01, 0]);
  });

  it("has nothing to do without pixels", () => {
    expect(() => cleanPixelData(fileOf({}))).not.toThrow();
  });
});
