/**
 * Finds writing burned into an image. Writing is drawn: strokes of one grey value, of the height of a letter, which stand
 * out from what they are written on, side by side on one line. Tissue has noise, so its neighbouring pixels are hardly
 * ever equal over such shapes.
 */

/** A picture's grey values, row by row; of colour one value a pixel. */
export interface GreyFrame {
  readonly rows: number;
  readonly columns: number;
  readonly data: ArrayLike<number>;
}

/** Connected pixels of one value. */
interface Stroke {
  readonly value: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly area: number;
  /** Difference from the mean of the pixels around it. */
  readonly contrast: number;
}

/** Sizes in pixels; `fullest` and `emptiest` are parts of the letter's box, `contrast` of the picture's range of values. */
const letter = { lowest: 5, tallest: 60, fullest: 0.85, emptiest: 0.12, contrast: 0.25 };
/** How far letters of one line may differ in height, stand from each other and leave the line, in heights. */
const line = { letters: 4, smoothLetters: 6, heights: 0.3, gap: 1.5, offset: 0.35 };

/** Smooth edges break small letters of one value up; cut at these parts of the range they are whole again. */
const cuts = [0.5, 0.7];
/** Steps from pixel to pixel, in parts of the range, that at least so many places of a letter's rows have. */
const edges = { step: 0.15, places: 6 };

/** Whether a line of letters of one grey value, or of nearly white or nearly black ones, stands in the picture. */
export function looksLikeText({ rows, columns, data }: GreyFrame): boolean {
  const frame = { rows, columns, data: Float32Array.from(data) };
  const [lowest, highest] = rangeOf(frame.data);
  if (!hasEdges(frame, highest - lowest)) return false;
  if (hasText(frame, line.letters)) return true;
  return cuts.some((part) => hasText(cutAt(frame, lowest + part * (highest - lowest)), line.smoothLetters));
}

/** A quick look that settles most images: writing needs several rows, one below the other, full of steep steps. */
function hasEdges({ rows, columns, data }: GreyFrame, range: number): boolean {
  let steepRows = 0;
  for (let row = 0; row < rows && steepRows < letter.lowest; row++) {
    let places = 0;
    for (let n = row * columns; n < (row + 1) * columns - 1; n++)
      if (Math.abs(data[n + 1] - data[n]) >= edges.step * range) places++;
    steepRows = places >= edges.places ? steepRows + 1 : 0;
  }
  return range > 0 && steepRows >= letter.lowest;
}

function cutAt({ rows, columns, data }: GreyFrame, level: number): GreyFrame {
  const white = new Uint8Array(rows * columns);
  for (let n = 0; n < white.length; n++) white[n] = data[n] > level ? 1 : 0;
  return { rows, columns, data: white };
}

function hasText(frame: GreyFrame, letters: number): boolean {
  const byValue = new Map<number, Stroke[]>();
  for (const stroke of lettersOf(frame))
    byValue.set(stroke.value, [...(byValue.get(stroke.value) ?? []), stroke]);
  return [...byValue.values()].some((strokes) => hasLine(strokes, letters));
}

function rangeOf(data: ArrayLike<number>): [lowest: number, highest: number] {
  let [lowest, highest] = [Infinity, -Infinity];
  for (let n = 0; n < data.length; n++) {
    if (data[n] < lowest) lowest = data[n];
    if (data[n] > highest) highest = data[n];
  }
  return [lowest, highest];
}

function lettersOf(frame: GreyFrame): Stroke[] {
  const [lowest, highest] = rangeOf(frame.data);
  const least = letter.contrast * (highest - lowest);
  return strokesOf(frame).filter((one) => one.contrast >= least && isLetter(one));
}

/** Strokes of at least as many pixels as the lowest letter is high. */
function strokesOf({ rows, columns, data }: GreyFrame): Stroke[] {
  const seen = new Uint8Array(rows * columns);
  const stack = new Int32Array(rows * columns);
  const found: Stroke[] = [];
  for (let start = 0; start < seen.length; start++) {
    if (seen[start]) continue;
    const stroke = fill(start, rows, columns, data, seen, stack);
    if (stroke.area >= letter.lowest) found.push(stroke);
  }
  return found;
}

/** Marks the pixels of `start`'s value that hang together with it (eight neighbours) and measures them. */
function fill(
  start: number,
  rows: number,
  columns: number,
  data: ArrayLike<number>,
  seen: Uint8Array,
  stack: Int32Array,
): Stroke {
  const value = data[start];
  let [top, bottom, left, right, area] = [rows, 0, columns, 0, 0];
  let [around, sum] = [0, 0];
  let depth = 0;
  stack[depth++] = start;
  seen[start] = 1;
  while (depth > 0) {
    const at = stack[--depth];
    const x = at % columns;
    const y = (at - x) / columns;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
    if (x < left) left = x;
    if (x > right) right = x;
    area++;
    for (let j = y > 0 ? y - 1 : y; j <= y + 1 && j < rows; j++)
      for (let i = x > 0 ? x - 1 : x; i <= x + 1 && i < columns; i++) {
        const next = j * columns + i;
        if (data[next] !== value) {
          around++;
          sum += data[next];
        } else if (!seen[next]) {
          seen[next] = 1;
          stack[depth++] = next;
        }
      }
  }
  return { value, top, bottom, left, right, area, contrast: around > 0 ? Math.abs(value - sum / around) : 0 };
}

const height = ({ top, bottom }: Stroke) => bottom - top + 1;
const width = ({ left, right }: Stroke) => right - left + 1;

/** Of a letter's size, and neither a dot nor a block. */
function isLetter(stroke: Stroke): boolean {
  const [h, w] = [height(stroke), width(stroke)];
  const filled = stroke.area / (h * w);
  const sized = h >= letter.lowest && h <= letter.tallest && w <= 2 * h;
  const upright = w <= h / 3; // an I or 1 fills its box
  return sized && filled >= letter.emptiest && (upright || filled <= letter.fullest);
}

/** Letters of like height, on one line, close to each other, from left to right. */
function hasLine(strokes: readonly Stroke[], letters: number): boolean {
  const sorted = [...strokes].sort((a, b) => a.left - b.left);
  const run = new Array<number>(sorted.length).fill(1);
  return sorted.some((stroke, n) => {
    for (let m = n - 1; m >= 0; m--) if (follows(sorted[m], stroke)) run[n] = Math.max(run[n], run[m] + 1);
    return run[n] >= letters;
  });
}

function follows(a: Stroke, b: Stroke): boolean {
  const tall = Math.max(height(a), height(b));
  const alike = Math.abs(height(a) - height(b)) <= Math.max(1, line.heights * tall);
  const level = Math.abs(a.bottom - b.bottom) <= Math.max(1, line.offset * tall);
  const gap = b.left - a.right;
  return alike && level && gap >= 1 && gap <= line.gap * tall;
}
