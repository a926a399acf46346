/** Reader studies: the protocol, what a reader is shown of it, and readings one by one. */
import { z } from "zod";
import { strokeAnswerSchema, strokeSchema } from "./drawing.js";
import { imageMetaSchema, labelSchema } from "./cases.js";
import {
  accountName,
  caseName,
  channelName,
  identifier,
  moment,
  plainName,
  remark,
  sourceName,
  templateName,
} from "./names.js";
import type { RouteSpec } from "./route.js";
import {
  saveScoreSchema,
  savedScoreSchema,
  scoreSheetSchema,
  scoringTemplateSchema,
  suggestionSchema,
} from "./scoring.js";

export const outlines = ["rightly", "partly", "wrongly"] as const;

const tasksSchema = z.strictObject({
  segmentation: z.boolean(),
  diagnosis: z
    .strictObject({
      question: z.string().min(3).max(200),
      /** Column of participants.tsv and its value that makes the answer yes. */
      column: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/),
      positive: z.string().min(1).max(60),
    })
    .nullable(),
  scoring: z.strictObject({ template: templateName, suggestions: z.boolean() }).nullable(),
  /** Paper 2: did the model find the lesion, and outline it rightly? The model's mask and the reference are shown. */
  feedback: z.boolean(),
});

export const protocolSchema = z.strictObject({
  name: plainName,
  title: z.string().min(1).max(200),
  instructions: remark.default(""),
  cases: z.array(caseName).min(1).max(10_000),
  readers: z.array(accountName).min(1).max(50),
  tasks: tasksSchema,
  /** One arm, or two: every case is read once in each. Masks go to derivatives/annotations/READER-ARM. */
  arms: z
    .array(z.strictObject({ name: plainName, assisted: z.boolean() }))
    .min(1)
    .max(2),
  /** `first-arm-first`: as paper 1; `balanced`: each reader reads half of the cases in either arm first. */
  order: z.enum(["first-arm-first", "balanced"]).default("balanced"),
  /** Days between a reader's last reading of the first part and the first of the second. */
  washOutDays: z.int().min(0).max(3650).default(28),
  /** Orders are drawn from it; the same seed gives the same orders. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
  /** Masks shown in assisted arms and for feedback; copied when the study is created. */
  model: sourceName.nullable().default(null),
  /** Classification whose probability is shown with the diagnosis in assisted arms. */
  classifier: plainName.nullable().default(null),
});
export type Protocol = z.infer<typeof protocolSchema>;

export const readerStudySchema = z.object({
  id: identifier,
  protocol: protocolSchema,
  state: z.enum(["open", "locked"]),
  made: moment,
  by: accountName,
  locked: moment.nullable(),
  readers: z.array(
    z.object({
      reader: accountName,
      done: z.int(),
      of: z.int(),
      /** When the second part opens, while the reader waits for it. */
      opens: moment.nullable(),
      /** Readings whose time is doubtful: page and server disagree, or something was drawn while the clock stood. */
      doubtful: z.int(),
    }),
  ),
});
export type ReaderStudyEntry = z.infer<typeof readerStudySchema>;

/** What a participant is told of a study: neither cases nor arms nor order. */
export const myStudySchema = z.object({
  id: identifier,
  title: z.string(),
  instructions: z.string(),
  state: z.enum(["ready", "washing-out", "done", "locked"]),
  done: z.int(),
  of: z.int(),
  opens: moment.nullable(),
});
export type MyStudy = z.infer<typeof myStudySchema>;

export const openReadingSchema = z.object({
  id: identifier,
  title: z.string(),
  instructions: z.string(),
  number: z.int(),
  of: z.int(),
  /** The model's result is shown. */
  isAssisted: z.boolean(),
  tasks: z.object({
    segmentation: z.boolean(),
    diagnosis: z.object({ question: z.string() }).nullable(),
    scoring: z.object({ template: scoringTemplateSchema, suggestions: z.boolean() }).nullable(),
    /** Findings on which feedback is asked; none where it is not. */
    feedback: z.array(z.string()),
  }),
  channels: z.array(channelName),
  labels: z.array(labelSchema),
  /** Masks that may be read: `own` where it is drawn on, others where they are shown. */
  layers: z.array(z.enum(["own", "model", "reference"])),
  /** The classifier's probability that the answer is yes; assisted arms alone. */
  probability: z.number().nullable(),
  /** Time counted so far. */
  seconds: z.number(),
  /** For strokes; as `open` of the drawing routes answers. */
  token: identifier.nullable(),
  version: z.int(),
});
export type OpenReading = z.infer<typeof openReadingSchema>;

export const feedbackSchema = z.strictObject({
  label: z.string().max(60),
  /** In the expert's opinion there is such a lesion. */
  present: z.boolean(),
  /** Present: the model found it. Not present: the model marked one all the same. */
  marked: z.boolean(),
  /** Only of a lesion that was found. */
  outlined: z.enum(outlines).nullable(),
});
export type Feedback = z.infer<typeof feedbackSchema>;

export const answerSchema = z.strictObject({
  diagnosis: z.strictObject({ decision: z.boolean(), confidence: z.int().min(1).max(5) }).optional(),
  feedback: z.array(feedbackSchema).max(50).optional(),
  comment: remark.default(""),
  /** Milliseconds that the page has counted; compared with the server's. */
  pageMs: z.int().min(0),
});
export type ReadingAnswer = z.infer<typeof answerSchema>;

/** `show`: pictures are seen; `beat`: they still are; `hide`: the tab is hidden or closed; `pause`: the reader paused. */
export const clockEvents = ["show", "beat", "hide", "pause"] as const;
export type ClockEvent = (typeof clockEvents)[number];

export const readerStudyRoutes = {
  readerStudies: {
    method: "GET",
    path: "/api/reader-studies",
    access: "administrator",
    summary: "All reader studies with their protocols and how far readers are; no results.",
    response: z.object({ studies: z.array(readerStudySchema) }),
  },
  createReaderStudy: {
    method: "POST",
    path: "/api/reader-studies",
    access: "administrator",
    summary:
      "Creates a reader study: orders are drawn, model masks copied, and its cases hidden from its readers until it is locked.",
    body: protocolSchema,
    maximalBytes: 2 ** 21,
    response: readerStudySchema,
  },
  lockReaderStudy: {
    method: "POST",
    path: "/api/reader-studies/:id/lock",
    access: "administrator",
    summary: "Ends a study and writes its tables; `unfinished` drops readings that were not finished.",
    body: z.strictObject({ unfinished: z.literal("drop").optional() }),
    response: readerStudySchema,
  },
  myReaderStudies: {
    method: "GET",
    path: "/api/my-reader-studies",
    access: "reader",
    summary: "Studies that one reads in: how far one is, and when the next part opens.",
    response: z.object({ studies: z.array(myStudySchema) }),
  },
  nextReading: {
    method: "POST",
    path: "/api/my-reader-studies/:id/next",
    access: "reader",
    summary: "Opens one's reading under way, or the next one. 409 READER_STUDY_WASH_OUT before its time.",
    response: openReadingSchema,
  },
  readingImageMeta: {
    method: "GET",
    path: "/api/readings/:id/images/:channel/meta",
    access: "reader",
    summary: "Size, affine and window of an image of one's open reading.",
    response: imageMetaSchema,
  },
  readingImageVoxels: {
    method: "GET",
    path: "/api/readings/:id/images/:channel/voxels",
    access: "reader",
    summary: "Its voxels, as those of a case; never kept by the browser.",
    response: "voxels",
  },
  readingMask: {
    method: "GET",
    path: "/api/readings/:id/masks/:layer",
    access: "reader",
    summary: "Voxels of one's own mask, or of what the protocol shows in this reading.",
    response: "voxels",
  },
  readingStroke: {
    method: "POST",
    path: "/api/readings/:id/strokes",
    access: "reader",
    summary: "Saves a stroke, as the drawing route does.",
    body: strokeSchema,
    maximalBytes: 12 * 2 ** 20,
    response: strokeAnswerSchema,
  },
  readingClock: {
    method: "POST",
    path: "/api/readings/:id/clock",
    access: "reader",
    summary: "Tells whether the pictures are being looked at; the server counts the time.",
    body: z.strictObject({ event: z.enum(clockEvents), pageMs: z.int().min(0) }),
    response: z.object({ seconds: z.number() }),
  },
  readingScore: {
    method: "GET",
    path: "/api/readings/:id/score",
    access: "reader",
    summary: "One's own sheet of this reading.",
    response: savedScoreSchema,
  },
  saveReadingScore: {
    method: "POST",
    path: "/api/readings/:id/score",
    access: "reader",
    summary: "Saves it.",
    body: saveScoreSchema,
    response: savedScoreSchema,
  },
  suggestReadingScore: {
    method: "POST",
    path: "/api/readings/:id/suggestion",
    access: "reader",
    summary: "Points that the model's mask suggests, where the protocol allows it in this arm.",
    body: z.strictObject({ sheet: scoreSheetSchema }),
    response: suggestionSchema,
  },
  finishReading: {
    method: "POST",
    path: "/api/readings/:id/finish",
    access: "reader",
    summary: "Ends a reading for good. It cannot be opened again; the study is locked with its last one.",
    body: answerSchema,
    response: myStudySchema,
  },
} as const satisfies Record<string, RouteSpec>;
