/** Work that takes long: segmentation and training, in processes of their own. */
import { z } from "zod";
import { accountName, caseName, identifier, moment, plainName, sourceName, subjectName } from "./names.js";
import type { RouteSpec } from "./route.js";

export const jobStates = ["waiting", "running", "done", "failed", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];

export const jobRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("segment"),
    /** Run whose folds are averaged. */
    run: plainName,
    /** Name of the segmentation; its masks are the source `segmentation.NAME`. Default: the run's. */
    name: plainName.optional(),
    /** Default: all cases. */
    cases: z.array(caseName).min(1).max(10_000).optional(),
    fast: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal("train"),
    /** One network of the plan or several. Default: the plan's first. */
    network: z.union([plainName, z.array(plainName).min(1).max(20)]).optional(),
    run: plainName.optional(),
    folds: z.array(z.int().min(0).max(99)).min(1).optional(),
    epochs: z.int().min(1).max(100_000).optional(),
    minutes: z.number().positive().max(100_000).optional(),
    /** Start from the weights of another run's first fold. */
    fineTune: plainName.optional(),
  }),
  /** Imports what was sent or is to be retrieved (POST /api/imports), de-identified. */
  z.strictObject({ kind: z.literal("import"), upload: identifier }),
  /** The report of the study, or the page about a patient. */
  z.strictObject({ kind: z.literal("report"), subject: subjectName.optional(), run: plainName.optional() }),
  /** Measures all cases' masks of one source, as `marrow quantify STUDY`. */
  z.strictObject({ kind: z.literal("quantify"), source: sourceName }),
  /** Heat maps of what a run's first fold looked at. */
  z.strictObject({
    kind: z.literal("explain"),
    run: plainName,
    label: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      .max(80)
      .optional(),
    cases: z.array(caseName).min(1).max(10_000).optional(),
  }),
]);
export type JobRequest = z.infer<typeof jobRequestSchema>;

/** Jobs that readers may follow: those that name neither readings nor where images come from. */
export const isForReaders = ({
  request: { kind },
}: {
  readonly request: Pick<JobRequest, "kind">;
}): boolean => kind === "segment" || kind === "train";

export const jobSchema = z.object({
  id: identifier,
  request: jobRequestSchema,
  state: z.enum(jobStates),
  /** 0…1. */
  progress: z.number(),
  /** What it is at, in words. */
  doing: z.string(),
  /** How often it was started; more than once after a worker or the server was stopped. */
  attempts: z.int(),
  by: accountName,
  created: moment,
  started: moment.nullable(),
  ended: moment.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/** What GET /api/events sends, as `event: NAME` and `data: JSON`. */
export const eventSchemas = {
  job: jobSchema,
  /** A case changed: read the work list, or this case, again. */
  case: z.object({ case: caseName }),
  /** Someone opened or closed a mask of a case. */
  presence: z.object({ case: caseName, open: z.array(accountName) }),
  /** Someone drew on a mask. */
  stroke: z.object({ case: caseName, reader: accountName, version: z.int(), by: accountName }),
} as const;
export type EventName = keyof typeof eventSchemas;
export type EventData = { [K in EventName]: z.infer<(typeof eventSchemas)[K]> };

export const jobRoutes = {
  jobs: {
    method: "GET",
    path: "/api/jobs",
    access: "reader",
    summary: "All jobs, newest first; readers see training and segmentation.",
    response: z.object({ jobs: z.array(jobSchema) }),
  },
  createJob: {
    method: "POST",
    path: "/api/jobs",
    access: "senior",
    summary: "Queues a segmentation, training, import, report, quantification or explanation.",
    body: jobRequestSchema,
    response: jobSchema,
  },
  cancelJob: {
    method: "DELETE",
    path: "/api/jobs/:id",
    access: "senior",
    summary: "Cancels a job that waits or runs.",
    response: jobSchema,
  },
  events: {
    method: "GET",
    path: "/api/events",
    access: "reader",
    summary: "Server-sent events: job, case, presence, stroke.",
    response: "events",
  },
} as const satisfies Record<string, RouteSpec>;
