/** What every error looks like: application/problem+json (RFC 9457) with Marrow's code. */
import { z } from "zod";

export const problemSchema = z.object({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  /** Code of docs/reference/errors.md, e.g. DRAW_CONFLICT. */
  code: z.string(),
  expected: z.string().optional(),
  found: z.string().optional(),
  /** What to do about it. */
  next: z.string(),
  /** Further facts for the page: of DRAW_CONFLICT `{ by, version }`. */
  facts: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
