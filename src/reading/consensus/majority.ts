/**
 * Majority vote: a voxel has the label that more than half of the readers gave it, else background. Masks are arrays of one
 * length. With two readers a voxel counts where both agree. No mask gives an empty result of length 0.
 *
 * @example majority([[1, 1, 0], [1, 2, 0], [1, 2, 1]].map((m) => Uint8Array.from(m))) // [1, 2, 0]
 */
export function majority(masks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(masks[0]?.length ?? 0);
  const votes = new Uint16Array(256);
  for (let n = 0; n < result.length; n++) {
    for (const mask of masks) {
      const label = mask[n];
      if (++votes[label] * 2 > masks.length) result[n] = label;
    }
    for (const mask of masks) votes[mask[n]] = 0;
  }
  return result;
}
