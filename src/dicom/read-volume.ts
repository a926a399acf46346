/** Reads the pixels of a stack into a volume, file after file. */
import { MarrowError } from "../base/errors.js";
import { voxelCount, type Volume, type VoxelArray } from "../volume/volume.js";
import type { DicomFile } from "./data-set.js";
import type { Frame } from "./frame.js";
import { imageLayout, mostVoxels } from "./image-layout.js";
import { framePixels, type Pixels } from "./pixels.js";
import type { StackGeometry } from "./stack-geometry.js";

/** Gives a file's parsed content again, by the name its frames carry. */
export type OpenDicom = (file: string) => Promise<DicomFile>;

const arrays: Readonly<Record<string, new (length: number) => VoxelArray>> = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
};

/**
 * Voxels in LPS+ mm, slope and intercept applied to every slice. Whole numbers stay of the stored type where no slice is
 * rescaled or interpolated; everything else is float32. Throws DICOM_PIXELS, DICOM_TRANSFER_SYNTAX, DICOM_TOO_LARGE.
 */
export async function readVolume(geometry: StackGeometry, open: OpenDicom): Promise<Volume<VoxelArray>> {
  const { frames, size, affine, places } = geometry;
  const file = frames[0].of.file;
  if (voxelCount(size) > mostVoxels)
    throw new MarrowError("DICOM_TOO_LARGE", { file, found: size.join(" × ") });
  const make = (places ? undefined : wholeType(frames)) ?? Float32Array;
  const slice = size[0] * size[1];
  const real = new make(slice * frames.length);
  let decoded: Decoded | undefined;
  for (const [n, frame] of frames.entries()) {
    if (decoded?.file !== frame.of.file || decoded.index !== frame.index) decoded = await decode(frame, open);
    copySlice(decoded, frame, real, n * slice);
  }
  return { data: places ? interpolated(real, slice, places) : real, size, affine };
}

/** Array of the stored type where all frames have the same and none is rescaled. */
function wholeType(frames: readonly Frame[]) {
  const [{ format }] = frames;
  const isPlain = frames.every((one) => one.format === format && one.slope === 1 && one.intercept === 0);
  return isPlain ? arrays[format] : undefined;
}

/** Pixels of one stored frame; all tiles of a mosaic come from the same. */
interface Decoded {
  readonly file: string;
  readonly index: number;
  readonly width: number;
  readonly pixels: Pixels;
}

async function decode({ of: { file }, index }: Frame, open: OpenDicom): Promise<Decoded> {
  const image = await open(file);
  const layout = imageLayout(image.dataset, file);
  return { file, index, width: layout.columns, pixels: await framePixels(image, layout, index, file) };
}

function copySlice({ pixels, width }: Decoded, frame: Frame, out: VoxelArray, start: number): void {
  const { columns, rows, slope, intercept, tile = [0, 0] } = frame;
  for (let j = 0; j < rows; j++) {
    const from = (tile[1] + j) * width + tile[0];
    const to = start + j * columns;
    for (let i = 0; i < columns; i++) out[to + i] = pixels[from + i] * slope + intercept;
  }
}

/** Slices at fractional places between the real ones, linearly. */
function interpolated(real: VoxelArray, slice: number, places: readonly number[]): Float32Array<ArrayBuffer> {
  const out = new Float32Array(slice * places.length);
  for (const [k, place] of places.entries()) {
    const below = Math.floor(place);
    const share = place - below;
    const [a, b] = [below * slice, (share > 0 ? below + 1 : below) * slice];
    for (let n = 0; n < slice; n++) out[k * slice + n] = (1 - share) * real[a + n] + share * real[b + n];
  }
  return out;
}
