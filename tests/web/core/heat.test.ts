import { describe, expect, it } from "vitest";
import { heatPalette } from "../../../web/core/heat.js";

const parts = (pixel: number) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255, pixel >>> 24];

describe("the colours of heat", () => {
  it("are clear where there is none, opaque from the middle on, and end in pale yellow", () => {
    expect(parts(heatPalette[0])[3]).toBe(0);
    expect(parts(heatPalette[64])[3]).toBe(128);
    expect(parts(heatPalette[128])[3]).toBe(255);
    expect(parts(heatPalette[255])).toEqual([252, 255, 164, 255]);
  });

  it("grow brighter with every step, so that they read without colour", () => {
    const brightness = [...heatPalette].map(parts).map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b);
    for (let n = 8; n < 256; n++) expect(brightness[n]).toBeGreaterThan(brightness[n - 8]);
  });
});
