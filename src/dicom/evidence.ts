/** What is known of a volume's acquisition, gathered from its first frame: the ground on which a sequence is recognised. */
import type { Vec3 } from "../volume/volume.js";
import type { Attributes } from "./attributes.js";

export interface Evidence {
  /** ms; undefined where the image does not tell. */
  readonly repetitionTime?: number;
  readonly echoTime?: number;
  readonly inversionTime?: number;
  /** Degrees. */
  readonly flipAngle?: number;
  /** Tesla. */
  readonly field?: number;
  readonly bValue?: number;
  /** `SE`, `GR`, `IR`, `EP`, `RM`. */
  readonly scanning: readonly string[];
  /** Scan options and the enhanced images' suppression, upper case. */
  readonly options: readonly string[];
  readonly imageType: readonly string[];
  /** Series description, protocol and sequence name, lower case, spaces for underscores. */
  readonly words: string;
  /** Body part examined and study description too, lower case. */
  readonly bodyWords: string;
  readonly contrastAgent: boolean;
  /** Unit vector across the slices, LPS+. */
  readonly normal: Vec3;
  readonly slices: number;
}

const upper = (texts: readonly string[]) => texts.map((one) => one.toUpperCase()).filter(Boolean);

/** Defined pulse sequence names of enhanced images (PS3.3 section C.8.13.4) as classic scanning sequences. */
function scanningOf(attributes: Attributes): string[] {
  const classic = upper(attributes.texts("00180020"));
  if (classic.length) return classic;
  const echo = attributes.text("00189008")?.toUpperCase() ?? "";
  return [
    ...(/SPIN/.test(echo) ? ["SE"] : []),
    ...(/GRADIENT|BOTH/.test(echo) ? ["GR"] : []),
    ...(attributes.text("00189009") === "YES" ? ["IR"] : []),
    ...(attributes.text("00189018") === "YES" ? ["EP"] : []),
  ];
}

const words = (attributes: Attributes, tags: readonly string[]) =>
  tags
    .flatMap((tag) => attributes.texts(tag))
    .join(" ")
    .replaceAll("_", " ")
    .toLowerCase();

/** Gathers the evidence; numbers that are missing or zero are left out. */
export function evidenceOf(attributes: Attributes, normal: Vec3, slices: number): Evidence {
  const positive = (name: string, ...tags: readonly string[]) => {
    const found = tags.map((tag) => attributes.number(tag)).find((value) => value !== undefined && value > 0);
    return found === undefined ? {} : { [name]: found };
  };
  const description = ["0008103E", "00181030", "00180024", "00189005"];
  return {
    ...positive("repetitionTime", "00180080"),
    ...positive("echoTime", "00189082", "00180081"),
    ...positive("inversionTime", "00189079", "00180082"),
    ...positive("flipAngle", "00181314"),
    ...positive("field", "00180087"),
    ...positive("bValue", "00189087", "0019100C"),
    scanning: scanningOf(attributes),
    options: upper([...attributes.texts("00180022"), ...attributes.texts("00189025")]),
    imageType: upper([...attributes.texts("00089007"), ...attributes.texts("00080008")]),
    words: words(attributes, description),
    bodyWords: words(attributes, ["00180015", "00081030", "00321060", ...description]),
    contrastAgent: (attributes.text("00180010") ?? "") !== "",
    normal,
    slices,
  };
}
