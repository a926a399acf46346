/** From the voxels of a plane to pixels of a pane and back: fit, zoom and pan. Voxel centres are at whole numbers. */
import type { PlaneSteps } from "./plane.js";

/** As a canvas takes it: x = a·p + c·q + e, y = b·p + d·q + f, for the voxel position (p, q) along across and down. */
export interface ScreenMap {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export interface Camera {
  /** 1 shows the whole plane; 2 twice as large. */
  readonly zoom: number;
  /** Shift of the picture in pixels of the pane at zoom 1. */
  readonly pan: readonly [number, number];
}

export const wholePlane: Camera = { zoom: 1, pan: [0, 0] };

type Pair = readonly [number, number];

/** The map that centres a plane of `count` voxels in a pane of `pane` pixels, as large as it fits, then zoomed. */
export function screenMap(steps: PlaneSteps, count: Pair, pane: Pair, camera: Camera): ScreenMap {
  const scale = fitScale(steps, count, pane) * camera.zoom;
  const [a, b] = steps.across.map((x) => x * scale) as unknown as Pair;
  const [c, d] = steps.down.map((x) => x * scale) as unknown as Pair;
  const [p, q] = [(count[0] - 1) / 2, (count[1] - 1) / 2];
  const e = pane[0] / 2 - a * p - c * q + camera.pan[0] * camera.zoom;
  const f = pane[1] / 2 - b * p - d * q + camera.pan[1] * camera.zoom;
  return { a, b, c, d, e, f };
}

/** Pixels per millimetre at which the plane just fits. */
export function fitScale({ across, down }: PlaneSteps, count: Pair, pane: Pair): number {
  const width = Math.abs(across[0]) * count[0] + Math.abs(down[0]) * count[1];
  const height = Math.abs(across[1]) * count[0] + Math.abs(down[1]) * count[1];
  return Math.min(pane[0] / width, pane[1] / height);
}

export const toScreen = ({ a, b, c, d, e, f }: ScreenMap, [p, q]: Pair): [number, number] => [
  a * p + c * q + e,
  b * p + d * q + f,
];

export function fromScreen({ a, b, c, d, e, f }: ScreenMap, [x, y]: Pair): [number, number] {
  const determinant = a * d - b * c;
  return [(d * (x - e) - c * (y - f)) / determinant, (a * (y - f) - b * (x - e)) / determinant];
}

/** The camera after zooming by `factor` such that what is under the pixel `at` stays there. */
export function zoomAt({ zoom, pan }: Camera, factor: number, at: Pair, pane: Pair): Camera {
  const next = Math.min(40, Math.max(0.2, zoom * factor));
  const move = (n: 0 | 1) => pan[n] + (at[n] - pane[n] / 2) * (1 / next - 1 / zoom);
  return { zoom: next, pan: [move(0), move(1)] };
}

/** The camera after dragging the picture by some pixels. */
export const panBy = ({ zoom, pan }: Camera, [dx, dy]: Pair): Camera => ({
  zoom,
  pan: [pan[0] + dx / zoom, pan[1] + dy / zoom],
});
