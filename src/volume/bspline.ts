/**
 * Coefficients of the interpolating cubic B-spline with mirrored edges: the prefilter of scipy.ndimage (order 3, mode
 * "mirror"). Source: Unser, Splines, IEEE Signal Processing Magazine 16(6), 1999.
 */
import type { Vec3 } from "./volume.js";

const pole = Math.sqrt(3) - 2;
const gain = 6;

/** A copy of the values, filtered along every axis longer than one. */
export function splineCoefficients(data: ArrayLike<number>, size: Vec3): Float32Array<ArrayBuffer> {
  const out = Float32Array.from(data);
  const strides = [1, size[0], size[0] * size[1]];
  for (const axis of [0, 1, 2] as const) if (size[axis] > 1) filterAxis(out, size[axis], strides[axis]);
  return out;
}

function filterAxis(values: Float32Array, length: number, stride: number): void {
  const line = new Float64Array(length);
  for (let outer = 0; outer < values.length; outer += stride * length)
    for (let start = outer; start < outer + stride; start++) {
      for (let n = 0; n < length; n++) line[n] = values[start + n * stride] * gain;
      filterLine(line);
      for (let n = 0; n < length; n++) values[start + n * stride] = line[n];
    }
}

function filterLine(line: Float64Array): void {
  const last = line.length - 1;
  line[0] = mirroredStart(line);
  for (let n = 1; n <= last; n++) line[n] += pole * line[n - 1];
  line[last] = (pole / (pole * pole - 1)) * (line[last] + pole * line[last - 1]);
  for (let n = last - 1; n >= 0; n--) line[n] = pole * (line[n + 1] - line[n]);
}

/** Sum of pole^n over the endlessly mirrored line, in closed form. */
function mirroredStart(line: Float64Array): number {
  const last = line.length - 1;
  const far = Math.pow(pole, last);
  let sum = line[0] + far * line[last];
  let rising = pole;
  let falling = (far * far) / pole;
  for (let n = 1; n < last; n++, rising *= pole, falling /= pole) sum += line[n] * (rising + falling);
  return sum / (1 - far * far);
}
