/** Paints a scene slice by slice; thick slices are averages of planes within their thickness (partial volume). */
import { Slice, type Build } from "./slice.js";
import { pixel } from "./field.js";
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
  const area = ni * nj;
  const signal = new Float32Array(area * nk);
  const lesions = new Uint8Array(area * nk);
  const bones = new Uint8Array(area * nk);
  for (let k = 0; k < nk; k++) {
    const canvases = Array.from({ length: scene.planes }, (_, plane) => paintPlane(scene, noise, k, plane));
    const [from, to] = [k * area, (k + 1) * area];
    const planes = { lesions: canvases.map((c) => c.lesions), bones: canvases.map((c) => c.bones) };
    average(canvases, signal.subarray(from, to));
    vote(planes.lesions, lesions.subarray(from, to));
    vote(planes.bones, bones.subarray(from, to));
    seat(planes, lesions.subarray(from, to), bones.subarray(from, to));
  }
  return { signal, lesions, bones };
}

function paintPlane(scene: Scene, noise: Noise, k: number, plane: number): Canvas {
  const within = ((plane + 0.5) / scene.planes - 0.5) * scene.grid.thickness;
  const canvas = new Canvas(
    new Slice(scene.grid, offset(scene.grid, 2, k) + within, scene.build, noise),
    noise,
  );
  for (let n = scene.coats.length - 1; n >= 0; n--) canvas.paintBeneath(scene.coats[n]);
  return canvas;
}

function average(canvases: readonly Canvas[], into: Float32Array): void {
  for (const { signal } of canvases) {
    for (let n = 0; n < into.length; n++) into[n] = into[n] + signal[n] / canvases.length;
  }
}

/** The commonest structure, where any is present in at least half of the planes. */
function vote(planes: readonly Uint8Array[], into: Uint8Array): void {
  const votes = new Uint8Array(256);
  for (let n = 0; n < into.length; n++) {
    let present = 0;
    let winner = 0;
    for (const plane of planes) {
      const key = plane[n];
      if (key === 0) continue;
      present++;
      if (++votes[key] > votes[winner] || winner === 0) winner = key;
    }
    for (const plane of planes) votes[plane[n]] = 0;
    if (2 * present >= planes.length) into[n] = winner;
  }
}

/** A voxel's lesion and bone go together: the bone is the one seen beneath the lesion. */
function seat(planes: Planes, lesions: Uint8Array, bones: Uint8Array): void {
  for (let n = 0; n < lesions.length; n++) {
    if (lesions[n] === 0) continue;
    const plane = planes.lesions.findIndex((keys) => keys[n] === lesions[n]);
    bones[n] = planes.bones[plane][n];
  }
}

interface Planes {
  readonly lesions: readonly Uint8Array[];
  readonly bones: readonly Uint8Array[];
}

/**
 * One plane: signal with smooth borders, and which structure each pixel's centre lies in. Coats are painted from the top
 * downwards, each beneath what is there, so that hidden textures cost nothing.
 */
class Canvas {
  readonly signal: Float32Array;
  readonly lesions: Uint8Array;
  readonly bones: Uint8Array;

  /** Share of each pixel through which lower coats still show. */
  private readonly open: Float32Array;
  private readonly lesionKnown: Uint8Array;
  private readonly boneKnown: Uint8Array;

  constructor(
    private readonly slice: Slice,
    private readonly noise: Noise,
  ) {
    const area = slice.raster.columns * slice.raster.rows;
    this.signal = new Float32Array(area);
    this.lesions = new Uint8Array(area);
    this.bones = new Uint8Array(area);
    this.open = new Float32Array(area).fill(1);
    this.lesionKnown = new Uint8Array(area);
    this.boneKnown = new Uint8Array(area);
  }

  paintBeneath(coat: Coat): void {
    const field = this.slice.field(coat.shape);
    const { raster } = this.slice;
    const width = coat.soft ?? Math.min(raster.step[0], raster.step[1]);
    const inset = coat.inset ?? 0;
    for (let j = 0, n = 0; j < field.height; j++) {
      const at = field.x + raster.columns * (field.y + j);
      for (let i = 0; i < field.width; i++, n++) {
        const depth = -field.data[n] - inset;
        if (depth <= -width / 2) continue;
        if (this.open[at + i] > 0.004)
          this.stroke(coat, depth / width + 0.5, at + i, field.x + i, field.y + j);
        if (depth >= 0 && coat.decor !== true) this.mark(coat, at + i);
      }
    }
  }

  private stroke(coat: Coat, coverage: number, at: number, x: number, y: number): void {
    const alpha = (coverage < 1 ? coverage : 1) * (coat.opacity ?? 1);
    const { raster } = this.slice;
    const value = this.colour(coat.tissue, pixel(raster, 0, x), pixel(raster, 1, y), coat.side ?? 1);
    const open = this.open[at];
    this.signal[at] = this.signal[at] + open * alpha * value;
    this.open[at] = open * (1 - alpha);
  }

  /** The uppermost coat that counts decides; a lesion leaves the bone beneath it to be told. */
  private mark(coat: Coat, at: number): void {
    if (this.lesionKnown[at] === 0) this.lesions[at] = coat.lesion ?? 0;
    this.lesionKnown[at] = 1;
    if (coat.lesion !== undefined || this.boneKnown[at] === 1) return;
    this.bones[at] = coat.bone ?? 0;
    this.boneKnown[at] = 1;
  }

  private colour(tissue: Tissue, x: number, y: number, side: number): number {
    let value = tissue.value;
    if (!tissue.textures) return value;
    for (const texture of tissue.textures) value += this.grain(texture, x, y, side);
    return value > 0 ? value : 0;
  }

  private grain({ gain, size, above, along }: Texture, x: number, y: number, side: number): number {
    const z = this.slice.z / size[2];
    const level = along
      ? this.fibres(x, y, z, size, along[0] * side, along[1])
      : this.noise.at(x / size[0], y / size[1], z);
    if (above === undefined) return gain * level;
    return level > above ? gain * (level - above) : 0;
  }

  /** Noise drawn out along a direction and bent a little, as fibres are. */
  private fibres(x: number, y: number, z: number, size: Texture["size"], p: number, q: number): number {
    const bend = 7 * this.noise.at(x / 38 + 5, y / 38, z / 3);
    return this.noise.at((x * p + y * q) / size[0], (y * p - x * q + bend) / size[1], z);
  }
}
