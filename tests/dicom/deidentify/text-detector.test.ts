import { describe, expect, it } from "vitest";
import { Random } from "../../../src/base/random.js";
import { looksLikeText } from "../../../src/dicom/deidentify/text-detector.js";
import drawn from "./fixtures/burned-in-text.json" with { type: "json" };

const random = new Random(1);
const decode = (data: string) => [...Buffer.from(data, "base64")];
/** Smooth tissue with noise, 12 bits. */
const tissue = (columns: number) => (n: number) =>
  Math.round(400 + 250 * Math.sin((n % columns) / 17) * Math.cos(n / columns / 23) + 60 * random.uniform());

describe.each(drawn.pictures)("writing of $size pixels, smooth edges: $smooth", ({ rows, columns, data }) => {
  const letters = decode(data);

  it("is found on black", () => {
    expect(looksLikeText({ rows, columns, data: letters })).toBe(true);
  });

  it("is found on tissue", () => {
    const back = letters.map((_, n) => tissue(columns)(n));
    const mixed = letters.map((grey, n) => Math.round(back[n] + ((4095 - back[n]) * grey) / 255));
    expect(looksLikeText({ rows, columns, data: mixed })).toBe(true);
  });

  it("is found in black on white", () => {
    expect(looksLikeText({ rows, columns, data: letters.map((grey) => 255 - grey) })).toBe(true);
  });
});

describe("looksLikeText", () => {
  const size = { rows: 128, columns: 128 };
  const picture = (value: (n: number) => number) =>
    looksLikeText({ ...size, data: Array.from({ length: 128 * 128 }, (_, n) => value(n)) });

  it.each([
    ["tissue with noise", tissue(128)],
    ["noise alone", () => random.integer(8)],
    ["a constant", () => 5],
    ["a ramp", (n: number) => n % 128],
    ["one bright block", (n: number) => (n % 128 > 30 && n % 128 < 60 && n > 4000 && n < 9000 ? 4000 : 10)],
  ])("is not fooled by %s", (_, value) => {
    expect(picture(value)).toBe(false);
  });

  it("finds nothing in an empty picture", () => {
    expect(looksLikeText({ rows: 0, columns: 0, data: [] })).toBe(false);
  });
});
