/** One slice of one image as the import sees it: where it lies, how its numbers are to be read, what sets it apart. */
import type { Vec3 } from "../volume/volume.js";

/** What all frames of one file share. */
export interface FrameFile {
  /** Name by which the source gives the file's bytes again. */
  readonly file: string;
  readonly patientId: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly seriesNumber: number;
  readonly sopInstanceUid: string;
  readonly instanceNumber: number;
  readonly modality: string;
}

/** Values by which the frames of a series belong to different volumes; "" where the image does not tell. */
export interface FrameKinds {
  readonly imageType: string;
  readonly stack: string;
  readonly component: string;
  readonly echo: string;
  readonly inversion: string;
  readonly bValue: string;
  readonly direction: string;
  readonly temporal: string;
  readonly phase: string;
  readonly label: string;
  readonly acquisition: string;
  readonly trigger: string;
}

export interface Frame {
  readonly of: FrameFile;
  /** Number of the frame in its file, from 0. */
  readonly index: number;
  /** Part of a Siemens mosaic: columns and rows from the upper left. */
  readonly tile?: readonly [left: number, top: number];
  readonly columns: number;
  readonly rows: number;
  /** Centre of the first pixel, LPS+ mm (PS3.3 section C.7.6.2.1.1). */
  readonly position: Vec3;
  /** Unit vector along a row, and along a column. */
  readonly rowAxis: Vec3;
  readonly columnAxis: Vec3;
  /** mm between neighbours in a row, and in a column. */
  readonly spacing: readonly [number, number];
  /** mm between slices as the scanner says, for a single slice; never used where positions tell. */
  readonly sliceSpacing: number;
  readonly slope: number;
  readonly intercept: number;
  /** Type of the stored numbers, e.g. `uint16`. */
  readonly format: string;
  readonly kinds: FrameKinds;
}

export function cross([a, b, c]: Vec3, [x, y, z]: Vec3): Vec3 {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}

export function dot([a, b, c]: Vec3, [x, y, z]: Vec3): number {
  return a * x + b * y + c * z;
}

export function normalOf({ rowAxis, columnAxis }: Pick<Frame, "rowAxis" | "columnAxis">): Vec3 {
  return cross(rowAxis, columnAxis);
}
