import { describe, expect, it } from "vitest";
import { progressSvg, type EpochRecord } from "../../src/report/progress.js";

const record = (epoch: number, more: Partial<EpochRecord> = {}): EpochRecord => ({
  epoch,
  trainLoss: 1 / epoch,
  learningRate: 1e-3,
  seconds: 2,
  ...more,
});
const paths = (svg: string) => [...svg.matchAll(/ d="([^"]*)"/g)].map((match) => match[1]);

describe("progressSvg", () => {
  it("draws loss and Dice against epochs", () => {
    const svg = progressSvg([
      record(1, { validationScore: 0 }),
      record(2),
      record(3, { validationScore: 1 }),
    ]);
    const [training, validation, dice] = paths(svg);
    expect(training.split("L")).toHaveLength(3);
    expect(validation).toBe("");
    // From the lower left to the upper right corner of its panel, over the epoch without a value.
    expect(dice).toBe("M58 386L624 236");
    expect(svg).toContain("best Dice 1.000, 6 s");
    expect(svg).toContain("Research use only");
  });

  it.each([
    ["no epochs", []],
    ["one epoch", [record(1, { validationScore: 0.5 })]],
    ["a diverged loss", [record(1), record(2, { trainLoss: NaN }), record(3, { trainLoss: Infinity })]],
    ["a constant loss", [record(1, { trainLoss: 2 }), record(2, { trainLoss: 2 })]],
  ])("has only finite coordinates for %s", (_, history) => {
    const svg = progressSvg(history);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.startsWith("<svg") && svg.endsWith("</svg>\n")).toBe(true);
  });

  it("puts a value that stands alone as a dot", () => {
    expect(paths(progressSvg([record(1, { validationScore: 0.5 })]))[2]).toMatch(/h\.01$/);
  });

  it("labels round numbers", () => {
    const svg = progressSvg(Array.from({ length: 50 }, (_, n) => record(n + 1)));
    const labels = [...svg.matchAll(/text-anchor="middle">(\d+)</g)].map((match) => match[1]);
    expect(labels.slice(0, 2)).toEqual(["20", "40"]);
  });
});
