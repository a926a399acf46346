/** DICOM slices as volumes. A part of its own, loaded when the first DICOM file comes: the dictionary is large. */
import { asMarrowError, type MarrowError } from "../src/base/errors.js";
import type { Frame } from "../src/dicom/frame.js";
import { framesOf } from "../src/dicom/frames-of.js";
import { readDicom } from "../src/dicom/read-dicom.js";
import { readVolume } from "../src/dicom/read-volume.js";
import { stackGeometry } from "../src/dicom/stack-geometry.js";
import { type Stack, stacksOf } from "../src/dicom/stacks.js";
import { text } from "../src/dicom/values.js";
import { unpackedBytes } from "./bytes.js";
import type { Loaded, LoadedImage } from "./images.js";

/** Volumes of all series. Files without an image in them count as errors only where nothing else was found. */
export async function loadDicom(files: readonly File[]): Promise<Loaded> {
  const byName = new Map(files.map((file) => [pathOf(file), file]));
  const open = async (name: string) => readDicom(await unpackedBytes(byName.get(name) as File), name);
  const [frames, errors]: [Frame[], MarrowError[]] = [[], []];
  const descriptions = new Map<string, string>();
  for (const name of byName.keys()) {
    try {
      const file = await open(name);
      frames.push(...framesOf(file, name));
      descriptions.set(name, text(file.dataset, "0008103E") ?? "");
    } catch (error) {
      errors.push(asMarrowError(error, name));
    }
  }
  const images: LoadedImage[] = [];
  const failed: MarrowError[] = [];
  for (const stack of stacksOf(frames).stacks) {
    try {
      images.push(await imageOf(stack, open, descriptions));
    } catch (error) {
      failed.push(asMarrowError(error, stack.frames[0].of.file));
    }
  }
  return { images, errors: images.length > 0 ? failed : [...failed, ...errors.slice(0, 3)] };
}

/** Slices of a folder often have the same names in each of its folders. */
const pathOf = (file: File) => file.webkitRelativePath || file.name;

async function imageOf(
  { frames, splitBy, duplicates, order }: Stack,
  open: Parameters<typeof readVolume>[1],
  descriptions: ReadonlyMap<string, string>,
): Promise<LoadedImage> {
  const geometry = stackGeometry(frames);
  const { data, size, affine } = await readVolume(geometry, open);
  const [{ of, kinds }] = frames;
  const parts = [
    `series ${of.seriesNumber}`,
    descriptions.get(of.file) ?? "",
    ...splitBy.map((kind) => `${kind} ${kinds[kind]}`),
    order === undefined ? "" : `volume ${order + 1}`,
  ];
  const left =
    duplicates.length > 0 ? [`${duplicates.length} slices that lie where another lies were left out`] : [];
  return {
    name: parts.filter(Boolean).join(", "),
    volume: { data: Float32Array.from(data), size, affine },
    notes: [...geometry.notes, ...left],
  };
}
