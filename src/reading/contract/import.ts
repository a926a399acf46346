/** Images come in: files sent by the page, or a study retrieved from a PACS; a job then imports them, de-identified. */
import { z } from "zod";
import { identifier } from "./names.js";
import type { RouteSpec } from "./route.js";
import { done } from "./session.js";

/** Name of a connection in the file of PACS connections. */
export const connectionName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
/** DICOM unique identifier (PS3.5 section 9.1). */
export const uid = z.string().regex(/^[0-9][0-9.]{0,63}$/);

export const uploadLimits = { files: 100_000, fileBytes: 2 ** 31 - 1 } as const;

export const pacsQuerySchema = z.strictObject({
  connection: connectionName,
  patientId: z.string().max(64).optional(),
  patientName: z.string().max(64).optional(),
  /** A date, or a range: 20240101-20241231. */
  date: z
    .string()
    .regex(/^(\d{8}|\d{8}-|-\d{8}|\d{8}-\d{8})$/)
    .optional(),
  accession: z.string().max(64).optional(),
  description: z.string().max(64).optional(),
});
export type PacsQuery = z.input<typeof pacsQuerySchema>;

const remarkOnFile = z.object({ file: z.string(), code: z.string(), reason: z.string() });

export const importReportSchema = z.object({
  files: z.int(),
  /** Files read as DICOM. */
  read: z.int(),
  copies: z.int(),
  /** Images written now. */
  written: z.int(),
  /** Files and series that gave no image, and why. Files that were sent are named by their number. */
  skipped: z.array(remarkOnFile),
  /** Used although damaged. */
  repaired: z.array(remarkOnFile),
  volumes: z.array(z.object({ subject: z.string(), session: z.string(), image: z.string() })),
});
export type ImportReport = z.infer<typeof importReportSchema>;

export const importRoutes = {
  beginImport: {
    method: "POST",
    path: "/api/imports",
    access: "senior",
    summary:
      "Begins an import: files are then sent to it, or, with `pacs`, a study is retrieved. A job `import` does the work.",
    body: z.strictObject({
      pacs: z.strictObject({ connection: connectionName, study: uid, series: uid.optional() }).optional(),
    }),
    response: z.object({
      id: identifier,
      /** Bytes that may be sent altogether. */
      bytes: z.number(),
      files: z.int(),
    }),
  },
  sendFile: {
    method: "POST",
    path: "/api/imports/:id/files",
    access: "senior",
    summary: "Takes one file, whatever it is; the same number again replaces it. 413 beyond the limits.",
    query: z.object({ number: z.coerce.number().int().min(1).max(uploadLimits.files) }),
    isUpload: true,
    response: z.object({ number: z.int(), bytes: z.int() }),
  },
  dropImport: {
    method: "DELETE",
    path: "/api/imports/:id",
    access: "senior",
    summary: "Removes what was sent for an import that was not started.",
    response: done,
  },
  importReport: {
    method: "GET",
    path: "/api/jobs/:id/report",
    access: "senior",
    summary: "What an import did: images written, files skipped and why.",
    response: importReportSchema,
  },
  pacs: {
    method: "GET",
    path: "/api/pacs",
    access: "senior",
    summary: "PACS connections, and whether the original DICOM images are known.",
    response: z.object({ connections: z.array(connectionName), originals: z.boolean() }),
  },
  findInPacs: {
    method: "POST",
    path: "/api/pacs/find",
    access: "senior",
    summary: "Studies in a PACS; at most 200. The answer names patients.",
    body: pacsQuerySchema,
    response: z.object({ matches: z.array(z.record(z.string(), z.string())) }),
  },
} as const satisfies Record<string, RouteSpec>;
