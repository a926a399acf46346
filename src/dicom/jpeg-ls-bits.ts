/** Bits of JPEG-LS's entropy-coded data: after a byte FF the next one holds seven (ISO/IEC 14495-1 annex A.1). */
export class BitReader {
  private at: number;
  private current = 0;
  private left = 0;

  constructor(
    private readonly bytes: Uint8Array,
    start: number,
  ) {
    this.at = start;
  }

  /** Throws an Error at the end of the data or at a marker. */
  bit(): number {
    if (this.left === 0) this.next();
    this.left--;
    return (this.current >> this.left) & 1;
  }

  /** The next `count` bits, at most 24, as a number. */
  bits(count: number): number {
    let value = 0;
    for (let n = 0; n < count; n++) value = (value << 1) | this.bit();
    return value;
  }

  private next(): void {
    const isStuffed = this.current === 0xff;
    if (this.at >= this.bytes.length) throw new Error("the compressed data end too early");
    this.current = this.bytes[this.at++];
    this.left = isStuffed ? 7 : 8;
    if (isStuffed && this.current > 0x7f) throw new Error("a marker inside of the compressed data");
  }
}
