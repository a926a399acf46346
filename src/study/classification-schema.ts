/** The plan's section on classification (paper 1): what tells the classes apart, what the network is shown, how long it trains. */
import { z } from "zod";
import { clinicalNames } from "./clinical.js";

export const operatingRuleSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("youden") }),
  z.object({ kind: z.literal("sensitivity"), atLeast: z.number().min(0).max(1) }),
  z.object({ kind: z.literal("specificity"), atLeast: z.number().min(0).max(1) }),
]);

export const classificationSchema = z.object({
  /** Column of participants.tsv that holds the class, and its value that counts as positive; all others are negative. */
  column: z.string().min(1),
  positive: z.string().min(1),
  /** Whose masks make the ROI map: a training run (its cross-validated predictions) or a reader. */
  roi: z.string().min(1),
  /** The ROI map is the image within the mask and 0 elsewhere (paper 1), or the mask itself. */
  roiMap: z.enum(["image", "mask"]).default("image"),
  /** Clinical variables of participants.tsv that join the image's features before the last layer. */
  clinical: z.array(z.enum(clinicalNames)).default([]),
  /** Weights the loss so that both classes count alike, whatever their numbers. */
  balanced: z.boolean().default(true),
  /** How the threshold is chosen on the validation cases. */
  operatingPoint: operatingRuleSchema.default({ kind: "youden" }),
  /** Paper 1: 300 epochs from a learning rate of 0.001. */
  epochs: z.int().positive().default(300),
  iterationsPerEpoch: z.int().positive(),
  validateEvery: z.int().positive().default(10),
  learningRate: z.number().positive().default(1e-3),
});
export type Classification = z.infer<typeof classificationSchema>;
