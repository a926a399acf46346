/** Masks leave the reading room as DICOM results, as a file or into a PACS. */
import { z } from "zod";
import { connectionName } from "./import.js";
import { sourceName } from "./names.js";
import type { RouteSpec } from "./route.js";

export const sentSchema = z.object({
  connection: connectionName,
  stored: z.array(z.string()),
  /** What the PACS did not take, and why. */
  refused: z.array(z.object({ file: z.string(), reason: z.string() })),
});
export type Sent = z.infer<typeof sentSchema>;

export const exportRoutes = {
  dicomResults: {
    method: "GET",
    path: "/api/cases/:case/dicom-results",
    access: "senior",
    summary:
      "A zip archive: the mask as DICOM SEG, its measurements as DICOM SR, and key images, in the study of the original images. It names the patient.",
    query: z.object({ source: sourceName }),
    response: "file",
  },
  sendResults: {
    method: "POST",
    path: "/api/cases/:case/send",
    access: "senior",
    summary: "Sends the same DICOM results to a PACS.",
    body: z.strictObject({ source: sourceName, connection: connectionName }),
    response: sentSchema,
  },
} as const satisfies Record<string, RouteSpec>;
