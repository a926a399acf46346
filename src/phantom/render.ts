/** Paints a scene slice by slice; thick slices are averages of planes within their thickness (partial volume). */
import type { Build } from "./slice.js";
import { Slice } from "./slice.js";
import { pixel, type Field, type Raster } from "./field.js";
import type { Noise } from "./noise.js";
import { offset, type Grid } from "./pose.js";
import type { Coat, Texture, Tissue } from "./shapes.js";

export interface Scene {
  readonly grid: Grid;
  readonly build: Build;
  readonly coats: readonly Coat[];
  /** Planes averaged per slice. */
  readonly planes: number;
}

export interface Rendering {
  /** Signal without coil, noise or scale; fat on T1 is about 1. */
  readonly signal: Float32Array<ArrayBuffer>;
  /** Number of the lesion that fills at least half of the voxel, else 0. */
  readonly lesions: Uint8Array<ArrayBuffer>;
  /** Bone that fills at least half of the voxel, else 0. */
  readonly bones: Uint8Array<ArrayBuffer>;
}

/** Renders on the scene's grid; the arrays are ordered as Volume data. */
export function render(scene: Scene, noise: Noise): Rendering {
  const [ni, nj, nk] = scene.grid.size;
  const signal = new Float32Array(ni * nj * nk);
  const lesions = new Uint8Array(signal.length);
  const bones = new Uint8Array(signal.length);
  for (let k = 0; k < nk; k++) {
    const sum = renderSlice(scene, noise, offset(scene.grid, 2, k));
    signal.set(sum.signal, k * ni * nj);
    sum.lesions.settle(lesions.subarray(k * ni * nj, (k + 1) * ni * nj), scene.planes);
    sum.bones.settle(bones.subarray(k * ni * nj, (k + 1) * ni * nj), scene.planes);
  }
  return { signal, lesions, bones };
}

function renderSlice(scene: Scene, noise: Noise, z: number) {
  const area = scene.grid.size[0] * scene.grid.size[1];
  const signal = new Float32Array(area);
  const lesions = new Shares(area);
  const bones = new Shares(area);
  for (let plane = 0; plane < scene.planes; plane++) {
    const within = (plane + 0.5) / scene.planes - 0.5;
    const slice = new Slice(scene.grid, z + within * scene.grid.thickness, scene.build, noise);
    const canvas = new Canvas(slice, noise, area);
    for (const coat of scene.coats) canvas.paint(coat);
    for (let n = 0; n < area; n++) signal[n] = signal[n]! + canvas.signal[n]! / scene.planes;
    lesions.add(canvas.lesions);
    bones.add(canvas.bones);
  }
  return { signal, lesions, bones };
}

/** The share of each pixel that belongs to each of several structures. */
class Shares {
  private readonly maps = new Map<number, Float32Array>();

  constructor(private readonly area: number) {}

  of(key: number): Float32Array {
    let found = this.maps.get(key);
    if (!found) this.maps.set(key, (found = new Float32Array(this.area)));
    return found;
  }

  cover(n: number, alpha: number, key: number | undefined): void {
    for (const map of this.maps.values()) map[n]! *= 1 - alpha;
    if (key !== undefined) this.of(key)[n]! += alpha;
  }

  add(other: Shares): void {
    for (const [key, map] of other.maps) {
      const mine = this.of(key);
      for (let n = 0; n < mine.length; n++) mine[n]! += map[n]!;
    }
  }

  /** Writes into `labels` the largest structure wherever all together fill half of the voxel. */
  settle(labels: Uint8Array, planes: number): void {
    const maps = [...this.maps].sort((a, b) => a[0] - b[0]);
    for (let n = 0; n < labels.length; n++) {
      let total = 0;
      let most = 0;
      for (const [key, map] of maps) {
        total += map[n]!;
        if (map[n]! <= most) continue;
        most = map[n]!;
        labels[n] = key;
      }
      if (total < planes / 2) labels[n] = 0;
    }
  }
}

class Canvas {
  readonly signal: Float32Array;
  readonly lesions: Shares;
  readonly bones: Shares;

  constructor(
    private readonly slice: Slice,
    private readonly noise: Noise,
    area: number,
  ) {
    this.signal = new Float32Array(area);
    this.lesions = new Shares(area);
    this.bones = new Shares(area);
  }

  paint(coat: Coat): void {
    const field = this.slice.field(coat.shape);
    const { raster } = this.slice;
    const voxel = Math.min(raster.step[0], raster.step[1]);
    for (let j = 0, n = 0; j < field.height; j++) {
      for (let i = 0; i < field.width; i++, n++) this.stroke(coat, field, n, raster, i, j, voxel);
    }
  }

  private stroke(coat: Coat, field: Field, n: number, raster: Raster, i: number, j: number, voxel: number): void {
    const depth = -field.data[n]! - (coat.inset ?? 0);
    const alpha = coverage(depth, coat.soft ?? voxel) * (coat.opacity ?? 1);
    if (alpha <= 0) return;
    const [x, y] = [field.x + i, field.y + j];
    const at = x + raster.columns * y;
    const value = this.colour(coat.tissue, pixel(raster, 0, x), pixel(raster, 1, y), coat.side ?? 1);
    this.signal[at] = this.signal[at]! + alpha * (value - this.signal[at]!);
    this.count(coat, at, coat.soft === undefined ? alpha : coverage(depth, voxel));
  }

  private count(coat: Coat, at: number, alpha: number): void {
    if (coat.decor || alpha <= 0) return;
    if (coat.lesion !== undefined) return this.lesions.cover(at, alpha, coat.lesion);
    this.lesions.cover(at, alpha, undefined);
    this.bones.cover(at, alpha, coat.bone);
  }

  private colour(tissue: Tissue, x: number, y: number, side: number): number {
    let value = tissue.value;
    if (!tissue.textures) return value;
    for (const texture of tissue.textures) value += this.grain(texture, x, y, side);
    return value > 0 ? value : 0;
  }

  private grain({ gain, size, above, along }: Texture, x: number, y: number, side: number): number {
    const p = along ? along[0] * side : 1;
    const q = along ? along[1] : 0;
    const u = (x * p + y * q) / size[0];
    const v = (y * p - x * q) / size[1];
    const level = this.noise.at(u, v, this.slice.z / size[2]);
    if (above === undefined) return gain * level;
    return level > above ? gain * (level - above) : 0;
  }
}

function coverage(depth: number, width: number): number {
  const t = depth / width + 0.5;
  if (t <= 0) return 0;
  return t >= 1 ? 1 : t;
}
