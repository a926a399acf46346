/** Cases for classification tests: a bright ball as ROI, large in positive cases and small in others. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../src/base/random.js";
import type { CaseTarget } from "../../src/study/classification.js";
import type { Plan } from "../../src/study/types.js";
import { pack, type CachedCase } from "../../src/training/data/cache-file.js";
import type { TrainOptions } from "../../src/training/train-options.js";
import { makePrepared } from "./data/prepared.js";
import { smallPlan, trainOptions } from "./generated.js";

/** Every second case is positive; every third lacks its one clinical variable. */
export function writeClassified(folder: string, count: number) {
  const cases: CachedCase[] = [];
  const targets = new Map<string, CaseTarget>();
  for (let n = 0; n < count; n++) {
    const random = new Random(n, "classified");
    const [a, b, radius] = [7 + random.integer(5), 7 + random.integer(4), n % 2 === 0 ? 4.5 : 1.5];
    const label = (i: number, j: number, k: number) => Number(Math.hypot(i - a, j - b, k - 4) < radius);
    const value = (i: number, j: number, k: number) => 2 * label(i, j, k) + random.normal(0, 0.5);
    const prepared = { ...makePrepared([20, 18, 10], value, label), id: `case-${n}` };
    const { bytes, description } = pack(prepared);
    const file = join(folder, `classified-${n}.bin`);
    writeFileSync(file, bytes);
    cases.push({ id: prepared.id, file, description });
    const clinical = n % 3 === 0 ? [0, 0] : [random.uniform(-1, 1), 1];
    targets.set(prepared.id, { positive: n % 2 === 0, clinical: Float32Array.from(clinical) });
  }
  return { cases, targets };
}

export function classifierPlan(over: Partial<Plan> = {}): Plan {
  const plan = smallPlan(
    {
      patch: [20, 16, 8],
      batch: 4,
      networks: [
        {
          name: "residual-classifier",
          features: [4, 8],
          pooling: [[2, 2, 2]],
          kernels: [
            [3, 3, 1],
            [3, 3, 3],
          ],
          dropout: 0.2,
          contextSlices: 0,
          deepSupervision: false,
        },
      ],
      epochs: 3,
      iterationsPerEpoch: 6,
      classification: {
        column: "diagnosis",
        positive: "axSpA",
        roi: "truth",
        roiMap: "image",
        clinical: ["age"],
        balanced: true,
        operatingPoint: { kind: "youden" },
        epochs: 3,
        iterationsPerEpoch: 6,
        validateEvery: 1,
        learningRate: 0.02,
      },
      ...over,
    },
    { name: "adamw", learningRate: 0.02, averaging: 0, weightDecay: 0.01 },
  );
  return { ...plan, augmentation: { ...plan.augmentation, foreground: 0 } };
}

export function classifierOptions(
  folder: string,
  { cases, targets }: ReturnType<typeof writeClassified>,
  plan = classifierPlan(),
): TrainOptions {
  const base = trainOptions(folder, cases, plan);
  return { ...base, train: cases.slice(4), validation: cases.slice(0, 4), targets };
}
