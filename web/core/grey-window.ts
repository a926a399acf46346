/** Window and level: which intensities are black and which are white. */

export interface GreyWindow {
  readonly centre: number;
  readonly width: number;
}

export interface Preset {
  readonly name: string;
  readonly key: string;
  /** Percentiles of the image that become black and white. */
  readonly low: number;
  readonly high: number;
}

/** MRI has no fixed units: presets are shares of the image's own intensities. */
export const presets: readonly Preset[] = [
  { name: "Standard", key: "5", low: 1, high: 99 },
  { name: "Soft", key: "6", low: 0, high: 100 },
  { name: "Bone marrow", key: "7", low: 30, high: 98 },
  { name: "Bright lesions", key: "8", low: 60, high: 99.9 },
];

/** The window of a preset. `sorted` is a sample of the image's intensities, ascending. */
export function presetWindow(sorted: ArrayLike<number>, { low, high }: Preset): GreyWindow {
  const at = (percentile: number) => sorted[Math.round(((sorted.length - 1) * percentile) / 100)] ?? 0;
  const [black, white] = [at(low), at(high)];
  return { centre: (black + white) / 2, width: Math.max(white - black, Number.EPSILON) };
}

/** About 20 000 intensities spread over the image, ascending; what is not a number is left out. */
export function sampleIntensities(data: ArrayLike<number>): Float32Array {
  const step = Math.max(1, Math.floor(data.length / 20_000) | 1);
  const sample: number[] = [];
  for (let n = 0; n < data.length; n += step) if (Number.isFinite(data[n])) sample.push(data[n]);
  return Float32Array.from(sample).sort();
}

/** The window after dragging: right widens, left narrows; down darkens, up brightens. `range` scales the movement. */
export function dragWindow(from: GreyWindow, dx: number, dy: number, range: number): GreyWindow {
  const width = Math.max(range / 1000, from.width + (dx / 300) * range);
  return { centre: from.centre + (dy / 300) * range, width };
}
