import { describe, expect, it } from "vitest";
import { parseRectangle, redact } from "../../../src/dicom/deidentify/redact.js";
import { bytesOf, text } from "../../../src/dicom/values.js";
import { imageOf } from "./make-file.js";

const ones = (n: number) => new Uint8Array(n).fill(9);

describe("redact", () => {
  it("blanks the rectangle in every frame, clipped to the image", async () => {
    const image = imageOf(3, 4, ones(24), { NumberOfFrames: 2 });
    const { dataset } = await redact(image, [{ x: 2, y: 1, width: 9, height: 1 }], "a.dcm");
    const frame = [9, 9, 9, 9, 9, 9, 0, 0, 9, 9, 9, 9];
    expect([...(bytesOf(dataset, "7FE00010") ?? [])]).toEqual([...frame, ...frame]);
    expect(text(dataset, "00280301")).toBe("NO");
    expect([...(bytesOf(image.dataset, "7FE00010") ?? [])]).toEqual([...ones(24)]);
  });

  it("blanks all samples of colour", async () => {
    const image = imageOf(1, 2, ones(6), { SamplesPerPixel: 3, PhotometricInterpretation: "RGB" });
    const { dataset } = await redact(image, [{ x: 1, y: 0, width: 1, height: 1 }], "a.dcm");
    expect([...(bytesOf(dataset, "7FE00010") ?? [])]).toEqual([9, 9, 9, 0, 0, 0]);
  });

  it("refuses what zero does not blank", async () => {
    const image = imageOf(1, 2, ones(6), { SamplesPerPixel: 3, PhotometricInterpretation: "YBR_FULL" });
    await expect(redact(image, [{ x: 0, y: 0, width: 1, height: 1 }], "a.dcm")).rejects.toThrow(
      /DICOM_IMAGE_TYPE/,
    );
  });
});

describe("parseRectangle", () => {
  it("reads x,y,width,height", () => {
    expect(parseRectangle("1,2,30,40")).toEqual({ x: 1, y: 2, width: 30, height: 40 });
  });
  it.each(["1,2,3", "1,2,0,4", "a,b,c,d", "1,2,-3,4"])("refuses %s", (given) => {
    expect(() => parseRectangle(given)).toThrow(/BAD_ARGUMENT/);
  });
});
