/**
 * The one catalogue of what can go wrong for a user. Every entry is listed in docs/reference/errors.md (a test compares
 * the two). `what` says what happened; `next` says what to do about it.
 */
import { dicom } from "./error-catalogue/dicom.js";
import { files } from "./error-catalogue/files.js";
import { readingRoom } from "./error-catalogue/reading-room.js";
import { study } from "./error-catalogue/study.js";

export const catalogue = { ...files, ...dicom, ...study, ...readingRoom };

export type ErrorCode = keyof typeof catalogue;

export interface ErrorDetails {
  /** The file or folder at fault, as the user named it. */
  file?: string;
  expected?: string;
  found?: string;
  /** Overrides the catalogue's `next` where more is known. */
  next?: string;
  cause?: unknown;
}

/** An error a user can mend. It is printed as a few lines, never as a stack trace. */
export class MarrowError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(describe(code, details), { cause: details.cause });
    this.name = "MarrowError";
    this.code = code;
    this.details = details;
  }
}

function describe(code: ErrorCode, details: ErrorDetails): string {
  const { what, next } = catalogue[code];
  const lines = [`${code}: ${what}`];
  if (details.file !== undefined) lines.push(`  file:     ${details.file}`);
  if (details.expected !== undefined) lines.push(`  expected: ${details.expected}`);
  if (details.found !== undefined) lines.push(`  found:    ${details.found}`);
  lines.push(`  next:     ${details.next ?? next}`);
  return lines.join("\n");
}

const systemCodes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "FILE_NOT_FOUND",
  ENOTDIR: "FILE_NOT_FOUND",
  EACCES: "FILE_UNREADABLE",
  EPERM: "FILE_UNREADABLE",
  EISDIR: "FILE_UNREADABLE",
  EROFS: "FILE_UNWRITABLE",
  ENOSPC: "DISK_FULL",
  EDQUOT: "DISK_FULL",
};

/** Turns what the operating system or the runtime threw into a MarrowError; a MarrowError passes through. */
export function asMarrowError(error: unknown, file?: string): MarrowError {
  if (error instanceof MarrowError) return error;
  const where = file === undefined ? {} : { file };
  const message = error instanceof Error ? error.message : String(error);
  const systemCode = (error as { code?: string } | null)?.code ?? "";
  const known = systemCodes[systemCode];
  if (known) {
    const path = file ?? (error as { path?: string }).path;
    return new MarrowError(known, {
      ...(path === undefined ? {} : { file: path }),
      found: message,
      cause: error,
    });
  }
  if (/bad_alloc|allocation failed|out of memory|Failed to allocate memory/i.test(message)) {
    return new MarrowError("OUT_OF_MEMORY", { ...where, found: message, cause: error });
  }
  return new MarrowError("INTERNAL", { ...where, found: message, cause: error });
}
