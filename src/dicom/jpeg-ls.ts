/**
 * JPEG-LS decoder for one component, lossless and near-lossless (ISO/IEC 14495-1 annex A). Marrow has its own, since the library's
 * refused valid images and ran without end on damaged ones.
 */
import { BitReader } from "./jpeg-ls-bits.js";
import { readJpegLsHeader, type JpegLsHeader } from "./jpeg-ls-header.js";

const contexts = 367;
const [runContext, runContextSame] = [365, 366];
/** Lengths of runs as powers of two (table J of annex A.2.1). */
const runOrders = [
  0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15,
];

/** Values row by row. Throws an Error for damaged data; work and memory are bounded by the size in the header. */
export function decodeJpegLs(bytes: Uint8Array): Uint16Array {
  const header = readJpegLsHeader(bytes);
  return new Decoder(header, new BitReader(bytes, header.start)).decode();
}

class Decoder {
  private readonly step: number;
  private readonly range: number;
  private readonly rangeBits: number;
  private readonly limit: number;
  private readonly sums = new Int32Array(contexts);
  private readonly biases = new Int32Array(contexts);
  private readonly corrections = new Int32Array(contexts);
  private readonly counts = new Int32Array(contexts).fill(1);
  private readonly negatives = new Int32Array(contexts);
  private readonly gradients: Int8Array;
  private runIndex = 0;
  /** The line above and the line itself, each with a sample before the first and after the last. */
  private above: Int32Array;
  private line: Int32Array;

  constructor(
    private readonly header: JpegLsHeader,
    private readonly reader: BitReader,
  ) {
    const { maximum, near, columns } = header;
    this.step = 2 * near + 1;
    this.range = Math.floor((maximum + 2 * near) / this.step) + 1;
    this.rangeBits = Math.ceil(Math.log2(this.range));
    const bits = Math.max(2, Math.ceil(Math.log2(maximum + 1)));
    this.limit = 2 * (bits + Math.max(8, bits));
    this.sums.fill(Math.max(2, (this.range + 32) >> 6));
    this.gradients = gradientTable(header);
    this.above = new Int32Array(columns + 2);
    this.line = new Int32Array(columns + 2);
  }

  decode(): Uint16Array {
    const { rows, columns } = this.header;
    const out = new Uint16Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      [this.above, this.line] = [this.line, this.above];
      this.above[columns + 1] = this.above[columns];
      this.line[0] = this.above[1];
      this.decodeLine(columns);
      for (let n = 0; n < columns; n++) out[row * columns + n] = this.line[n + 1];
    }
    return out;
  }

  private decodeLine(columns: number): void {
    const { maximum } = this.header;
    let n = 1;
    while (n <= columns) {
      const [left, up, corner, right] = [
        this.line[n - 1],
        this.above[n],
        this.above[n - 1],
        this.above[n + 1],
      ];
      const context =
        81 * this.gradients[right - up + maximum] +
        9 * this.gradients[up - corner + maximum] +
        this.gradients[corner - left + maximum];
      if (context === 0) n = this.decodeRun(n, columns);
      else this.line[n++] = this.decodeSample(context, left, up, corner);
    }
  }

  /** Regular mode (annex A.4 to A.6). */
  private decodeSample(signed: number, left: number, up: number, corner: number): number {
    const { maximum, near } = this.header;
    const sign = signed < 0 ? -1 : 1;
    const q = Math.abs(signed);
    const predicted = clamp(median(left, up, corner) + sign * this.corrections[q], maximum);
    const k = this.order(q, this.sums[q]);
    const coded = this.golomb(k, this.limit);
    const isInverted = near === 0 && k === 0 && 2 * this.biases[q] <= -this.counts[q];
    const plain = coded & 1 ? -((coded + 1) >> 1) : coded >> 1;
    const error = isInverted ? -plain - 1 : plain;
    this.learn(q, error);
    return this.reconstruct(predicted, sign * error);
  }

  /** Golomb parameter of a context. */
  private order(q: number, sum: number): number {
    let k = 0;
    for (let reach = this.counts[q]; reach < sum && k < 24; reach *= 2) k++;
    return k;
  }

  /** Limited-length Golomb code (annex A.5.3). */
  private golomb(k: number, limit: number): number {
    const longest = limit - this.rangeBits - 1;
    let zeros = 0;
    while (this.reader.bit() === 0) if (++zeros > longest) throw new Error("a code that is too long");
    return zeros < longest ? zeros * 2 ** k + this.reader.bits(k) : this.reader.bits(this.rangeBits) + 1;
  }

  /** Annex A.6. */
  private learn(q: number, error: number): void {
    const { sums, biases, counts, corrections } = this;
    biases[q] += error * this.step;
    sums[q] += Math.abs(error);
    if (counts[q] === this.header.reset) {
      sums[q] >>= 1;
      biases[q] >>= 1;
      counts[q] >>= 1;
    }
    counts[q]++;
    if (biases[q] <= -counts[q]) {
      biases[q] = Math.max(biases[q] + counts[q], -counts[q] + 1);
      if (corrections[q] > -128) corrections[q]--;
    } else if (biases[q] > 0) {
      biases[q] = Math.min(biases[q] - counts[q], 0);
      if (corrections[q] < 127) corrections[q]++;
    }
  }

  private reconstruct(predicted: number, error: number): number {
    const { maximum, near } = this.header;
    let value = predicted + error * this.step;
    if (value < -near) value += this.range * this.step;
    else if (value > maximum + near) value -= this.range * this.step;
    return clamp(value, maximum);
  }

  /** Run mode (annex A.7); returns the place after the run. */
  private decodeRun(start: number, columns: number): number {
    const value = this.line[start - 1];
    let n = start;
    while (this.reader.bit() === 1) {
      const length = 2 ** runOrders[this.runIndex];
      const end = Math.min(columns + 1, n + length);
      this.line.fill(value, n, end);
      if (end - n === length && this.runIndex < 31) this.runIndex++;
      n = end;
      if (n > columns) return n;
    }
    const rest = this.reader.bits(runOrders[this.runIndex]);
    if (n + rest > columns) throw new Error("a run beyond the end of its line");
    this.line.fill(value, n, n + rest);
    n += rest;
    this.line[n] = this.decodeInterruption(this.line[n - 1], this.above[n]);
    if (this.runIndex > 0) this.runIndex--;
    return n + 1;
  }

  /** The sample that ends a run (annex A.7.2). */
  private decodeInterruption(left: number, up: number): number {
    const isSame = Math.abs(left - up) <= this.header.near;
    const q = isSame ? runContextSame : runContext;
    const type = isSame ? 1 : 0;
    const { sums, counts, negatives } = this;
    const k = this.order(q, isSame ? sums[q] + (counts[q] >> 1) : sums[q]);
    const coded = this.golomb(k, this.limit - runOrders[this.runIndex] - 1);
    const odd = (coded + type) & 1;
    const size = (coded + type + odd) >> 1;
    const favoursNegative = k !== 0 || 2 * negatives[q] >= counts[q] ? 1 : 0;
    const error = favoursNegative === odd ? -size : size;
    if (error < 0) negatives[q]++;
    sums[q] += (coded + 1 - type) >> 1;
    if (counts[q] === this.header.reset) {
      sums[q] >>= 1;
      counts[q] >>= 1;
      negatives[q] >>= 1;
    }
    counts[q]++;
    const sign = !isSame && left > up ? -1 : 1;
    return this.reconstruct(isSame ? left : up, sign * error);
  }
}

const clamp = (value: number, maximum: number) => (value < 0 ? 0 : value > maximum ? maximum : value);

/** Median edge detector. */
function median(left: number, up: number, corner: number): number {
  const [low, high] = left < up ? [left, up] : [up, left];
  return corner >= high ? low : corner <= low ? high : left + up - corner;
}

/** Quantised gradients from -maximum to maximum (annex A.3.3). */
function gradientTable({ maximum, near, thresholds }: JpegLsHeader): Int8Array {
  const size = (d: number) => {
    if (d <= near) return 0;
    const above = thresholds.findIndex((limit) => d < limit);
    return above < 0 ? 4 : above + 1;
  };
  return Int8Array.from({ length: 2 * maximum + 1 }, (_, n) =>
    n >= maximum ? size(n - maximum) : -size(maximum - n),
  );
}
