/** A small study for training tests: bright balls in noise. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../../src/study/types.js";
import { pack, type CachedCase } from "../../src/training/data/cache-file.js";
import type { TrainOptions } from "../../src/training/train-options.js";
import { Random } from "../../src/base/random.js";
import { makePlan } from "./data/plan.js";
import { makePrepared } from "./data/prepared.js";

/** Cases of noise with a ball of label 1 (brighter by 2) and a cube of label 2 (darker by 2), written into `folder`. */
export function writeCases(folder: string, count: number): CachedCase[] {
  return Array.from({ length: count }, (_, n) => {
    const random = new Random(n, "case");
    const [a, b] = [4 + random.integer(4), 4 + random.integer(3)];
    const label = (i: number, j: number, k: number) => {
      if (Math.hypot(i - a, j - b, k - 4) < 3.5) return 1;
      return Math.max(Math.abs(i - 15), Math.abs(j - 12), Math.abs(k - 5)) < 3 ? 2 : 0;
    };
    const value = (i: number, j: number, k: number) => [0, 2, -2][label(i, j, k)] + random.normal(0, 0.5);
    const prepared = { ...makePrepared([20, 18, 10], value, label), id: `case-${n}` };
    const { bytes, description } = pack(prepared);
    const file = join(folder, `case-${n}.bin`);
    writeFileSync(file, bytes);
    return { id: prepared.id, file, description };
  });
}

/** A plan of a 3-D U-Net of two levels with everything that is random in training. */
export function smallPlan(over: Partial<Plan> = {}, optimiser: Partial<Plan["optimiser"]> = {}): Plan {
  return makePlan(
    {
      patch: [12, 12, 8],
      batch: 2,
      networks: [
        {
          name: "unet-3d",
          features: [4, 8, 4],
          pooling: [[2, 2, 2]],
          kernels: [
            [3, 3, 3],
            [3, 3, 3],
          ],
          dropout: 0.1,
          contextSlices: 0,
          deepSupervision: false,
        },
      ],
      optimiser: {
        name: "sgd",
        learningRate: 0.02,
        weightDecay: 3e-5,
        momentum: 0.9,
        nesterov: true,
        clipNorm: 12,
        averaging: 0.9,
        accumulate: 1,
        precision: "float32",
        ...optimiser,
      },
      schedule: { name: "polynomial", warmup: 2, every: 1, factor: 1, power: 0.9 },
      epochs: 3,
      iterationsPerEpoch: 5,
      ...over,
    },
    { affine: 0.5, elastic: 0.3, noise: 0.5 },
  );
}

export function trainOptions(folder: string, cases: readonly CachedCase[], plan = smallPlan()): TrainOptions {
  return {
    plan,
    train: cases.slice(1),
    validation: cases.slice(0, 1),
    folder,
    fold: 0,
    seed: 17,
    device: "cpu",
    threads: 1,
  };
}
