/** What can go wrong in the reading room. */
import type { Entries } from "./entry.js";

export const readingRoom = {
  SERVE_RUNNING: {
    what: "Another `marrow serve` has this study open.",
    next: "Use that one, or stop it first.",
  },
  SERVE_EXPOSED: {
    what: "The reading room is not offered to a network without encryption.",
    next: "Add --tls-cert and --tls-key, or --behind-proxy where a proxy encrypts.",
  },
  SERVE_LISTEN: {
    what: "The reading room cannot listen at this address.",
    next: "Choose another --port or --host, or stop what uses it.",
  },
  SERVE_NO_PAGE: {
    what: "The page of the reading room was not built.",
    next: "Run `npm run build:web`; the HTTP API works without it.",
  },
  DATABASE_DAMAGED: {
    what: "The reading room's database cannot be used.",
    next: "Put back a copy of derivatives/marrow/reading.sqlite; masks and images are files of their own.",
  },
  REQUEST_INVALID: {
    what: "The request is not as the API has it.",
    next: "See docs/reference/api.md or /api/openapi.json.",
  },
  REQUEST_NOT_FOUND: { what: "There is nothing at this address.", next: "Check the address." },
  REQUEST_TOO_LARGE: { what: "The request is too large.", next: "Send it in parts." },
  REQUEST_TOO_MANY: { what: "There are too many requests.", next: "Wait a minute." },
  REQUEST_ORIGIN: {
    what: "The request does not come from the reading room's own page.",
    next: "Open the page at the address that `marrow serve` prints, and send the CSRF token.",
  },
  SESSION_NONE: { what: "Nobody is logged in.", next: "Log in." },
  SESSION_SETUP: {
    what: "The study has no account yet.",
    next: "Create the administrator on the first page.",
  },
  SESSION_ROLE: { what: "This account may not do this.", next: "Ask a senior reader or an administrator." },
  SETUP_DONE: { what: "The administrator was created before.", next: "Log in." },
  SETUP_CODE: {
    what: "The code for the first account is wrong.",
    next: "Open the address that `marrow serve` printed.",
  },
  LOGIN_WRONG: { what: "Name or password is wrong.", next: "Try again, or ask an administrator." },
  LOGIN_BLOCKED: { what: "There were too many failed logins.", next: "Wait 15 minutes." },
  ACCOUNT_NAME: { what: "This name cannot be used for an account.", next: "Choose another name." },
  ACCOUNT_UNKNOWN: { what: "There is no such account.", next: "Choose one of the accounts listed." },
  ACCOUNT_LAST: {
    what: "The last administrator must stay one.",
    next: "Make another account administrator first.",
  },
  CASE_UNKNOWN: { what: "The study has no such case.", next: "See the work list." },
  CASE_CHANNEL: { what: "The case has no such image.", next: "Choose one of the study's channels." },
  CASE_STATE: {
    what: "The case's state does not allow this.",
    next: "See the state in the work list.",
  },
  MASK_NOT_FOUND: { what: "There is no such mask.", next: "Choose one of the case's masks." },
  MASK_HIDDEN: {
    what: "This account may not see this mask.",
    next: "Other readers' masks are shown to seniors, and the consensus once it is agreed.",
  },
  MASK_EXISTS: {
    what: "The mask exists already.",
    next: "Open it without `from`; nothing is overwritten.",
  },
  DRAW_STROKE: { what: "The stroke does not fit the mask.", next: "Open the case again." },
  DRAW_SESSION: { what: "The mask is not open for drawing.", next: "Open the case again." },
  DRAW_SEQUENCE: { what: "A stroke before this one is missing.", next: "Send the missing stroke first." },
  DRAW_CONFLICT: {
    what: "Someone else has drawn on this mask.",
    next: "Load the mask again; nothing of theirs was overwritten.",
  },
  CONSENSUS_MASKS: {
    what: "A consensus cannot be made of these masks.",
    next: "Choose readers who have a mask of the case.",
  },
  EXPORT_NO_DICOM: {
    what: "The original DICOM images are not known.",
    next: "Start with `marrow serve STUDY --dicom FOLDER`, or export as NIfTI.",
  },
  RESULT_UNKNOWN: {
    what: "This result has not been made, or this account may not see it yet.",
    next: "A senior makes it under Results; readers see patients whose cases are agreed.",
  },
  IMPORT_BUSY: {
    what: "Another import is under way.",
    next: "Start this one when it has ended; the page does so by itself.",
  },
  IMPORT_UNKNOWN: {
    what: "There is no such import under way.",
    next: "Begin again: drop the folder, or find the study in the PACS.",
  },
  QUEUE_UNREACHABLE: {
    what: "The job queue cannot be reached.",
    next: "Start Redis, or mend --queue or MARROW_QUEUE.",
  },
  WORKER_VERSION: {
    what: "This worker is of another version than the reading room's server.",
    next: "Install the server's version here and start the worker again.",
  },
  JOB_UNKNOWN: { what: "There is no such job.", next: "See the list of jobs." },
  JOB_ENDED: { what: "The job has ended.", next: "Nothing; what it made is kept." },
  JOB_FAILED: { what: "The job failed.", next: "See what it wrote, in derivatives/marrow/jobs." },
  JOB_LOST: {
    what: "The job's process was stopped several times.",
    next: "See whether memory is short, then start the job again.",
  },
  READER_STUDY_PROTOCOL: {
    what: "The protocol of the reader study cannot be carried out.",
    next: "Correct what is named; nothing was created.",
  },
  READER_STUDY_UNKNOWN: {
    what: "There is no such reader study, or you do not read in it.",
    next: "See the list of reader studies.",
  },
  READER_STUDY_LOCKED: {
    what: "The reader study is locked.",
    next: "Nothing; its tables are in derivatives/marrow/reader-study.",
  },
  READER_STUDY_UNFINISHED: {
    what: "Readings of the reader study are not finished.",
    next: "Wait for them, or lock it without them.",
  },
  READER_STUDY_WASH_OUT: {
    what: "The second part of the reader study is not open yet.",
    next: "Come back on the day that is named.",
  },
  READER_STUDY_DONE: {
    what: "You have finished all readings of this study.",
    next: "Nothing; thank you.",
  },
  READER_STUDY_BLINDED: {
    what: "You read this in a reader study that is still open.",
    next: "Read it under Reader studies; it is shown here again when the study is locked.",
  },
  READING_UNKNOWN: {
    what: "There is no such reading.",
    next: "Go on with your reader study from its page.",
  },
  READING_LOCKED: {
    what: "The reading is finished and locked.",
    next: "Go on with the next one.",
  },
  READING_LAYER: {
    what: "The protocol does not show this in this reading.",
    next: "Go on without it.",
  },
  READING_INCOMPLETE: {
    what: "Something that the protocol asks for is missing.",
    next: "Complete the reading, then finish it.",
  },
  READING_FAULT: {
    what: "The reading cannot be shown or saved now.",
    next: "Tell the administrator; the server has noted what happened.",
  },
  SCORE_SHEET: {
    what: "The score sheet does not fit its template or image.",
    next: "Correct what is named.",
  },
  SCORE_PLANE: {
    what: "The score is defined on coronal and semi-coronal slices.",
    next: "Choose another sequence.",
  },
  SCORE_CONFLICT: {
    what: "The score sheet was saved elsewhere meanwhile.",
    next: "Open it again; nothing was overwritten.",
  },
  SCORE_SUGGESTION: {
    what: "Points cannot be suggested here.",
    next: "Score by eye.",
  },
} as const satisfies Entries;
