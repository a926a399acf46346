/** The images a mask was made on: the series of a DICOM folder that lies on the mask's grid. */
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { orientationOf, reorient, sameGrid, type Grid } from "../../volume/geometry.js";
import { spacingOf, type Mask, type Volume, type VoxelArray } from "../../volume/volume.js";
import type { DataSet } from "../data-set.js";
import type { Frame } from "../frame.js";
import { framesOf } from "../frames-of.js";
import { readDicom } from "../read-dicom.js";
import { readVolume } from "../read-volume.js";
import type { DicomSource } from "../source.js";
import { stackGeometry, type StackGeometry } from "../stack-geometry.js";
import { stacksOf } from "../stacks.js";
import { text } from "../values.js";

/** Where one slice of the grid comes from. */
export interface SourceSlice {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** From 1; left out for images of one frame. */
  readonly frame?: number;
}

export interface SourceImage {
  readonly grid: Grid;
  /** One for each slice along k; undefined where the slice was interpolated. */
  readonly slices: readonly (SourceSlice | undefined)[];
  /** First file of the series: patient, study, frame of reference. */
  readonly head: DataSet;
  readonly seriesUid: string;
  /** Reads the voxels. Throws as readVolume does. */
  readonly read: () => Promise<Volume<VoxelArray>>;
}

/** mm by which the corners of a mask may lie beside the image's: other converters round their affines. */
const tolerance = 0.1;

/** All volumes of a source; what is no image is passed over. */
export async function sourceImages(source: DicomSource): Promise<SourceImage[]> {
  const open = async (file: string) => readDicom(await source.read(file), file);
  const frames: Frame[] = [];
  for (const file of source.names) {
    try {
      frames.push(...framesOf(await open(file), file));
    } catch (error) {
      if (asMarrowError(error, file).code === "INTERNAL") throw error;
    }
  }
  const images: SourceImage[] = [];
  for (const geometry of geometries(frames)) {
    const { dataset } = await open(geometry.frames[0].of.file);
    images.push(imageOf(geometry, dataset, () => readVolume(geometry, open)));
  }
  return images;
}

function geometries(frames: readonly Frame[]): StackGeometry[] {
  return stacksOf(frames).stacks.flatMap((stack) => {
    try {
      return [stackGeometry(stack.frames)];
    } catch {
      return [];
    }
  });
}

function imageOf(geometry: StackGeometry, head: DataSet, read: SourceImage["read"]): SourceImage {
  const { frames, size, affine, places } = geometry;
  const frameCounts = new Map<string, number>();
  for (const { of } of frames) frameCounts.set(of.file, (frameCounts.get(of.file) ?? 0) + 1);
  const sopClassUid = text(head, "00080016") ?? "";
  const isMultiFrame = Number(text(head, "00280008") ?? 1) > 1;
  const slice = ({ of, index }: Frame): SourceSlice => ({
    sopClassUid,
    sopInstanceUid: of.sopInstanceUid,
    ...(isMultiFrame && { frame: index + 1 }),
  });
  const at = places ?? frames.map((_, n) => n);
  const slices = at.map((place) => (Number.isInteger(place) ? slice(frames[place]) : undefined));
  return { grid: { size, affine }, slices, head, seriesUid: frames[0].of.seriesUid, read };
}

export interface Placed {
  readonly image: SourceImage;
  /** The mask with its axes as the image has them, on exactly the image's grid. */
  readonly mask: Mask;
}

/**
 * Finds the series on whose grid the mask lies, whatever the order and direction of its axes are. `seriesUid` chooses where
 * several lie there. Throws GRID_MISMATCH, and BAD_ARGUMENT where more than one fits.
 */
export function placeMask(
  mask: Mask,
  images: readonly SourceImage[],
  file: string,
  seriesUid?: string,
): Placed {
  const candidates = images.filter((image) => seriesUid === undefined || image.seriesUid === seriesUid);
  const found = candidates.flatMap((image) => {
    const turned = turnedOnto(mask, image.grid);
    return turned ? [{ image, mask: turned }] : [];
  });
  if (found.length === 1) return found[0];
  if (found.length > 1)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "one series that the mask lies on",
      found: found.map(({ image }) => image.seriesUid).join(", "),
      next: "Name the series with --series.",
    });
  throw mismatch(mask, images, file);
}

/** A volume on the image's grid, whatever the order and direction of its axes are. Throws GRID_MISMATCH. */
export function placeVolume<T extends VoxelArray>(volume: Volume<T>, image: SourceImage, file: string): Volume<T> {
  const turned = turnedOnto(volume, image.grid);
  if (turned) return turned;
  throw mismatch(volume, [image], file);
} // prettier-ignore

/** On exactly this grid; undefined where it lies on another one. */
function turnedOnto<T extends VoxelArray>(volume: Volume<T>, grid: Grid): Volume<T> | undefined {
  const turned = reorient(volume, orientationOf(grid.affine));
  return sameGrid(turned, grid, tolerance) ? { ...turned, ...grid } : undefined;
}

const mismatch = (found: Grid, images: readonly SourceImage[], file: string) =>
  new MarrowError("GRID_MISMATCH", {
    file,
    expected: images.map(({ grid }) => describeGrid(grid)).join("; ") || "a folder with MR images",
    found: describeGrid(found),
    next: "Give the DICOM folder that the image of this mask was imported from.",
  });

export function describeGrid({ size, affine }: Grid): string {
  const mm = spacingOf(affine).map((one) => +one.toFixed(3));
  return `${size.join(" × ")} voxels of ${mm.join(" × ")} mm, ${orientationOf(affine)}`;
}
