/** The study, its work list, images and masks. */
import { z } from "zod";
import { accountName, channelName, moment, sourceName } from "./names.js";
import type { RouteSpec } from "./route.js";
import { userSchema } from "./session.js";

export const labelSchema = z.object({
  value: z.int().min(1).max(255),
  name: z.string(),
  /** CSS colour, `#rrggbb`; distinct also for colour-blind eyes as far as there are few labels. */
  colour: z.string().regex(/^#[0-9a-f]{6}$/),
});

export const studySchema = z.object({
  /** Name of the study folder, for the page's title. */
  name: z.string(),
  task: z.object({ name: z.string(), title: z.string() }),
  labels: z.array(labelSchema),
  channels: z.array(channelName),
  /** Accounts that can be assigned. */
  readers: z.array(userSchema),
  /** Folder in derivatives/annotations that holds the consensus, on which models are trained. */
  reference: z.string(),
  runs: z.array(z.string()),
  segmentations: z.array(z.string()),
});
export type StudyInfo = z.infer<typeof studySchema>;

/** How far a case is; a later state includes the ones before. */
export const caseStates = ["new", "segmented", "corrected", "reviewed", "agreed"] as const;
export type CaseState = (typeof caseStates)[number];

/** How far one reader is with a case. */
export const progressStates = ["none", "drawing", "submitted", "returned", "accepted"] as const;
export type ProgressState = (typeof progressStates)[number];

const progressSchema = z.object({
  reader: accountName,
  state: z.enum(progressStates),
  /** Of the senior who returned or accepted it; empty where there is none. */
  comment: z.string(),
  changed: moment.nullable(),
});

export const caseSchema = z.object({
  case: z.string(),
  subject: z.string(),
  state: z.enum(caseStates),
  channels: z.array(channelName),
  assigned: z.array(accountName),
  progress: z.array(progressSchema),
  /** Accounts that have it open for drawing now. */
  open: z.array(accountName),
  thumbnails: z.record(z.string(), z.string()),
  /** Mean voxel-wise entropy of the newest segmentation, 0…1; null where none wrote probabilities. */
  uncertainty: z.number().nullable(),
});
export type CaseEntry = z.infer<typeof caseSchema>;

export const imageMetaSchema = z.object({
  size: z.tuple([z.int(), z.int(), z.int()]),
  /** 16 numbers row by row: voxel (i, j, k, 1) to millimetres, LPS+. */
  affine: z.array(z.number()).length(16),
  window: z.object({ centre: z.number(), width: z.number() }),
  dtype: z.enum(["int16", "float32"]),
  minimum: z.number(),
  maximum: z.number(),
});
export type ImageMeta = z.infer<typeof imageMetaSchema>;

export const maskEntrySchema = z.object({
  source: sourceName,
  kind: z.enum(["reader", "run", "segmentation", "consensus", "round"]),
  title: z.string(),
  /** True for the mask of the account that asks. */
  mine: z.boolean(),
  /** Of `round` masks, the round's number. */
  round: z.int().optional(),
});
export type MaskEntry = z.infer<typeof maskEntrySchema>;

export const caseRoutes = {
  study: {
    method: "GET",
    path: "/api/study",
    access: "reader",
    summary: "Task, labels, channels, readers.",
    response: studySchema,
  },
  cases: {
    method: "GET",
    path: "/api/cases",
    access: "reader",
    summary: "The work list. A reader sees the progress of their own alone.",
    response: z.object({ cases: z.array(caseSchema) }),
  },
  changeCase: {
    method: "PATCH",
    path: "/api/cases/:case",
    access: "senior",
    summary: "Assigns readers, or takes back an agreement (`reopen`).",
    body: z.strictObject({
      assigned: z.array(accountName).max(50).optional(),
      reopen: z.literal(true).optional(),
    }),
    response: caseSchema,
  },
  imageMeta: {
    method: "GET",
    path: "/api/cases/:case/images/:channel/meta",
    access: "reader",
    summary: "Size, affine, suggested window.",
    response: imageMetaSchema,
  },
  imageVoxels: {
    method: "GET",
    path: "/api/cases/:case/images/:channel/voxels",
    access: "reader",
    summary: "Voxels, little-endian, of the type that `meta` names; index i + ni·(j + nj·k). With ETag.",
    response: "voxels",
  },
  thumbnail: {
    method: "GET",
    path: "/api/cases/:case/thumbnails/:channel.png",
    access: "reader",
    summary: "The middle slice, at most 128 pixels wide or high. With ETag.",
    response: "png",
  },
  masks: {
    method: "GET",
    path: "/api/cases/:case/masks",
    access: "reader",
    summary:
      "The masks of a case that the asking account may see: a reader sees their own, the models' and, once it is agreed, the consensus; seniors see all.",
    response: z.object({ masks: z.array(maskEntrySchema) }),
  },
  maskVoxels: {
    method: "GET",
    path: "/api/cases/:case/masks/:source",
    access: "reader",
    summary:
      "A mask's voxels, one byte each, on the grid of the case. Header `x-marrow-version` is its version (0 where the mask cannot be drawn on).",
    response: "voxels",
  },
} as const satisfies Record<string, RouteSpec>;
