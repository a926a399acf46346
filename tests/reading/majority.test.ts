import { describe, expect, it } from "vitest";
import { majority } from "../../src/reading/consensus/majority.js";

const masks = (...rows: number[][]) =>
  rows.map((row) => Object.freeze(row)).map((row) => Uint8Array.from(row));

describe("majority", () => {
  it.each([
    ["three readers", masks([1, 1, 0], [1, 2, 0], [1, 2, 1]), [1, 2, 0]],
    ["two readers: where both agree", masks([1, 1, 0, 2], [1, 2, 1, 2]), [1, 0, 0, 2]],
    ["a tie of four is background", masks([1], [1], [2], [2]), [0]],
    ["no majority is background", masks([1], [2], [3]), [0]],
    ["one reader", masks([3, 0]), [3, 0]],
    ["no reader", [], []],
  ])("%s", (_, input, expected) => {
    expect([...majority(input)]).toEqual(expected);
  });
});
