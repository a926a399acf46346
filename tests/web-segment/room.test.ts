import { describe, expect, it } from "vitest";
import { tooLarge } from "../../web-segment/room.js";

const cost = { peakBytes: 1e9, largestBytes: 0.4e9 };
const plenty = { largestBytes: 1e9, totalBytes: 4e9 };

describe("tooLarge", () => {
  it("lets pass what fits", () => {
    expect(tooLarge(plenty, cost, 2)).toBeUndefined();
    expect(tooLarge({ ...plenty, totalBytes: Infinity }, cost, 50)).toBeUndefined();
  });

  it("says what is too large, and what would fit", () => {
    expect(tooLarge({ ...plenty, largestBytes: 0.134e9 }, cost, 1)).toMatch(/0\.40 GB.*0\.13 GB/);
    expect(tooLarge(plenty, cost, 3)).toMatch(/6\.0 GB.*4\.0 GB; take fewer models/);
    expect(tooLarge({ ...plenty, totalBytes: 1e9 }, cost, 1)).toContain("command line");
  });
});
