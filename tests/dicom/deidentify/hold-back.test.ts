import { describe, expect, it } from "vitest";
import { deidentifier } from "../../../src/dicom/deidentify/deidentify.js";
import { textElement } from "../../../src/dicom/deidentify/dummies.js";
import { writingInPixels } from "../../../src/dicom/deidentify/writing-in-pixels.js";
import { fileOf, imageOf, key, type Content } from "./make-file.js";
import drawn from "./fixtures/burned-in-text.json" with { type: "json" };

const capture = "1.2.840.10008.5.1.4.1.1.7";
const pixels = new Uint8Array(64);
const image = (content: Content = {}) => imageOf(8, 8, pixels, content);
const heldAs = (
  file = image(),
  seen: { writing?: boolean; redacted?: boolean } = { writing: false },
  allowBurnedIn = false,
) => deidentifier({ key, options: [], allowBurnedIn }).apply(file, seen).held?.code;

describe("files are held back", () => {
  it.each([
    ["BURNED_IN_YES", image({ BurnedInAnnotation: "YES" })],
    ["SECONDARY_CAPTURE", image({ SOPClassUID: capture })],
    ["SECONDARY_CAPTURE", image({ ConversionType: "DF" })],
    ["SCREEN_CAPTURE", image({ ImageType: "DERIVED\\SECONDARY\\SCREEN SAVE" })],
    ["ULTRASOUND", image({ SOPClassUID: "1.2.840.10008.5.1.4.1.1.6.1" })],
    ["RECOGNISABLE_FACE", image({ RecognizableVisualFeatures: "YES" })],
    ["DIRECTORY", fileOf({ DirectoryRecordSequence: [] })],
  ])("%s", (code, file) => {
    expect(heldAs(file)).toBe(code);
  });

  it("with an embedded document", () => {
    const file = fileOf({});
    file.dataset.elements.set("00420011", textElement("OB", "%PDF-1.4"));
    expect(heldAs(file)).toBe("DOCUMENT");
  });

  it("with writing in the pixels, or pixels nobody has seen", () => {
    expect(heldAs(image(), { writing: true })).toBe("TEXT_IN_PIXELS");
    expect(heldAs(image(), {})).toBe("PIXELS_NOT_SEEN");
  });
});

describe("files pass", () => {
  it("as images without signs of writing, and without pixels", () => {
    expect(heldAs()).toBeUndefined();
    expect(heldAs(fileOf({}), {})).toBeUndefined();
    expect(heldAs(image({ SOPClassUID: capture, BurnedInAnnotation: "NO" }))).toBeUndefined();
    expect(heldAs(image({ ConversionType: "" }))).toBeUndefined();
  });

  it("where the user allows writing or has blanked it, but not faces", () => {
    const marked = image({ BurnedInAnnotation: "YES" });
    expect(heldAs(marked, { writing: true }, true)).toBeUndefined();
    expect(heldAs(marked, { redacted: true })).toBeUndefined();
    expect(heldAs(image({ RecognizableVisualFeatures: "YES" }), { redacted: true }, true)).toBe(
      "RECOGNISABLE_FACE",
    );
  });
});

describe("writingInPixels", () => {
  const { rows, columns, data } = drawn.pictures[2];
  const written = imageOf(rows, columns, Buffer.from(data, "base64"));

  it("finds what is drawn into an image", async () => {
    expect(await writingInPixels(written, "a.dcm")).toBe(true);
    expect(await writingInPixels(image(), "a.dcm")).toBe(false);
  });

  it("finds it in colour too", async () => {
    const rgb = Buffer.from(data, "base64").reduce<number[]>(
      (all, grey) => (all.push(grey, grey, grey), all),
      [],
    );
    const colour = imageOf(rows, columns, rgb, { SamplesPerPixel: 3, PhotometricInterpretation: "RGB" });
    expect(await writingInPixels(colour, "a.dcm")).toBe(true);
  });

  it("says that it does not know where pixels are missing or cannot be decoded", async () => {
    expect(await writingInPixels(fileOf({}), "a.dcm")).toBe(false);
    expect(await writingInPixels(imageOf(8, 8, new Uint8Array(3)), "a.dcm")).toBeUndefined();
  });
});
