/** Drawing: opening a mask, strokes, undo. */
import { z } from "zod";
import { accountName, identifier, moment, sourceName } from "./names.js";
import type { RouteSpec } from "./route.js";
import { done } from "./session.js";

export const otherSchema = z.object({
  user: accountName,
  /** Whose mask they have open. */
  reader: accountName,
  /** True where it is the very mask that is asked for: one's strokes may meet theirs. */
  sameMask: z.boolean(),
  since: moment,
});

export const openedSchema = z.object({
  token: identifier,
  /** Whose mask it is. */
  reader: accountName,
  /** Version of the mask; voxels are at masks/reader.NAME. */
  version: z.int(),
  others: z.array(otherSchema),
});
export type Opened = z.infer<typeof openedSchema>;

export const maximalRuns = 300_000;

export const strokeSchema = z.strictObject({
  token: identifier,
  /** Version the client drew on. Refused (409 DRAW_CONFLICT) where someone else has drawn since. */
  baseVersion: z.int().min(0),
  /** 1, 2, 3, … within a token. The same number again is answered as before and changes nothing. */
  sequence: z.int().min(1),
  /**
   * Runs of voxels that get a new value: start, length, value, start, length, value, … Undo and redo are strokes too, with
   * the values from before.
   */
  changes: z.array(z.int().min(0)).max(3 * maximalRuns),
  /** What made it: brush, eraser, undo …; for the journal. */
  tool: z.string().max(40).default(""),
});
export type Stroke = z.input<typeof strokeSchema>;

export const strokeAnswerSchema = z.object({ version: z.int(), sequence: z.int() });
export type StrokeAnswer = z.infer<typeof strokeAnswerSchema>;

export const drawingRoutes = {
  open: {
    method: "POST",
    path: "/api/cases/:case/open",
    access: "reader",
    summary:
      "Opens a mask for drawing: one's own, or, for seniors, that of `reader`. `from` is copied first where the mask does not exist yet.",
    body: z.strictObject({ reader: accountName.optional(), from: sourceName.optional() }),
    response: openedSchema,
  },
  stroke: {
    method: "POST",
    path: "/api/cases/:case/strokes",
    access: "reader",
    summary:
      "Saves a stroke; once answered it is on disk. 409 DRAW_CONFLICT names who has drawn since `baseVersion`.",
    body: strokeSchema,
    maximalBytes: 12 * 2 ** 20,
    response: strokeAnswerSchema,
  },
  close: {
    method: "POST",
    path: "/api/cases/:case/close",
    access: "reader",
    summary: "Ends a drawing session. One that is left open ends by itself.",
    body: z.strictObject({ token: identifier }),
    response: done,
  },
} as const satisfies Record<string, RouteSpec>;
