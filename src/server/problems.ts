/** From errors to answers: which status each code has, and what of it a client is told. */
import type { ErrorCode } from "../base/errors.js";
import { asMarrowError, catalogue } from "../base/errors.js";
import type { Problem } from "../reading/contract/index.js";
import { DrawConflict } from "../reading/drawing.js";

/** Codes that are the client's doing; everything else is the server's, 500. */
const statuses: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  BAD_ARGUMENT: 400,
  DRAW_STROKE: 400,
  CONSENSUS_MASKS: 400,
  ACCOUNT_NAME: 400,
  QUANTIFY_MEASURE: 400,
  READER_STUDY_PROTOCOL: 400,
  READING_INCOMPLETE: 400,
  SCORE_SHEET: 400,
  SESSION_NONE: 401,
  SESSION_SETUP: 401,
  LOGIN_WRONG: 401,
  SETUP_CODE: 403,
  SESSION_ROLE: 403,
  REQUEST_ORIGIN: 403,
  MASK_HIDDEN: 403,
  READER_STUDY_BLINDED: 403,
  READING_LAYER: 403,
  SCORE_SUGGESTION: 403,
  REQUEST_NOT_FOUND: 404,
  READER_STUDY_UNKNOWN: 404,
  READING_UNKNOWN: 404,
  CASE_UNKNOWN: 404,
  CASE_CHANNEL: 404,
  MASK_NOT_FOUND: 404,
  ACCOUNT_UNKNOWN: 404,
  JOB_UNKNOWN: 404,
  IMPORT_UNKNOWN: 404,
  IMPORT_BUSY: 409,
  RESULT_UNKNOWN: 404,
  EXPORT_NO_DICOM: 409,
  SETUP_DONE: 409,
  ACCOUNT_LAST: 409,
  CASE_STATE: 409,
  MASK_EXISTS: 409,
  DRAW_SESSION: 409,
  DRAW_SEQUENCE: 409,
  DRAW_CONFLICT: 409,
  GRID_MISMATCH: 409,
  READER_STUDY_LOCKED: 409,
  READER_STUDY_UNFINISHED: 409,
  READER_STUDY_WASH_OUT: 409,
  READER_STUDY_DONE: 409,
  READING_LOCKED: 409,
  SCORE_PLANE: 409,
  SCORE_CONFLICT: 409,
  JOB_ENDED: 409,
  QUANTIFY_LABELS: 409,
  DICOM_GEOMETRY: 409,
  REQUEST_TOO_LARGE: 413,
  REQUEST_TOO_MANY: 429,
  LOGIN_BLOCKED: 429,
  PACS_CONFIG: 502,
  PACS_REFUSED: 502,
  PACS_UNREACHABLE: 502,
  PACS_ANSWER: 502,
  DISK_FULL: 507,
};

/** What Fastify says before a handler is reached, by status. */
const ofFastify: Readonly<Record<number, ErrorCode>> = {
  404: "REQUEST_NOT_FOUND",
  413: "REQUEST_TOO_LARGE",
  429: "REQUEST_TOO_MANY",
};

/** A fault of ours is told without details: paths and messages of the system stay in the server's log. */
export function problemOf(error: unknown): Problem {
  const code = codeOf(error);
  const status = statuses[code] ?? 500;
  const { what, next } = catalogue[code];
  const details = asMarrowError(error).details;
  const told = status < 500 && error instanceof Error && "details" in error;
  return {
    type: "about:blank",
    title: what,
    status,
    code,
    ...(told && details.expected !== undefined && { expected: details.expected }),
    ...(told && details.found !== undefined && { found: details.found }),
    next: (told ? details.next : undefined) ?? next,
    ...(error instanceof DrawConflict && { facts: { by: error.by, version: error.version } }),
  };
}

function codeOf(error: unknown): ErrorCode {
  const status = (error as { statusCode?: number } | null)?.statusCode;
  if (status !== undefined && status < 500) return ofFastify[status] ?? "REQUEST_INVALID";
  return asMarrowError(error).code;
}
