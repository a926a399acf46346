/**
 * The shipped tasks: what to segment, on which sequence, and the numbers the papers give. What a task does not fix is
 * derived from the data by `marrow plan`. SNOMED CT codes stand only where a published table confirms them.
 */
import { MarrowError } from "../base/errors.js";
import type { PlanOverrides, StudyConfig, Task } from "./types.js";

/** Paper 1's numbers; what the text leaves open is as in its authors' published code. */
const paper1: PlanOverrides = {
  orientation: "LPS",
  spacing: [1, 1, 7],
  normalisation: { method: "z-score" },
  patch: [192, 192, 16],
  batch: 2,
  networks: [{ name: "attention-unet-2.5d", features: [32, 32, 64, 128, 256, 32], dropout: 0.2 }],
  loss: { crossEntropy: 1, dice: 1, attention: 0.2, background: true, batchDice: false },
  optimiser: { name: "adamw", learningRate: 5e-4, weightDecay: 0.01, clipNorm: 0 },
  schedule: { name: "step", every: 3800, factor: 0.5, warmup: 0 },
  epochs: 400,
  augmentation: {
    foreground: 0.5,
    affine: 0.15,
    rotation: [2.9, 2.9, 0],
    scale: [0.9, 1.1],
    elastic: 0,
    flip: [true, true, true],
    noise: 0.15,
    noiseSd: 0.01,
    blur: 0,
    brightness: 0,
    contrast: 0,
    gamma: 0,
    lowResolution: 0,
  },
  inference: { overlap: 0.5, mirror: [false, false, false], noisyPasses: 4, noiseSd: 0.01 },
};

export const tasks: readonly Task[] = [
  {
    name: "sij-fat",
    title: "Fat metaplasia of the sacroiliac joints on axial T1-weighted MRI",
    channels: ["T1w"],
    labels: [{ value: 1, name: "fat-metaplasia" }],
    folds: 4,
    plan: paper1,
    quantification: ["lesions", "sij-location", "sparcc-fat"],
    source: "Li et al., Insights into Imaging 2024, doi 10.1186/s13244-024-01659-y, and its authors' code",
  },
  {
    name: "hip-inflammation",
    title: "Femoral head, bone marrow oedema and effusion of the hip on coronal STIR",
    channels: ["STIR"],
    labels: [
      { value: 1, name: "femoral-head" },
      { value: 2, name: "bone-marrow-oedema", snomed: "79654002" },
      { value: 3, name: "effusion" },
    ],
    folds: 5,
    plan: { patch: [128, 160, 1], networks: [{ name: "unet-pointrend", ...fourPoolings() }] },
    quantification: ["lesions", "hip-location", "unet-score", "himriss"],
    source:
      "paper 2: crops of 128 × 160 around each femoral head, U-Net with three steps of point rendering, five folds; the rest is derived from the data",
  },
  {
    name: "sij-oedema",
    title: "Bone marrow oedema of the sacroiliac joints on STIR",
    channels: ["STIR"],
    labels: [{ value: 1, name: "bone-marrow-oedema", snomed: "79654002" }],
    folds: 5,
    plan: {},
    quantification: ["lesions", "sij-location", "sparcc-inflammation"],
    source: "derived from the data",
  },
  {
    name: "bones",
    title: "Bone on T1-weighted MRI of the sacroiliac joints",
    channels: ["T1w"],
    labels: [{ value: 1, name: "bone", snomed: "272673000" }],
    folds: 4,
    plan: {},
    quantification: ["lesions"],
    source: "derived from the data",
  },
];

/** 3×3 convolutions within the slice, halved four times, twice the channels each time. */
function fourPoolings() {
  const inPlane = (n: number): [number, number, number] => [n, n, 1];
  return {
    features: [32, 64, 128, 256, 512],
    pooling: [2, 2, 2, 2].map(inPlane),
    kernels: [3, 3, 3, 3, 3].map(inPlane),
  };
}

/** The shipped task of this name. Throws TASK_UNKNOWN. */
export function taskNamed(name: string): Task {
  const task = tasks.find((other) => other.name === name);
  if (!task) {
    const expected = tasks.map((other) => other.name).join(", ");
    throw new MarrowError("TASK_UNKNOWN", { expected, found: name });
  }
  return task;
}

/** A study's task: the shipped one with the study's own labels and channels, or what marrow.yaml says alone. */
export function taskOf(config: StudyConfig): Task {
  const shipped = tasks.find(({ name }) => name === config.task);
  const { channels, labels } = config;
  if (shipped) return { ...shipped, channels, labels };
  const title = `Task of this study: ${labels.map(({ name }) => name).join(", ")}`;
  return {
    name: config.task,
    title,
    channels,
    labels,
    folds: 5,
    plan: {},
    quantification: ["lesions"],
    source: fromConfig,
  };
}
const fromConfig = "marrow.yaml; the plan is derived from the data";
