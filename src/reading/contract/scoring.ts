/** Scoring by eye: templates (what is scored, in which slices and regions) and a reader's sheets. */
import { z } from "zod";
import { caseName, channelName, moment, sourceName, templateName, templateNames } from "./names.js";
import type { RouteSpec } from "./route.js";

export const scoredSides = ["right", "left"] as const;
export type ScoredSide = (typeof scoredSides)[number];

/** How a reader shows where the anatomy is, with two points a side and slice; regions follow from it. */
export const layouts = ["joint-line", "head-box"] as const;
/** What a slice's side is divided into. */
export const regionKinds = ["quadrants", "halves", "joint", "fields", "sectors", "hip"] as const;
export type RegionKind = (typeof regionKinds)[number];

/** Kind and number of regions, and the points of each at most. */
const dividedSchema = z.object({
  kind: z.enum(regionKinds),
  count: z.int().min(1),
  most: z.int().min(1),
});

/** How a mask tells points: labels that count, and what is looked at. */
const toldSchema = z.object({
  labels: z.array(z.string()),
  by: z.enum(["present", "deep", "thickness"]),
  /** Limits of thickness, mm. */
  gradesMm: z.array(z.number()),
});

export const scoringItemSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** What makes a point, in words for the reader. */
  hint: z.string(),
  /** Regions of one side of a slice, by group of slices. */
  regions: z.record(z.string(), dividedSchema),
  /** Names of 0, 1, 2 … points of a region. */
  grades: z.array(z.string()).min(2),
  maximum: z.int(),
  /** Null: left for the reader. */
  told: toldSchema.nullable(),
});
export type ScoringItem = z.infer<typeof scoringItemSchema>;

export const scoringTemplateSchema = z.object({
  name: z.enum(templateNames),
  title: z.string(),
  layout: z.enum(layouts),
  /** Groups of slices from the front to the back. */
  groups: z.array(z.object({ name: z.string(), title: z.string(), count: z.int().min(1) })),
  /** Fewer slices than this cannot be scored. */
  minimum: z.int(),
  items: z.array(scoringItemSchema),
  /** Whether the items' points are added to one number. */
  isSummed: z.boolean(),
  /** Whether `maximum` holds for each side rather than for both together. */
  isBySide: z.boolean(),
  source: z.string(),
  /** What of it was not confirmed from published text; empty where all is. */
  provisional: z.string(),
});
export type ScoringTemplate = z.infer<typeof scoringTemplateSchema>;

const sliceNumber = z.int().min(0).max(9999);
const side = z.enum(scoredSides);
/** LPS+ mm. */
const place = z.tuple([z.number(), z.number(), z.number()]);

export const scoredFrameSchema = z.strictObject({ slice: sliceNumber, side, from: place, to: place });
export type ScoredFrame = z.infer<typeof scoredFrameSchema>;

export const scoredCellSchema = z.strictObject({
  item: z.string().max(60),
  slice: sliceNumber,
  side,
  /** Number of the region, from 0. */
  region: z.int().min(0).max(99),
  points: z.int().min(1).max(20),
});
export type ScoredCell = z.infer<typeof scoredCellSchema>;

export const scoreSheetSchema = z.strictObject({
  channel: channelName,
  /** Slices by group, from 0 along the slice axis of the image. */
  slices: z.record(z.string().max(40), z.array(sliceNumber).max(100)),
  /** Where the joint (ends of its line, upper first) or head (opposite corners of its box) is: the regions drawn. */
  frames: z.array(scoredFrameSchema).max(400),
  /** Sides of slices that cannot be scored, e.g. outside the field of view. */
  unscorable: z.array(z.strictObject({ slice: sliceNumber, side })).max(400),
  /** Regions with points; all others have none. */
  cells: z.array(scoredCellSchema).max(4000),
});
export type ScoreSheet = z.infer<typeof scoreSheetSchema>;

export const scoreTotalSchema = z.object({
  /** Item, or `total`. */
  item: z.string(),
  side: z.enum([...scoredSides, "both"]),
  points: z.int(),
  maximum: z.int(),
});
export type ScoreTotal = z.infer<typeof scoreTotalSchema>;

export const savedScoreSchema = z.object({
  template: templateName,
  sheet: scoreSheetSchema.nullable(),
  /** Counts savings; 0: never saved. */
  version: z.int(),
  isDone: z.boolean(),
  changed: moment.nullable(),
  totals: z.array(scoreTotalSchema),
});
export type SavedScore = z.infer<typeof savedScoreSchema>;

export const saveScoreSchema = z.strictObject({
  sheet: scoreSheetSchema,
  /** Version that was changed; refused (409 SCORE_CONFLICT) where it was saved elsewhere since. */
  baseVersion: z.int().min(0),
  isDone: z.boolean().default(false),
});

export const suggestionSchema = z.object({
  cells: z.array(scoredCellSchema),
  /** Items that a mask cannot tell: left for the reader. */
  left: z.array(z.string()),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

export const scoringRoutes = {
  scoringTemplates: {
    method: "GET",
    path: "/api/scoring",
    access: "reader",
    summary: "What can be scored: items, groups of slices, regions, grades, sources.",
    response: z.object({ templates: z.array(scoringTemplateSchema) }),
  },
  score: {
    method: "GET",
    path: "/api/cases/:case/scores/:template",
    access: "reader",
    summary: "One's own sheet of a case.",
    response: savedScoreSchema,
  },
  saveScore: {
    method: "POST",
    path: "/api/cases/:case/scores/:template",
    access: "reader",
    summary:
      "Saves one's own sheet. With `isDone` it must be whole, and is written into derivatives/marrow/scores.",
    body: saveScoreSchema,
    response: savedScoreSchema,
  },
  suggestScore: {
    method: "POST",
    path: "/api/cases/:case/scores/:template/suggestion",
    access: "reader",
    summary: "Points that a mask suggests in the regions drawn on a sheet; nothing is saved.",
    body: z.strictObject({ sheet: scoreSheetSchema, source: sourceName }),
    response: suggestionSchema,
  },
  scores: {
    method: "GET",
    path: "/api/scores",
    access: "senior",
    summary: "Totals of all sheets of all readers, those in reader studies left out.",
    response: z.object({
      scores: z.array(
        z.object({
          ...{ case: caseName, reader: z.string(), template: templateName, isDone: z.boolean() },
          totals: z.array(scoreTotalSchema),
        }),
      ),
    }),
  },
} as const satisfies Record<string, RouteSpec>;
