/**
 * The shapes of what a study folder holds. Validation with these schemas is the border: everything behind it trusts them.
 */
import { z } from "zod";
import { classificationSchema } from "./classification-schema.js";

export const labelSchema = z.object({
  /** Value in the mask, 1…255; 0 is background. */
  value: z.int().min(1).max(255),
  /** Lower-case words joined by hyphens, e.g. `fat-metaplasia`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  /** SNOMED CT code of the finding or structure, where one is known. */
  snomed: z.string().optional(),
});
export type Label = z.infer<typeof labelSchema>;

const triple = z.tuple([z.number(), z.number(), z.number()]);

export const networkSchema = z.object({
  name: z.string(),
  /** Channels per level, in the network's own convention. */
  features: z.array(z.int().positive()),
  /** Pooling factor [i, j, k] between level n and n + 1, for networks whose depth is planned. */
  pooling: z.array(triple).optional(),
  /** Kernel [i, j, k] per level, for networks whose depth is planned. */
  kernels: z.array(triple).optional(),
  /** Attention heads of a transformer. */
  heads: z.int().positive().optional(),
  /** Neighbouring slices on each side that a 2-D network is shown as further channels ("2.5-D"). */
  contextSlices: z.int().min(0).default(0),
  dropout: z.number().min(0).max(1).default(0),
  deepSupervision: z.boolean().default(false),
  /** This network's own patch and batch where they differ from the plan's (2-D beside 3-D); see planForNetwork. */
  patch: triple.optional(),
  batch: z.int().positive().optional(),
});
export type NetworkPlan = z.infer<typeof networkSchema>;

export const planSchema = z.object({
  task: z.string(),
  /** Image suffixes fed as channels, e.g. ["T1w"]. */
  channels: z.array(z.string()).min(1),
  labels: z.array(labelSchema).min(1),
  /** Directions of growing i, j, k in the network's grid: three of L/R, P/A, S/I. The slice axis is always k. */
  orientation: z.string().regex(/^[LRPASI]{3}$/),
  /** Millimetres along i, j, k after resampling. */
  spacing: triple,
  /** Intensity normalisation of each channel (src/study/normalise.ts). */
  normalisation: z.object({
    method: z.enum(["z-score", "percentile", "reference"]),
    /** `percentile`: clips to these percentiles, then z-scores. */
    low: z.number().default(0.5),
    high: z.number().default(99.5),
    /** `reference`: the channel that is a mask of the tissue whose grey values are the scale, e.g. "bone". */
    reference: z.string().optional(),
  }),
  /** Voxels along i, j, k. A 2-D network has patch[2] = 1. */
  patch: triple,
  batch: z.int().positive(),
  /** Network name → its options; `train --network` picks among them, the first is the default. */
  networks: z.array(networkSchema).min(1),
  loss: z.object({
    crossEntropy: z.number().default(1),
    dice: z.number().default(1),
    focal: z.number().default(0),
    tversky: z.number().default(0),
    attention: z.number().default(0.2),
    /** Soft Dice counts the background class too. */
    background: z.boolean().default(true),
    /** Soft Dice sums over the batch before dividing (nnU-Net) instead of per sample (paper 1). */
    batchDice: z.boolean().default(false),
  }),
  optimiser: z.object({
    name: z.enum(["sgd", "adam", "adamw"]),
    learningRate: z.number().positive(),
    weightDecay: z.number().min(0).default(0),
    momentum: z.number().min(0).max(1).default(0.99),
    nesterov: z.boolean().default(true),
    /** Gradients are scaled down to this global norm; 0 turns it off. */
    clipNorm: z.number().min(0).default(12),
    /** Decay of the exponential moving average of the weights that is validated and exported; 0 turns it off. */
    averaging: z.number().min(0).max(1).default(0),
    /** Steps whose gradients are summed before one update. */
    accumulate: z.int().positive().default(1),
    /** `float16`: convolutions and matrix products on 16-bit floats, weights and update on 32 bits. */
    precision: z.enum(["float32", "float16"]).default("float32"),
  }),
  schedule: z.object({
    name: z.enum(["constant", "step", "polynomial", "cosine"]),
    warmup: z.int().min(0).default(0),
    /** `step`: iterations between drops and the factor of each. */
    every: z.int().positive().default(3800),
    factor: z.number().positive().default(0.5),
    /** `polynomial`: exponent. */
    power: z.number().positive().default(0.9),
  }),
  epochs: z.int().positive(),
  iterationsPerEpoch: z.int().positive(),
  /** Epochs between validations on whole images; the last epoch is always validated. */
  validateEvery: z.int().positive().default(1),
  /** Epochs without a better validation Dice before training stops; 0 turns it off. */
  patience: z.int().min(0).default(0),
  augmentation: z.object({
    /** Probability that a patch is centred on a labelled voxel. */
    foreground: z.number().min(0).max(1).default(0.5),
    /** Probabilities of each, and ranges. */
    affine: z.number().default(0.2),
    rotation: triple.default([0, 0, 15]),
    scale: z.tuple([z.number(), z.number()]).default([0.85, 1.2]),
    elastic: z.number().default(0),
    flip: z.array(z.boolean()).length(3).default([true, true, true]),
    noise: z.number().default(0.15),
    noiseSd: z.number().default(0.1),
    blur: z.number().default(0.1),
    brightness: z.number().default(0.15),
    contrast: z.number().default(0.15),
    gamma: z.number().default(0.15),
    lowResolution: z.number().default(0.1),
  }),
  inference: z.object({
    overlap: z.number().min(0).max(0.9).default(0.5),
    /** Axes i, j, k along which predictions are also made on the mirrored image, all combinations averaged. */
    mirror: z.array(z.boolean()).length(3).default([false, false, false]),
    /** Paper 1's scheme: passes of (noisy, noisy + flip i, noisy + flip j), averaged with the plain pass. */
    noisyPasses: z.int().min(0).default(0),
    noiseSd: z.number().default(0.01),
  }),
  postprocessing: z
    .object({
      /** Labels of which only the largest connected component is kept. */
      largestComponent: z.array(z.int()).default([]),
      /** Components smaller than this many mm³ are removed. */
      minimumVolume: z.number().min(0).default(0),
    })
    .default({ largestComponent: [], minimumVolume: 0 }),
  /** How cases are classified; obeyed by the plan's classifiers alone. */
  classification: classificationSchema.optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** One subject's (session's) images and mask, absolute paths, all on one grid. */
export interface Case {
  /** Unique in the study, e.g. `sub-1003` or `sub-1003_ses-2`. */
  id: string;
  /** Patient, for grouped splits. */
  subject: string;
  site?: string;
  /** Path of each channel's image, in the order of the plan's or task's channels. */
  images: string[];
  /** Path of the reference mask; absent for cases without annotation. */
  mask?: string;
  /** Name of the case where it came from, e.g. `hippocampus_001`. */
  sourceId?: string;
}

export const splitsSchema = z.object({
  folds: z.array(z.object({ train: z.array(z.string()), validation: z.array(z.string()) })),
  /** Case ids never seen in training. */
  test: z.array(z.string()).default([]),
  /** Case ids of the site held out. */
  external: z.array(z.string()).default([]),
  /** How these splits were made, in words. */
  origin: z.string().optional(),
});
export type Splits = z.infer<typeof splitsSchema>;

/** `marrow.yaml`: what the study is about. */
export const studyConfigSchema = z.object({
  /** Name of a shipped task (`marrow tasks`), or any name for a study that describes itself. */
  task: z.string().min(1),
  /** Folder below derivatives/annotations whose masks are the reference. */
  reader: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/),
  /** Image suffixes in the order of the channels, e.g. ["T1w"]. */
  channels: z.array(z.string().regex(/^[A-Za-z0-9]+$/)).min(1),
  labels: z.array(labelSchema).min(1),
});
export type StudyConfig = z.infer<typeof studyConfigSchema>;

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> }
    : T;
/** Numbers a task fixes instead of having them derived; arrays are replaced whole. */
export type PlanOverrides = DeepPartial<z.input<typeof planSchema>>;

/** What to segment, on which sequence, and what is published about how (design decision D3). */
export interface Task {
  readonly name: string;
  readonly title: string;
  readonly channels: readonly string[];
  readonly labels: readonly Label[];
  readonly folds: number;
  readonly plan: PlanOverrides;
  /** Names of the analyses that `marrow quantify` makes of the segmentation (src/quantify/analyses.ts). */
  readonly quantification: readonly string[];
  /** Where the numbers come from. */
  readonly source: string;
}

/** An opened study folder. */
export interface Study {
  /** Absolute path of the folder. */
  readonly dir: string;
  readonly config: StudyConfig;
  readonly task: Task;
  /** Cases that have an image for every channel, sorted by id. */
  readonly cases: readonly Case[];
  /** Cases that cannot be used and what they lack. */
  readonly incomplete: readonly { readonly id: string; readonly missing: string }[];
  readonly plan?: Plan;
  readonly splits?: Splits;
}

/** One thing `marrow check` or `marrow init` found. */
export interface Finding {
  readonly severity: "error" | "warning" | "info";
  readonly code: string;
  readonly case?: string;
  readonly file?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly next: string;
}

const finite = z.number();
/** What is measured on the voxels of one image. Intensities are of finite voxels, in the image's own unit. */
export const imageRecordSchema = z.object({
  file: z.string(),
  size: triple,
  affine: z.array(finite).length(16),
  /** SHA-256 of size and voxel values, whatever the header or compression. */
  hash: z.string(),
  notFinite: z.int(),
  minimum: finite,
  maximum: finite,
  mean: finite,
  sd: finite,
  /** 0.5th, 50th and 99.5th percentile, from at most 20 000 evenly spaced voxels. */
  percentiles: triple,
});
export type ImageRecord = z.infer<typeof imageRecordSchema>;

export const maskRecordSchema = z.object({
  file: z.string(),
  size: triple,
  affine: z.array(finite).length(16),
  /** Voxels of each value that occurs, 0 too. */
  counts: z.record(z.string(), z.int()),
});
export type MaskRecord = z.infer<typeof maskRecordSchema>;

export const caseRecordSchema = z.object({
  id: z.string(),
  subject: z.string(),
  site: z.string().optional(),
  /** Size and time of each file when it was measured; a changed file is measured again. */
  stamps: z.array(z.string()),
  images: z.array(imageRecordSchema),
  mask: maskRecordSchema.optional(),
});
export type CaseRecord = z.infer<typeof caseRecordSchema>;

/** derivatives/marrow/fingerprint.json: what the plan, the checks and the splits need to know of the voxels. */
export const fingerprintSchema = z.object({ version: z.literal(1), cases: z.array(caseRecordSchema) });
export type Fingerprint = z.infer<typeof fingerprintSchema>;
