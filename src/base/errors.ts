/**
 * The one catalogue of what can go wrong for a user. Every entry is listed in docs/reference/errors.md (a test compares
 * the two). `what` says what happened; `next` says what to do about it.
 */
export const catalogue = {
  FILE_NOT_FOUND: { what: "The file or folder does not exist.", next: "Check the path." },
  FILE_UNREADABLE: {
    what: "The file cannot be read.",
    next: "Check its permissions and that it is no folder.",
  },
  FILE_UNWRITABLE: { what: "The file cannot be written.", next: "Check the folder's permissions." },
  DISK_FULL: {
    what: "The disk is full.",
    next: "Free some space and run the same command again; finished work is kept.",
  },
  OUT_OF_MEMORY: {
    what: "The machine ran out of memory.",
    next: "Choose a smaller patch or batch in the plan.",
  },
  MEMORY_LIMIT: {
    what: "It would not fit into memory.",
    next: "Choose one of the ways listed.",
  },
  BAD_ARGUMENT: { what: "An option or argument is wrong.", next: "See `marrow help COMMAND`." },
  NIFTI_NOT_NIFTI: { what: "The file is not a NIfTI image.", next: "Convert it to .nii or .nii.gz." },
  NIFTI_HEADER: {
    what: "The NIfTI header is damaged or makes no sense.",
    next: "Write the file again with the tool that made it.",
  },
  NIFTI_TRUNCATED: { what: "The file ends too early.", next: "Copy or download it again; it is incomplete." },
  NIFTI_DAMAGED: { what: "The compressed data are damaged.", next: "Copy or download the file again." },
  NIFTI_NO_VOXELS: {
    what: "There is a header but there are no voxels.",
    next: "Put the .img file beside the .hdr file.",
  },
  NIFTI_DATATYPE: {
    what: "This type of voxel cannot be used.",
    next: "Convert the image to one real number per voxel.",
  },
  NIFTI_INTEGER_RANGE: {
    what: "A 64-bit integer is too large to be kept exactly.",
    next: "Save the image with a smaller integer type.",
  },
  NIFTI_FRAMES: {
    what: "The image has more than three dimensions.",
    next: "Split it into one 3-D file per frame.",
  },
  NIFTI_AFFINE: {
    what: "The image's position in the patient is unusable.",
    next: "Repair its sform or qform.",
  },
  MASK_NOT_LABELS: {
    what: "A mask must hold whole numbers from 0 to 255.",
    next: "Check that this file is a mask, not an image.",
  },
  IMAGE_FORMAT: { what: "This image format is not supported.", next: "Convert it to .nii.gz." },
  GRID_MISMATCH: {
    what: "Two images do not lie on the same grid.",
    next: "Resample one onto the other's grid first.",
  },
  DICOM_NOT_DICOM: {
    what: "The file is not a DICOM file.",
    next: "Nothing, if it belongs to something else; else get it again from its source.",
  },
  DICOM_DAMAGED: {
    what: "The DICOM file is too damaged to be read.",
    next: "Copy or export it again.",
  },
  DICOM_NO_IMAGE: {
    what: "The DICOM file holds no image.",
    next: "Nothing; reports, presentation states and the like have no voxels.",
  },
  DICOM_PIXELS: {
    what: "The pixel data cannot be decoded.",
    next: "Copy or export the file again; it is incomplete or damaged.",
  },
  DICOM_TRANSFER_SYNTAX: {
    what: "This compression of pixel data is not supported.",
    next: "Export the images uncompressed, or with JPEG Lossless, JPEG-LS, JPEG 2000, HTJ2K or RLE.",
  },
  DICOM_IMAGE_TYPE: {
    what: "This kind of image is no MR volume.",
    next: "Nothing; Marrow imports grey-scale images with a place in the patient.",
  },
  DICOM_GEOMETRY: {
    what: "The slices make no volume.",
    next: "Export the whole series again, or correct the table and import again.",
  },
  DICOM_TOO_LARGE: {
    what: "The file or image is larger than can be read.",
    next: "Export it as single slices, or in parts.",
  },
  ZIP_DAMAGED: {
    what: "The zip archive cannot be read.",
    next: "Unpack it yourself and import the folder.",
  },
  DOWNLOAD_FAILED: {
    what: "The download broke off.",
    next: "Check the network and run the same command again, or download the file yourself and import it.",
  },
  DOWNLOAD_REFUSED: {
    what: "The address does not give a file.",
    next: "Check the address. What needs a login or a click must be downloaded by you; then import the file.",
  },
  DOWNLOAD_TOO_LARGE: {
    what: "The download is larger than allowed.",
    next: "Allow more with --max-download, or download it yourself and import the file.",
  },
  STUDY_NOT_FOUND: { what: "The folder is not a study.", next: "Make one with `marrow init`." },
  STUDY_CONFIG: {
    what: "marrow.yaml cannot be used.",
    next: "Correct it; docs/reference/study-folder.md explains each entry.",
  },
  STUDY_EMPTY: { what: "The study has no case that can be used.", next: "See `marrow check STUDY`." },
  TABLE_INVALID: {
    what: "A table cannot be used.",
    next: "Correct it: tab-separated, a first row of names, one row a patient.",
  },
  CROPS_INVALID: {
    what: "The places of the crops cannot be used.",
    next: "Correct crops.tsv (docs/how-to/hip-crops.md); crops.json is written by `marrow crop` alone.",
  },
  SOURCE_NOT_FOUND: {
    what: "The folder holds nothing that can be imported.",
    next: "See `marrow help init`.",
  },
  DATASET_JSON: {
    what: "nnU-Net's dataset.json cannot be used.",
    next: "Correct it, or move it away to have labels read from the masks.",
  },
  TASK_UNKNOWN: { what: "There is no such task.", next: "`marrow tasks` lists the shipped ones." },
  PLAN_INVALID: {
    what: "The plan cannot be used.",
    next: "Correct it, or make a new one with `marrow plan STUDY --force`.",
  },
  PLAN_EDITED: {
    what: "The plan was edited by hand and is not overwritten.",
    next: "Add --force to replace it.",
  },
  SPLITS_INVALID: {
    what: "The splits cannot be used.",
    next: "Correct the file, or make new splits with `marrow split STUDY --force`.",
  },
  SPLITS_UNKNOWN_CASE: {
    what: "The splits name cases that the study does not have.",
    next: "Remove them from the file, or import the missing cases.",
  },
  SPLITS_LEAK: {
    what: "A patient is on both sides of a split.",
    next: "Put all of a patient's cases on one side.",
  },
  SPLITS_TOO_FEW: {
    what: "There are too few patients for these splits.",
    next: "Ask for fewer folds or add patients.",
  },
  CACHE_DAMAGED: {
    what: "A prepared case changed on disk while it was in use.",
    next: "Run the same command again; it is made anew.",
  },
  EVALUATE_NOTHING: {
    what: "There is nothing to compare.",
    next: "Masks are paired by case id; see `marrow help evaluate`.",
  },
  EVALUATE_UNPAIRED: {
    what: "A case has only one of the two masks.",
    next: "Add the missing mask or remove the other.",
  },
  QUANTIFY_LABELS: {
    what: "The mask holds values that have no name.",
    next: "Name them with --labels, e.g. --labels 1=fat-metaplasia, or correct the mask.",
  },
  QUANTIFY_MEASURE: {
    what: "There is no such analysis.",
    next: "Choose among the names listed.",
  },
  QUANTIFY_NO_MASK: {
    what: "There is no mask to measure.",
    next: "Annotate or segment the case first, or name another source.",
  },
  REPORT_INPUT: {
    what: "A file of results that the report needs cannot be used.",
    next: "Make it anew with the command that writes it; docs/reference/report.md has its form.",
  },
  REPORT_NO_PATIENT: {
    what: "The study has no such patient.",
    next: "Name the patient as its folder is named, e.g. sub-001.",
  },
  REPORT_NO_BROWSER: {
    what: "No browser was found that prints to PDF.",
    next: "Install Chromium, or name it in MARROW_BROWSER; or print index.html yourself.",
  },
  WORKER_DIED: {
    what: "A worker stopped unexpectedly.",
    next: "Run the same command again; it resumes where it stopped.",
  },
  GRAPH_SHAPE: {
    what: "Shapes in a network do not fit together.",
    next: "Check the plan's patch, pooling and features.",
  },
  GRAPH_NO_GRADIENT: {
    what: "An operator has no gradient rule.",
    next: "Use another operator, or add its rule to the table.",
  },
  SAFETENSORS_INVALID: { what: "The file is no valid safetensors file.", next: "Copy or export it again." },
  DEVICE_UNAVAILABLE: { what: "The chosen device does not work here.", next: "Use --device cpu." },
  NETWORK_UNKNOWN: { what: "There is no network of this name.", next: "Choose one of the names listed." },
  WEIGHTS_MISMATCH: {
    what: "The weights do not belong to this network.",
    next: "Check the network's name and features.",
  },
  WEIGHTS_INVALID: {
    what: "The file of weights cannot be read.",
    next: "Copy it again, or save the weights as safetensors.",
  },
  WEIGHTS_UNSAFE: {
    what: "The file of weights asks for code to be run; nothing was.",
    next: "Do not open it elsewhere. Ask its author for safetensors, or for a state dictionary alone.",
  },
  ORACLE_INVALID: {
    what: "The file is no oracle.",
    next: "See the oracles' README for the tensors it must hold.",
  },
  MODEL_INVALID: {
    what: "The file is no model of Marrow.",
    next: "Use a model.onnx that `marrow train` wrote.",
  },
  MODEL_MISMATCH: {
    what: "The models cannot be averaged: they were planned differently.",
    next: "Give folds of one run.",
  },
  CLASSIFY_COLUMN: {
    what: "No class is known for the cases.",
    next: "Fill the column in participants.tsv, or correct `classification` in the plan.",
  },
  CLASSIFY_ONE_CLASS: {
    what: "One side of a fold has cases of one class alone.",
    next: "Make new splits with `marrow split STUDY --stratify COLUMN --force`.",
  },
  CLASSIFY_NO_MASK: {
    what: "There is no mask to make the ROI map of.",
    next: "Annotate or segment the case first, or name another source of masks.",
  },
  CLINICAL_VALUE: {
    what: "A clinical variable has a value that cannot be used.",
    next: "Correct it, or write n/a where it is not known.",
  },
  LAYER_UNKNOWN: {
    what: "The network has no such layer to explain.",
    next: "Choose one of the layers listed; `marrow explain --layers` lists them all.",
  },
  CHECKPOINT_MISMATCH: {
    what: "The run's checkpoint was made with other settings.",
    next: "Use another --run name, or delete the fold's folder to start over.",
  },
  TRAINING_DIVERGED: {
    what: "The loss is no number any more.",
    next: "Lower the learning rate in the plan, or set clipNorm.",
  },
  PLAN_MISSING: { what: "The study has no plan yet.", next: "Run `marrow plan STUDY`." },
  SPLITS_MISSING: { what: "The study has no splits yet.", next: "Run `marrow split STUDY`." },
  DEMO_FOLDER: {
    what: "The demo's folder holds something else.",
    next: "Choose another folder with --out, or remove it yourself.",
  },
  DEID_KEY: {
    what: "The project key cannot be used.",
    next: "Give the file that `marrow deidentify --key` made, or a name that does not exist yet for a new key.",
  },
  DEID_MAP: {
    what: "The pseudonym map cannot be opened.",
    next: "Give the passphrase or key it was made with; without it nothing can be read from it.",
  },
  DEID_NOTHING: {
    what: "No DICOM file was found.",
    next: "Check the path; archives other than zip must be unpacked first.",
  },
  PACS_CONFIG: {
    what: "The file of PACS connections cannot be used.",
    next: "Correct it; docs/how-to/pacs.md shows one.",
  },
  PACS_SECRET: {
    what: "The secret of a PACS connection cannot be used.",
    next: "Put it into the environment variable or the file that the connection names.",
  },
  PACS_UNREACHABLE: {
    what: "The PACS does not answer.",
    next: "Check address, port and network, and whether the PACS is running.",
  },
  PACS_REFUSED: {
    what: "The PACS refuses.",
    next: "Ask its administrator whether Marrow's AE title or account may do this.",
  },
  PACS_ANSWER: {
    what: "The PACS answers with something else than was asked for.",
    next: "Check that the address is that of the DICOMweb service.",
  },
  PACS_LISTEN: {
    what: "Marrow cannot listen at this address.",
    next: "Choose another port under `listen`, or stop what uses it.",
  },
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
  JOB_UNKNOWN: { what: "There is no such job.", next: "See the list of jobs." },
  JOB_ENDED: { what: "The job has ended.", next: "Nothing; what it made is kept." },
  JOB_FAILED: { what: "The job failed.", next: "See what it wrote, in derivatives/marrow/jobs." },
  JOB_LOST: {
    what: "The job's process was stopped several times.",
    next: "See whether memory is short, then start the job again.",
  },
  INTERNAL: { what: "Marrow itself is at fault.", next: "Please report this with the command you ran." },
} as const satisfies Record<string, { what: string; next: string }>;

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
