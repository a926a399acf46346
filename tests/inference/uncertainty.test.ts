import { describe, expect, it } from "vitest";
import { MeanEntropy } from "../../src/inference/uncertainty.js";

/** scipy.stats.entropy(p, base=len(p)), SciPy 1.17. */
const oracle: [number[], number][] = [
  [[0.25, 0.75], 0.8112781244591328],
  [[0.9, 0.1], 0.4689955935892812],
  [[0.7, 0.2, 0.1], 0.7298466991620975],
  [[0.5, 0.5, 0], 0.6309297535714574],
];

const entropyOf = (classes: number, probabilities: readonly number[]) => {
  const entropy = new MeanEntropy(classes);
  entropy.add(Float32Array.from(probabilities));
  return entropy.value;
};

describe("the mean entropy of a segmentation", () => {
  it.each(oracle)("of one voxel with %j is %d, as SciPy has it", (p, expected) => {
    expect(entropyOf(p.length, p)).toBeCloseTo(expected, 6);
  });

  it("is 0 where every voxel is certain, 1 where none says anything, NaN without voxels", () => {
    expect(entropyOf(2, [1, 1, 0, 0, 0, 1])).toBe(0);
    expect(entropyOf(3, new Array<number>(12).fill(1 / 3))).toBeCloseTo(1, 6);
    expect(new MeanEntropy(2).value).toBeNaN();
  });

  it("averages over all voxels, in whatever pieces they come; classes are the first axis", () => {
    const entropy = new MeanEntropy(2);
    entropy.add(Float32Array.from([0.25, 1, 0.75, 0]));
    entropy.add(Float32Array.from([0.9, 0.1]));
    expect(entropy.value).toBeCloseTo((0.8112781244591328 + 0 + 0.4689955935892812) / 3, 6);
  });
});
