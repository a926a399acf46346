import { MarrowError } from "../base/errors.js";
import { sameGrid } from "../volume/geometry.js";
import { type Mask, spacingOf } from "../volume/volume.js";

/** Voxels of one label: in both masks, in the prediction alone, in the reference alone, in neither. */
export interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/**
 * Counts of each label, in one pass over two masks on one grid. A voxel that holds another label counts as not holding
 * this one. Labels that occur in neither mask get tp = fp = fn = 0. Throws GRID_MISMATCH where size or position differ.
 *
 * @example countLabels(prediction, reference, [1])[0] // { tp: 2, fp: 1, fn: 0, tn: 5 }
 */
export function countLabels(prediction: Mask, reference: Mask, labels: readonly number[]): Counts[] {
  requireSameGrid(prediction, reference);
  return countVoxels(prediction.data, reference.data, labels);
}

/** The same for two arrays of labels of one length, e.g. one slice of each mask. */
export function countVoxels(
  prediction: Uint8Array,
  reference: Uint8Array,
  labels: readonly number[],
): Counts[] {
  const [predicted, expected, both] = [new Float64Array(256), new Float64Array(256), new Float64Array(256)];
  for (let n = 0; n < prediction.length; n++) {
    const label = prediction[n];
    predicted[label]++;
    expected[reference[n]]++;
    if (label === reference[n]) both[label]++;
  }
  return labels.map((label) => {
    const [tp, fp, fn] = [both[label], predicted[label] - both[label], expected[label] - both[label]];
    return { tp, fp, fn, tn: prediction.length - tp - fp - fn };
  });
}

/** Throws GRID_MISMATCH unless both masks have one size and lie within half a voxel of each other (rounded headers). */
export function requireSameGrid(prediction: Mask, reference: Mask): void {
  if (sameGrid(prediction, reference, Math.min(...spacingOf(reference.affine)) / 2)) return;
  const describe = ({ size, affine }: Mask) =>
    `${size.join(" × ")}, origin ${[affine[3], affine[7], affine[11]].map((x) => x.toFixed(2)).join(", ")} mm`;
  throw new MarrowError("GRID_MISMATCH", {
    expected: `${describe(reference)} (reference)`,
    found: `${describe(prediction)} (prediction)`,
    next: "Predict on the reference's own grid, or resample one mask onto the other's grid.",
  });
}

/** Values other than 0 that occur in any of the masks, ascending. */
export function labelsIn(masks: readonly Mask[]): number[] {
  const seen = new Uint8Array(256);
  for (const { data } of masks) for (let n = 0; n < data.length; n++) seen[data[n]] = 1;
  return Array.from(seen.keys()).filter((label) => label > 0 && seen[label] === 1);
}
