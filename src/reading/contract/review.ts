/** The papers' loop: submit, review, agree, rounds; measures and export. */
import { z } from "zod";
import { caseSchema } from "./cases.js";
import { accountName, moment, remark, sourceName } from "./names.js";
import type { RouteSpec } from "./route.js";

export const consensusMethods = ["majority", "staple", "chosen"] as const;

export const agreementSchema = z.object({
  case: z.string(),
  method: z.enum(consensusMethods),
  readers: z.array(accountName),
  /** Voxels of each label by name. */
  voxels: z.record(z.string(), z.int()),
  /** STAPLE's estimate of each reader for each label. */
  performance: z.array(
    z.object({ reader: accountName, label: z.string(), sensitivity: z.number(), specificity: z.number() }),
  ),
  /** Dice of each reader's mask with the consensus, by label; null where both are empty. */
  dice: z.array(z.object({ reader: accountName, label: z.string(), dice: z.number().nullable() })),
  /** False where only a look was asked for. */
  written: z.boolean(),
});
export type Agreement = z.infer<typeof agreementSchema>;

export const roundMaskSchema = z.object({
  case: z.string(),
  reader: z.string(),
  /** Dice with the same reader's mask in the last round that has it, by label; null: none there, or both empty. */
  dice: z.record(z.string(), z.number().nullable()),
});
export const roundSchema = z.object({
  number: z.int(),
  made: moment,
  by: accountName,
  comment: z.string(),
  masks: z.array(roundMaskSchema),
  /** Mean over the masks that have a value, by label. */
  meanDice: z.record(z.string(), z.number().nullable()),
});
export type Round = z.infer<typeof roundSchema>;

export const measurementSchema = z.object({
  measure: z.string(),
  label: z.string(),
  level: z.string(),
  of: z.string(),
  /** Null where it is not defined; `reason` says why. */
  value: z.union([z.number(), z.string()]).nullable(),
  unit: z.string(),
  reason: z.string().optional(),
});

export const reviewRoutes = {
  submit: {
    method: "POST",
    path: "/api/cases/:case/submit",
    access: "reader",
    summary: "Says that one's own mask is finished and may be reviewed.",
    body: z.strictObject({ comment: remark.optional() }),
    response: caseSchema,
  },
  review: {
    method: "POST",
    path: "/api/cases/:case/review",
    access: "senior",
    summary: "Accepts a reader's submitted mask, or returns it with a comment.",
    body: z.strictObject({
      reader: accountName,
      verdict: z.enum(["accept", "return"]),
      comment: remark.default(""),
    }),
    response: caseSchema,
  },
  agree: {
    method: "POST",
    path: "/api/cases/:case/agree",
    access: "senior",
    summary:
      "Makes the consensus of readers' masks: by majority, by STAPLE, or one reader's mask. With `look` nothing is written.",
    body: z.strictObject({
      method: z.enum(consensusMethods),
      readers: z.array(accountName).min(1).max(50),
      look: z.boolean().default(false),
    }),
    response: agreementSchema,
  },
  consensusPreview: {
    method: "GET",
    path: "/api/cases/:case/consensus",
    access: "senior",
    summary: "Voxels of a consensus as `agree` would write it; readers joined by commas.",
    query: z.object({
      method: z.enum(consensusMethods),
      readers: z
        .string()
        .max(2000)
        .transform((text) => text.split(","))
        .pipe(z.array(accountName).min(1).max(50)),
    }),
    response: "voxels",
  },
  rounds: {
    method: "GET",
    path: "/api/rounds",
    access: "senior",
    summary: "All rounds, first to last, with the Dice of each mask to the round before.",
    response: z.object({ rounds: z.array(roundSchema) }),
  },
  freezeRound: {
    method: "POST",
    path: "/api/rounds",
    access: "senior",
    summary: "Freezes a round: copies all readers' masks and the consensus.",
    body: z.strictObject({ comment: remark.default("") }),
    response: roundSchema,
  },
  quantify: {
    method: "POST",
    path: "/api/cases/:case/quantify",
    access: "reader",
    summary: "Measures a mask as `marrow quantify` does.",
    body: z.strictObject({
      source: sourceName,
      analyses: z.array(z.string().max(60)).max(20).optional(),
      /** Slices to score, from 0. */
      slices: z.array(z.int().min(0)).max(1000).optional(),
    }),
    response: z.object({ case: z.string(), source: sourceName, measurements: z.array(measurementSchema) }),
  },
  export: {
    method: "GET",
    path: "/api/cases/:case/export",
    access: "reader",
    summary:
      "A mask as file: NIfTI, or, for seniors, DICOM SEG where the original DICOM images are known; it names the patient.",
    query: z.object({ source: sourceName, format: z.enum(["nifti", "seg"]).default("nifti") }),
    response: "file",
  },
} as const satisfies Record<string, RouteSpec>;
