/** The frames of a file, classic or enhanced, with everything the sorting of volumes needs. */
import { MarrowError } from "../base/errors.js";
import type { Vec3 } from "../volume/volume.js";
import { frameAttributes, frameGroupCount, type Attributes } from "./attributes.js";
import type { DicomFile } from "./data-set.js";
import type { Frame, FrameFile, FrameKinds } from "./frame.js";
import { imageLayout, type ImageLayout } from "./image-layout.js";
import { isGrey } from "./pixels.js";
import { rescaleOf } from "./rescale.js";
import { splitMosaic } from "./siemens-mosaic.js";
import { number, text } from "./values.js";

/**
 * Frames of an image, mosaics already cut into slices. Throws DICOM_NO_IMAGE for files without pixels, DICOM_IMAGE_TYPE for
 * colour and for images without a place in the patient, DICOM_PIXELS, DICOM_TOO_LARGE.
 */
export function framesOf(image: DicomFile, file: string): Frame[] {
  const { dataset } = image;
  const layout = imageLayout(dataset, file);
  if (!isGrey(layout)) throw noVolume(file, `${layout.photometric}, ${layout.samples} samples a pixel`);
  const groups = frameGroupCount(dataset);
  if (layout.frames > 1 && groups < layout.frames)
    throw noVolume(file, `${layout.frames} frames, ${groups} of them with a position`);
  const of = fileOf(image, file);
  return Array.from({ length: layout.frames }, (_, n) => {
    const attributes = frameAttributes(dataset, n);
    return splitMosaic(frame(of, n, layout, attributes), attributes);
  }).flat();
}

const noVolume = (file: string, found: string) => new MarrowError("DICOM_IMAGE_TYPE", { file, found });

function fileOf({ dataset }: DicomFile, file: string): FrameFile {
  const studyUid = text(dataset, "0020000D") ?? "";
  return {
    file,
    patientId: text(dataset, "00100020") ?? text(dataset, "00100010") ?? studyUid,
    studyUid,
    seriesUid: text(dataset, "0020000E") ?? `${studyUid} ${text(dataset, "00200011") ?? ""}`,
    seriesNumber: number(dataset, "00200011") ?? 0,
    sopInstanceUid: text(dataset, "00080018") ?? file,
    instanceNumber: number(dataset, "00200013") ?? 0,
    modality: text(dataset, "00080060") ?? "",
  };
}

function frame(of: FrameFile, index: number, layout: ImageLayout, attributes: Attributes): Frame {
  const [rowAxis, columnAxis] = axes(of.file, attributes);
  const pixelSpacing = attributes.numbers("00280030", 2);
  if (!pixelSpacing?.every((mm) => mm > 0)) throw noVolume(of.file, "no pixel spacing (0028,0030)");
  const sign = layout.signed ? "int" : "uint";
  return {
    of,
    index,
    columns: layout.columns,
    rows: layout.rows,
    position: positionOf(of.file, attributes),
    rowAxis,
    columnAxis,
    spacing: [pixelSpacing[1], pixelSpacing[0]],
    sliceSpacing: firstPositive(attributes.number("00180088"), attributes.number("00180050")),
    ...rescaleOf(attributes),
    format:
      layout.float || layout.bitsAllocated > 32 ? "float" : `${sign}${Math.max(8, layout.bitsAllocated)}`,
    kinds: kindsOf(attributes),
  };
}

const firstPositive = (...all: readonly (number | undefined)[]) =>
  all.find((mm) => mm !== undefined && mm > 0) ?? 1;

function positionOf(file: string, attributes: Attributes): Vec3 {
  const position = attributes.numbers("00200032", 3);
  if (!position) throw noVolume(file, "no position in the patient (0020,0032)");
  return [position[0], position[1], position[2]];
}

/** Unit vectors along row and column; the second is made exactly perpendicular to the first. */
function axes(file: string, attributes: Attributes): readonly [Vec3, Vec3] {
  const six = attributes.numbers("00200037", 6) ?? [];
  const row = unit(six.slice(0, 3));
  const column = unit(six.slice(3));
  const cosine = row && column ? row[0] * column[0] + row[1] * column[1] + row[2] * column[2] : 1;
  if (!row || !column || Math.abs(cosine) > 0.01)
    throw noVolume(file, `orientation (0020,0037) ${six.join("\\") || "missing"}`);
  return [row, unit(column.map((value, n) => value - cosine * row[n])) ?? column];
}

function unit(vector: readonly number[]): Vec3 | undefined {
  const length = Math.hypot(...vector);
  if (!(length > 0.5 && length < 2)) return undefined;
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}

/** Where each kind of difference is told, the standard's attribute before the makers' own. */
function kindsOf(attributes: Attributes): FrameKinds {
  const rounded = (value: number | undefined, digits: number) =>
    value === undefined ? "" : String(+value.toFixed(digits));
  const direction = attributes.numbers("00189089", 3) ?? attributes.numbers("0019100E", 3, "FD");
  return {
    imageType: (attributes.texts("00089007").length
      ? attributes.texts("00089007")
      : attributes.texts("00080008")
    ).join("\\"),
    stack: attributes.text("00209056") ?? "",
    component: attributes.text("00089208") ?? gePart(attributes) ?? "",
    echo: rounded(attributes.number("00189082") ?? attributes.number("00180081"), 3),
    inversion: rounded(attributes.number("00189079") ?? attributes.number("00180082"), 3),
    bValue: rounded(bValueOf(attributes), 1),
    direction: direction?.map((value) => value.toFixed(4)).join(" ") ?? "",
    temporal: rounded(attributes.number("00209128") ?? attributes.number("00200100"), 0),
    phase: rounded(attributes.number("20011008", "IS"), 0),
    label: attributes.text("20051429") ?? "",
    acquisition: rounded(attributes.number("00209156") ?? attributes.number("00200012"), 0),
    trigger: rounded(attributes.number("00209153") ?? attributes.number("00181060"), 1),
  };
}

/** GE: 0 magnitude, 1 phase, 2 real, 3 imaginary. */
function gePart(attributes: Attributes): string | undefined {
  if (!/^GE/i.test(attributes.text("00080070") ?? "")) return undefined;
  return ["MAGNITUDE", "PHASE", "REAL", "IMAGINARY"][attributes.number("0043102F", "SS") ?? -1];
}

/** GE adds a billion to mark the unit. */
function bValueOf(attributes: Attributes): number | undefined {
  const ge = attributes.number("00431039", "IS");
  return (
    attributes.number("00189087") ??
    attributes.number("0019100C", "IS") ??
    attributes.number("20011003", "FL") ??
    (ge === undefined ? undefined : ge % 100_000)
  );
}
