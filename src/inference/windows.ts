/** Where the windows of a sliding-window prediction lie, and how much each of their voxels counts. */

/**
 * Starts of windows of length `patch` over `size` ≥ patch: evenly spread, at most patch · (1 − overlap) apart, the first at
 * 0 and the last at the end (as in nnU-Net).
 */
export function windowStarts(size: number, patch: number, overlap: number): number[] {
  const step = Math.max(1, patch * (1 - overlap));
  const count = Math.ceil((size - patch) / step) + 1;
  if (count === 1) return [0];
  return Array.from({ length: count }, (_, i) => Math.round((i * (size - patch)) / (count - 1)));
}

/**
 * Gaussian weights of a window, D, H, W: 1 in the centre, σ = an eighth of each extent, never below a thousandth, so that
 * voxels at the corner of the image still count.
 */
export function windowWeights(depth: number, height: number, width: number): Float32Array<ArrayBuffer> {
  const axis = (n: number) =>
    Float32Array.from({ length: n }, (_, i) => Math.exp(-0.5 * (((i - (n - 1) / 2) * 8) / n) ** 2));
  const [d, h, w] = [axis(depth), axis(height), axis(width)];
  const weights = new Float32Array(depth * height * width);
  let at = 0;
  for (const a of d) for (const b of h) for (const c of w) weights[at++] = Math.max(a * b * c, 1e-3);
  return weights;
}
