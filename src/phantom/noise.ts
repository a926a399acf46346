/**
 * Smooth noise in space for textures and for the irregularity of living things. Only +, −, ×, ÷, floor and square roots
 * are used here and in the rest of the phantoms: IEEE arithmetic gives the same bits on every machine, the functions of
 * the mathematics library need not.
 */
import type { Random } from "../base/random.js";

const side = 32;
const last = side - 1;

/** A periodic lattice of random values, read with smooth interpolation. */
export class Noise {
  private readonly lattice = new Float32Array(side * side * side);

  constructor(random: Random) {
    for (let i = 0; i < this.lattice.length; i++) this.lattice[i] = random.uniform(-1, 1);
  }

  /** Value in [−1, 1] at a point in units of lattice cells; the mean is 0, the standard deviation about 0.35. */
  at(x: number, y: number, z: number): number {
    // The turned axes keep the lattice's own directions from showing in the pictures.
    const u = 0.8 * x - 0.6 * y;
    const v = 0.48 * x + 0.64 * y - 0.6 * z;
    const w = 0.36 * x + 0.48 * y + 0.8 * z;
    const i = Math.floor(u);
    const j = Math.floor(v);
    const k = Math.floor(w);
    const a = ease(u - i);
    const b = ease(v - j);
    const c = ease(w - k);
    const near = this.plane(i, j, k, a, b);
    return near + c * (this.plane(i, j, k + 1, a, b) - near);
  }

  private plane(i: number, j: number, k: number, a: number, b: number): number {
    const values = this.lattice;
    const top = ((k & last) * side + (j & last)) * side;
    const bottom = ((k & last) * side + ((j + 1) & last)) * side;
    const left = i & last;
    const right = (i + 1) & last;
    const first = values[top + left] + a * (values[top + right] - values[top + left]);
    const second = values[bottom + left] + a * (values[bottom + right] - values[bottom + left]);
    return first + b * (second - first);
  }
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
