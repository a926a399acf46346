/**
 * Acquisition parameters for the JSON file beside an image, by the names BIDS gives them. The table is an allow-list: only what is
 * in it leaves the DICOM files, and none of it names a person, place, date or device.
 */
import type { Attributes } from "./attributes.js";
import { cleanText } from "./deidentify/clean-text.js";
import type { Tag } from "./data-set.js";

interface Row {
  readonly name: string;
  /** The first that has a value is taken. */
  readonly tags: readonly Tag[];
  readonly kind: "number" | "code" | "codes" | "words";
  /** Factor to BIDS' unit: DICOM has milliseconds, BIDS seconds. */
  readonly factor?: number;
}

const ms = 1e-3;
const row = (name: string, kind: Row["kind"], tags: readonly Tag[], factor?: number): Row => ({
  name,
  kind,
  tags,
  ...(factor && { factor }),
});

const rows: readonly Row[] = [
  row("Modality", "code", ["00080060"]),
  row("MagneticFieldStrength", "number", ["00180087"]),
  row("ImagingFrequency", "number", ["00189098", "00180084"]),
  row("Manufacturer", "words", ["00080070"]),
  row("ManufacturersModelName", "words", ["00081090"]),
  row("BodyPartExamined", "code", ["00180015"]),
  row("PatientPosition", "code", ["00185100"]),
  row("SeriesDescription", "words", ["0008103E"]),
  row("ProtocolName", "words", ["00181030"]),
  row("MRAcquisitionType", "code", ["00180023"]),
  row("ScanningSequence", "codes", ["00180020"]),
  row("SequenceVariant", "codes", ["00180021"]),
  row("ScanOptions", "codes", ["00180022"]),
  row("ImageType", "codes", ["00089007", "00080008"]),
  row("SeriesNumber", "number", ["00200011"]),
  row("SliceThickness", "number", ["00180050"]),
  row("SpacingBetweenSlices", "number", ["00180088"]),
  row("RepetitionTime", "number", ["00180080"], ms),
  row("EchoTime", "number", ["00189082", "00180081"], ms),
  row("EchoNumber", "number", ["00180086"]),
  row("InversionTime", "number", ["00189079", "00180082"], ms),
  row("FlipAngle", "number", ["00181314"]),
  row("EchoTrainLength", "number", ["00189241", "00180091"]),
  row("NumberOfAverages", "number", ["00180083"]),
  row("PixelBandwidth", "number", ["00189045", "00180095"]),
  row("PercentPhaseFOV", "number", ["00180094"]),
  row("PercentSampling", "number", ["00180093"]),
  row("InPlanePhaseEncodingDirectionDICOM", "code", ["00181312"]),
  row("DiffusionBValue", "number", ["00189087"]),
];

/** Makers and models are not in the vocabulary of descriptions; these signs name no person. */
const makers =
  /siemens|philips|ge medical systems|ge healthcare|canon|toshiba|hitachi|uih|united imaging|bruker|fujifilm|esaote/i;

export type Sidecar = Record<string, string | number | readonly string[]>;

/** Values of the table's attributes; what is missing is left out. */
export function sidecarOf(attributes: Attributes): Sidecar {
  const sidecar: Sidecar = {};
  for (const one of rows) {
    const value = one.tags.map((tag) => valueOf(attributes, tag, one)).find((found) => found !== undefined);
    if (value !== undefined) sidecar[one.name] = value;
  }
  return sidecar;
}

function valueOf(attributes: Attributes, tag: Tag, { name, kind, factor = 1 }: Row) {
  if (kind === "number") {
    const value = attributes.number(tag);
    return value === undefined ? undefined : +(value * factor).toPrecision(9);
  }
  const codes = attributes.texts(tag).filter((one) => /^[A-Z0-9 _*-]{1,16}$/.test(one));
  if (kind === "codes") return codes.length ? codes : undefined;
  if (kind === "code") return codes[0];
  const text = attributes.text(tag) ?? "";
  return (name.startsWith("Manufacturer") ? makers.exec(text)?.[0] : cleanText(text)) || undefined;
}
