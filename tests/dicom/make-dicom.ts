/** Makes small DICOM files for tests: MR slices with a chosen place, contents and sequence. */
import { emptyDataSet, type DataSet, type DicomFile } from "../../src/dicom/data-set.js";
import { setItems, setNumbers, setText } from "../../src/dicom/set-values.js";
import { explicitLittleEndian } from "../../src/dicom/transfer-syntax.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";

export interface SliceOptions {
  readonly patient?: string;
  readonly study?: string;
  readonly series?: number;
  readonly instance?: number;
  readonly position?: readonly [number, number, number];
  /** Row and column axis. */
  readonly orientation?: readonly number[];
  readonly spacing?: readonly [number, number];
  readonly rows?: number;
  readonly columns?: number;
  readonly value?: (i: number, j: number) => number;
  readonly texts?: Readonly<Record<string, string>>;
  readonly numbers?: Readonly<Record<string, readonly number[]>>;
}

export const axial = [1, 0, 0, 0, 1, 0];

/** A classic MR slice of unsigned 16-bit values; `value` gives the stored ones. */
export function sliceOf(options: SliceOptions = {}): DicomFile {
  const { patient = "Test^Person", study = "1.2.3", series = 1, instance = 1 } = options;
  const dataset = emptyDataSet();
  const { rows = 3, columns = 4, spacing = [1, 1], value = (i, j) => 10 * j + i } = options;
  const texts: Record<string, string> = {
    "00080016": "1.2.840.10008.5.1.4.1.1.4",
    "00080018": `${study}.${series}.${instance}.${Object.keys(options.texts ?? {}).length}`,
    "00080020": "20200102",
    "00080060": "MR",
    "00080008": "ORIGINAL\\PRIMARY\\M",
    "00100010": patient,
    "00100020": patient,
    "0020000D": study,
    "0020000E": `${study}.${series}`,
    "00280004": "MONOCHROME2",
    ...options.texts,
  };
  for (const [tag, text] of Object.entries(texts)) setText(dataset, tag, text);
  const numbers: Record<string, readonly number[]> = {
    "00180050": [4],
    "00200011": [series],
    "00200013": [instance],
    "00200032": options.position ?? [0, 0, 0],
    "00200037": options.orientation ?? axial,
    "00280002": [1],
    "00280010": [rows],
    "00280011": [columns],
    "00280030": [spacing[1], spacing[0]],
    "00280100": [16],
    "00280101": [16],
    "00280102": [15],
    "00280103": [0],
    ...options.numbers,
  };
  for (const [tag, values] of Object.entries(numbers)) setNumbers(dataset, tag, values);
  const pixels = Uint16Array.from({ length: rows * columns }, (_, n) =>
    value(n % columns, Math.floor(n / columns)),
  );
  dataset.elements.set("7FE00010", { vr: "OW", bytes: new Uint8Array(pixels.buffer) });
  return { meta: emptyDataSet(), dataset, transferSyntax: explicitLittleEndian, problems: [] };
}

export const bytesOfSlice = (options: SliceOptions = {}) => writeDicom(sliceOf(options));

/** A stack of slices along `step`, in the given order of places. */
export function stackOf(
  places: readonly number[],
  step: readonly [number, number, number],
  options: SliceOptions = {},
): DicomFile[] {
  return places.map((place, n) =>
    sliceOf({
      instance: n + 1,
      position: [step[0] * place, step[1] * place, step[2] * place],
      value: () => 100 + place,
      ...options,
    }),
  );
}

const group = (...pairs: readonly (readonly [string, DataSet])[]): DataSet => {
  const set = emptyDataSet();
  for (const [tag, item] of pairs) setItems(set, tag, [item]);
  return set;
};

function numbersIn(entries: Readonly<Record<string, readonly number[]>>): DataSet {
  const set = emptyDataSet();
  for (const [tag, values] of Object.entries(entries)) setNumbers(set, tag, values);
  return set;
}

/** The same slices as one enhanced image: position and rescaling per frame, the rest shared. */
export function enhancedOf(slices: readonly DicomFile[], slopes: readonly number[] = []): DicomFile {
  const first = slices[0].dataset;
  const dataset: DataSet = { charset: [], elements: new Map(first.elements) };
  const take = (from: DataSet, ...tags: readonly string[]) => {
    const set = emptyDataSet();
    for (const tag of tags) {
      const element = from.elements.get(tag);
      if (element) set.elements.set(tag, element);
    }
    return set;
  };
  setNumbers(dataset, "00280008", [slices.length]);
  setItems(dataset, "52009229", [
    group(["00209116", take(first, "00200037")], ["00289110", take(first, "00280030", "00180050")]),
  ]);
  setItems(
    dataset,
    "52009230",
    slices.map((one, n) =>
      group(
        ["00209113", take(one.dataset, "00200032")],
        ["00289145", numbersIn({ "00281053": [slopes[n] ?? 1], "00281052": [0] })],
      ),
    ),
  );
  for (const tag of ["00200032", "00200037", "00280030", "00180050"]) dataset.elements.delete(tag);
  const pixels = slices.map((one) => one.dataset.elements.get("7FE00010") as { bytes: Uint8Array });
  dataset.elements.set("7FE00010", { vr: "OW", bytes: Buffer.concat(pixels.map(({ bytes }) => bytes)) });
  return { ...slices[0], dataset };
}
