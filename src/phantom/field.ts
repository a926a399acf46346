/** Signed distances (mm, negative inside) over a rectangle of a slice's pixels; everywhere else the shape is far away. */
export interface Field {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export const far = 99;

const empty: Field = { x: 0, y: 0, width: 0, height: 0, data: new Float32Array(0) };

/** Pixel positions of a slice in mm. */
export interface Raster {
  readonly columns: number;
  readonly rows: number;
  readonly step: readonly [number, number];
}

export function pixel(raster: Raster, axis: 0 | 1, index: number): number {
  return (index - ((axis === 0 ? raster.columns : raster.rows) - 1) / 2) * raster.step[axis];
}

/** A field over the pixels within the given millimetres, filled with `far`. */
export function blank(raster: Raster, x0: number, y0: number, x1: number, y1: number): Field {
  const column = (mm: number) => mm / raster.step[0] + (raster.columns - 1) / 2;
  const row = (mm: number) => mm / raster.step[1] + (raster.rows - 1) / 2;
  const x = Math.max(0, Math.floor(column(x0)));
  const y = Math.max(0, Math.floor(row(y0)));
  const width = Math.min(raster.columns - 1, Math.ceil(column(x1))) - x + 1;
  const height = Math.min(raster.rows - 1, Math.ceil(row(y1))) - y + 1;
  if (width <= 0 || height <= 0) return empty;
  return { x, y, width, height, data: new Float32Array(width * height).fill(far) };
}

/** A new field over the same rectangle with each distance replaced; `change` gets pixel indices. */
export function map(field: Field, change: (distance: number, x: number, y: number) => number): Field {
  const data = new Float32Array(field.data.length);
  for (let j = 0, n = 0; j < field.height; j++) {
    for (let i = 0; i < field.width; i++, n++) data[n] = change(field.data[n], field.x + i, field.y + j);
  }
  return { ...field, data };
}

export function intersection(fields: readonly Field[]): Field {
  const x = Math.max(...fields.map((f) => f.x));
  const y = Math.max(...fields.map((f) => f.y));
  const width = Math.min(...fields.map((f) => f.x + f.width)) - x;
  const height = Math.min(...fields.map((f) => f.y + f.height)) - y;
  if (width <= 0 || height <= 0) return empty;
  const box = { x, y, width, height, data: new Float32Array(width * height).fill(-far) };
  for (const field of fields) combine(box, field, (a, b) => (a > b ? a : b));
  return box;
}

export function union(fields: readonly Field[]): Field {
  const present = fields.filter((f) => f.data.length > 0);
  if (present.length < 2) return present[0] ?? empty;
  const x = Math.min(...present.map((f) => f.x));
  const y = Math.min(...present.map((f) => f.y));
  const width = Math.max(...present.map((f) => f.x + f.width)) - x;
  const height = Math.max(...present.map((f) => f.y + f.height)) - y;
  const box = { x, y, width, height, data: new Float32Array(width * height).fill(far) };
  for (const field of present) combine(box, field, (a, b) => (a < b ? a : b));
  return box;
}

export function difference(field: Field, by: Field): Field {
  const left = { ...field, data: Float32Array.from(field.data) };
  combine(left, by, (a, b) => (a > -b ? a : -b));
  return left;
}

/** Merges `other` into `target` where they overlap. */
function combine(target: Field, other: Field, merge: (a: number, b: number) => number): void {
  const x0 = Math.max(target.x, other.x);
  const x1 = Math.min(target.x + target.width, other.x + other.width);
  const y0 = Math.max(target.y, other.y);
  const y1 = Math.min(target.y + target.height, other.y + other.height);
  for (let y = y0; y < y1; y++) {
    let n = x0 - target.x + target.width * (y - target.y);
    let m = x0 - other.x + other.width * (y - other.y);
    for (let x = x0; x < x1; x++, n++, m++) target.data[n] = merge(target.data[n], other.data[m]);
  }
}

/** Distance to a closed outline, exact within `band` mm of it, ±band beyond. */
export function polygonField(raster: Raster, points: Float64Array, band: number): Field {
  const [x0, y0, x1, y1] = bounds(points);
  const field = blank(raster, x0 - band, y0 - band, x1 + band, y1 + band);
  if (field.data.length === 0) return field;
  field.data.fill(band * band);
  const count = points.length / 2;
  for (let n = 0; n < count; n++) markEdge(raster, field, segment(points, n, (n + 1) % count), band);
  for (let n = 0; n < field.data.length; n++) field.data[n] = Math.sqrt(field.data[n]);
  negateInside(raster, field, points);
  return field;
}

export type Segment = readonly [ax: number, ay: number, bx: number, by: number];

export function segment(points: Float64Array, from: number, to: number): Segment {
  return [points[2 * from], points[2 * from + 1], points[2 * to], points[2 * to + 1]];
}

export function bounds(points: Float64Array): [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let n = 0; n < points.length; n += 2) {
    x0 = Math.min(x0, points[n]);
    x1 = Math.max(x1, points[n]);
    y0 = Math.min(y0, points[n + 1]);
    y1 = Math.max(y1, points[n + 1]);
  }
  return [x0, y0, x1, y1];
}

function markEdge(raster: Raster, field: Field, edge: Segment, band: number): void {
  const [ax, ay, bx, by] = edge;
  const range = (low: number, high: number, axis: 0 | 1): [number, number] => {
    const size = axis === 0 ? field.width : field.height;
    const start = axis === 0 ? field.x : field.y;
    const middle = ((axis === 0 ? raster.columns : raster.rows) - 1) / 2;
    const from = Math.ceil((low - band) / raster.step[axis] + middle) - start;
    const to = Math.floor((high + band) / raster.step[axis] + middle) - start;
    return [Math.max(0, from), Math.min(size - 1, to)];
  };
  const [i0, i1] = range(Math.min(ax, bx), Math.max(ax, bx), 0);
  const [j0, j1] = range(Math.min(ay, by), Math.max(ay, by), 1);
  const [dx, dy] = [bx - ax, by - ay];
  const scale = 1 / Math.max(1e-9, dx * dx + dy * dy);
  for (let j = j0; j <= j1; j++) {
    const vy = pixel(raster, 1, field.y + j) - ay;
    for (let i = i0; i <= i1; i++) {
      const vx = pixel(raster, 0, field.x + i) - ax;
      const t = Math.min(1, Math.max(0, (vx * dx + vy * dy) * scale));
      const ex = vx - t * dx;
      const ey = vy - t * dy;
      const n = i + field.width * j;
      const square = ex * ex + ey * ey;
      if (square < field.data[n]) field.data[n] = square;
    }
  }
}

/** Even-odd rule, row by row. */
function negateInside(raster: Raster, field: Field, points: Float64Array): void {
  const count = points.length / 2;
  const crossings: number[] = [];
  for (let j = 0; j < field.height; j++) {
    const y = pixel(raster, 1, field.y + j);
    crossings.length = 0;
    for (let n = 0; n < count; n++) {
      const m = (n + 1) % count;
      const [ax, ay, bx, by] = [points[2 * n], points[2 * n + 1], points[2 * m], points[2 * m + 1]];
      if (ay > y !== by > y) crossings.push(ax + ((y - ay) * (bx - ax)) / (by - ay));
    }
    crossings.sort((a, b) => a - b);
    for (let c = 0; c + 1 < crossings.length; c += 2)
      negateRow(raster, field, j, crossings[c], crossings[c + 1]);
  }
}

function negateRow(raster: Raster, field: Field, row: number, from: number, to: number): void {
  const middle = (raster.columns - 1) / 2 - field.x;
  const first = Math.max(0, Math.ceil(from / raster.step[0] + middle));
  const last = Math.min(field.width - 1, Math.floor(to / raster.step[0] + middle));
  for (let i = first; i <= last; i++) field.data[i + field.width * row] *= -1;
}
