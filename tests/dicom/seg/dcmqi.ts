/**
 * Reads DICOM segmentations by dcmqi (C++ on DCMTK, as WebAssembly in @itk-wasm/dicom): a second implementation for tests.
 * `readByDcmqi` is undefined where the package is not installed.
 */
import type { Mask } from "../../../src/volume/volume.js";

export interface ReadByDcmqi {
  readonly mask: Mask;
  /** Labels of the segments, in the order of the file. */
  readonly names: readonly string[];
  /** Label of the segment that a voxel's value stands for; undefined for the background. */
  readonly nameOf: (value: number) => string | undefined;
}

/** What is used of the package's results. Directions row by row: columns are those of i, j, k. */
interface Result {
  readonly segImage: {
    readonly size: readonly [number, number, number];
    readonly origin: readonly number[];
    readonly spacing: readonly number[];
    readonly direction: ArrayLike<number>;
    readonly data: ArrayLike<number>;
  };
  readonly metaInfo: {
    readonly segmentAttributes: readonly (readonly { labelID: number; SegmentLabel: string }[])[];
  };
}

interface Package {
  readSegmentationNode(file: string, options: { mergeSegments: boolean }): Promise<Result>;
}

/** A name that the compiler does not look up: the package need not be there. */
const packageName: string = "@itk-wasm/dicom";
const found = (await import(packageName).catch(() => undefined)) as Package | undefined;

async function read(file: string): Promise<ReadByDcmqi> {
  const { segImage, metaInfo } = (await found?.readSegmentationNode(file, { mergeSegments: true })) as Result;
  const { size, origin, spacing, direction: d } = segImage;
  const row = (r: number) => [0, 1, 2].map((column) => d[3 * r + column] * spacing[column]);
  const affine = [0, 1, 2].flatMap((r) => [...row(r), origin[r]]);
  const segments = metaInfo.segmentAttributes.flat();
  return {
    mask: { data: Uint8Array.from(segImage.data), size: [...size], affine: [...affine, 0, 0, 0, 1] },
    names: segments.map(({ SegmentLabel }) => SegmentLabel),
    nameOf: (value) => segments.find(({ labelID }) => labelID === value)?.SegmentLabel,
  };
}

export const readByDcmqi = found && read;
