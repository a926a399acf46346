/**
 * Classifications of a study, `derivatives/marrow/classification/<name>/classification.json`: what a classifier (or
 * anything else that gives probabilities) said of each case. docs/reference/report.md has the form.
 */
import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { exists, parseWith, readJson } from "../../study/files.js";
import { setNames } from "./sets.js";

const caseSchema = z.object({
  id: z.string(),
  /** Set of the case; `cross-validation` unless given. */
  set: z.enum(setNames).default("cross-validation"),
  /** 1 diseased, 0 not, null not known. */
  truth: z
    .union([z.literal(0), z.literal(1)])
    .nullable()
    .default(null),
  probability: z.number().min(0).max(1),
  interval: z.tuple([z.number(), z.number()]).optional(),
  /** NIfTI map of where the classifier looked, relative to the JSON file. */
  heatmap: z.string().optional(),
});

const classificationSchema = z.object({
  /** What a high probability stands for, and the other class. */
  positive: z.string(),
  negative: z.string(),
  /** From this probability on a case is called positive. */
  threshold: z.number().default(0.5),
  /** How intervals of single probabilities were made. */
  intervalMethod: z.string().optional(),
  simulated: z.boolean().default(false),
  cases: z.array(caseSchema),
});

export type ClassifiedCase = z.infer<typeof caseSchema>;
export interface Classification extends z.infer<typeof classificationSchema> {
  readonly name: string;
}

export const classificationFolder = join("derivatives", "marrow", "classification");

/** Every classification of the study, by name, with absolute paths of the heat maps. Throws REPORT_INPUT. */
export async function readClassifications(dir: string): Promise<Classification[]> {
  const root = join(dir, classificationFolder);
  const names = (await exists(root)) ? (await readdir(root)).sort() : [];
  const found: Classification[] = [];
  for (const name of names) {
    const file = join(root, name, "classification.json");
    if (await exists(file)) found.push({ name, ...(await readClassification(file)) });
  }
  return found;
}

async function readClassification(file: string) {
  const parsed = parseWith(classificationSchema, await readJson(file), "REPORT_INPUT", file);
  const cases = parsed.cases.map((one) =>
    one.heatmap === undefined ? one : { ...one, heatmap: resolve(dirname(file), one.heatmap) },
  );
  return { ...parsed, cases };
}
