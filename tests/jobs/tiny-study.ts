/** A phantom study of four subjects with plan and splits for a training that takes seconds. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writePhantomStudy } from "../../src/phantom/study.js";
import { places } from "../../src/study/names.js";
import { writeSplits } from "../../src/study/splits-file.js";
import { folder } from "../study/make-study.js";
import { makePlan } from "../training/data/plan.js";

export const tinyEpochs = 6;

const network = {
  name: "unet-3d",
  features: [2, 4, 2],
  pooling: [[2, 2, 2]] as [[number, number, number]],
  kernels: [
    [3, 3, 3],
    [3, 3, 3],
  ] as [number, number, number][],
  dropout: 0.1,
  contextSlices: 0,
  deepSupervision: false,
};

/** Validation cases of each fold. */
export const tinyFolds = [
  ["sub-001", "sub-002"],
  ["sub-003", "sub-004"],
];

const ids = tinyFolds.flat();

/** Two folds; every subject is validated once. */
export async function tinyStudy(): Promise<string> {
  const dir = join(await folder(), "study");
  await writePhantomStudy(dir, { kind: "sij-t1", subjects: ids.length, seed: 5, size: "small" });
  const plan = makePlan(
    {
      ...{ task: "sij-fat", labels: [{ value: 1, name: "fat-metaplasia" }], spacing: [2.2, 2.2, 8] },
      ...{ patch: [96, 96, 12], batch: 1, networks: [network], epochs: tinyEpochs, iterationsPerEpoch: 2 },
      validateEvery: 3,
    },
    { affine: 0.5, noise: 0.5 },
  );
  // YAML includes JSON.
  await writeFile(join(dir, places.plan), JSON.stringify(plan));
  const folds = tinyFolds.map((validation) => ({
    train: ids.filter((id) => !validation.includes(id)),
    validation,
  }));
  await writeSplits(join(dir, places.splits), { folds, test: [], external: [] });
  return dir;
}
