/** Outlines of the labels of a slice, along the edges of their pixels. */

/** Four numbers for each piece: p0, q0, p1, q1 in voxels; a pixel reaches half a voxel to each side of its centre. */
export type Segments = readonly number[];

/** For each label other than 0 the edges at which it ends, also at the border of the slice. */
export function outlines(labels: Uint8Array, width: number, height: number): Map<number, Segments> {
  const found = new Map<number, number[]>();
  const add = (label: number, ...piece: [number, number, number, number]) => {
    const pieces = found.get(label);
    if (pieces) pieces.push(...piece);
    else found.set(label, piece);
  };
  const labelAt = (p: number, q: number) =>
    p < 0 || q < 0 || p >= width || q >= height ? 0 : labels[p + width * q];
  for (let q = 0; q < height; q++)
    for (let p = 0; p < width; p++) {
      const label = labels[p + width * q];
      if (label === 0) continue;
      const [left, right, top, bottom] = [p - 0.5, p + 0.5, q - 0.5, q + 0.5];
      if (labelAt(p - 1, q) !== label) add(label, left, top, left, bottom);
      if (labelAt(p + 1, q) !== label) add(label, right, top, right, bottom);
      if (labelAt(p, q - 1) !== label) add(label, left, top, right, top);
      if (labelAt(p, q + 1) !== label) add(label, left, bottom, right, bottom);
    }
  return found;
}
