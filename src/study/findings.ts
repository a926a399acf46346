/** What `marrow init` and `marrow check` can find: one table, listed in docs/reference/study-folder.md (a test compares). */
import type { MarrowError } from "../base/errors.js";
import type { Finding } from "./types.js";

interface Kind {
  readonly severity: Finding["severity"];
  /** What is checked, as a line of the table of checks. */
  readonly what: string;
  readonly next: string;
}

export const kinds = {
  // Found by `marrow init`
  IMPORT_UNREADABLE: {
    severity: "error",
    what: "File to import is readable",
    next: "Repair or replace the file, then run the same command again.",
  },
  IMPORT_NO_IMAGE: {
    severity: "error",
    what: "Every mask to import has an image",
    next: "Add the image or correct the file names, then run the same command again.",
  },
  IMPORT_NO_MASK: {
    severity: "warning",
    what: "Every image to import has a mask",
    next: "Nothing, if the case is not annotated; else correct the mask's name and run the same command again.",
  },
  IMPORT_AMBIGUOUS: {
    severity: "error",
    what: "File names to import are unambiguous",
    next: "Tell the names apart with --pattern.",
  },
  IMPORT_NAME: {
    severity: "warning",
    what: "Two original names stay apart as BIDS names",
    next: "Nothing; participants.tsv shows which is which.",
  },
  IMPORT_DIFFERS: {
    severity: "info",
    what: "Files already in the study equal the originals",
    next: "Nothing, if it was changed here on purpose; delete it from the study to import it again.",
  },
  IMPORT_LABELS: {
    severity: "error",
    what: "Labels of the source can be used",
    next: "Write the labels into marrow.yaml.",
  },
  IMPORT_SPLITS: {
    severity: "warning",
    what: "Splits of the source can be taken over",
    next: "Repair what is named here and run the same command again, or make splits with `marrow split`.",
  },
  // Found by `marrow check`
  CASE_INCOMPLETE: {
    severity: "error",
    what: "Every case has an image for each channel",
    next: "Add the missing image, or remove the case's folder.",
  },
  MASK_WITHOUT_IMAGE: {
    severity: "error",
    what: "Every mask belongs to a case",
    next: "Add the image, or remove the mask.",
  },
  MASK_MISSING: {
    severity: "info",
    what: "Every case has a reference mask",
    next: "Nothing; the case is not trained on. Add a mask to use it.",
  },
  NO_MASKS: {
    severity: "error",
    what: "There are reference masks at all",
    next: "Check `reader` in marrow.yaml against the folders in derivatives/annotations.",
  },
  FILE_UNREADABLE: {
    severity: "error",
    what: "Every file can be read",
    next: "Replace the file, or remove the case.",
  },
  GRID_SHAPE: {
    severity: "error",
    what: "Images and mask of a case have the same size",
    next: "Export the mask again on its image's grid, or resample it (nearest neighbour).",
  },
  GRID_AFFINE: {
    severity: "error",
    what: "Images and mask of a case lie in the same place",
    next: "If they fit when overlaid by voxel, copy the image's header to the mask; else resample the mask.",
  },
  GRID_NEARLY: {
    severity: "warning",
    what: "Headers of a case's files agree to 0.01 mm",
    next: "Nothing, if a viewer shows them aligned; less than half a voxel is ignored.",
  },
  LABEL_UNKNOWN: {
    severity: "error",
    what: "Masks hold only the task's labels",
    next: "Add the value to `labels` in marrow.yaml, or correct the mask.",
  },
  LABEL_NOWHERE: {
    severity: "warning",
    what: "Every label occurs somewhere",
    next: "Remove the label from marrow.yaml, or add cases that show it.",
  },
  MASK_EMPTY: { severity: "info", what: "No mask is empty", next: "Nothing, if the case has no lesion." },
  NOT_FINITE: {
    severity: "error",
    what: "No voxel is NaN or infinite",
    next: "Write the image again with finite values.",
  },
  CONSTANT_IMAGE: {
    severity: "error",
    what: "No image is constant",
    next: "Replace the image; it shows nothing.",
  },
  FEW_SLICES: {
    severity: "warning",
    what: "Every image has 5 slices or more",
    next: "Consider leaving the case out, as paper 2 did.",
  },
  SLICE_PLANE: {
    severity: "warning",
    what: "All cases are sliced in the same plane",
    next: "Consider leaving the case out, or a study of its own for this plane.",
  },
  SAME_IMAGE: {
    severity: "error",
    what: "No image occurs under two names",
    next: "Remove one of the two, or give both the same patient.",
  },
  DUPLICATE_SUBJECT: {
    severity: "error",
    what: "Every patient stands in the table once",
    next: "Merge the rows in participants.tsv.",
  },
  SUBJECT_NOT_LISTED: {
    severity: "info",
    what: "Every patient stands in participants.tsv",
    next: "Nothing; add a row to give a site or clinical variables.",
  },
  SUBJECT_WITHOUT_CASE: {
    severity: "warning",
    what: "Every row of participants.tsv has a case",
    next: "Remove the row, or import the patient's images.",
  },
  SPLITS_WRONG: {
    severity: "error",
    what: "The splits fit the cases",
    next: "Correct splits.json, or make new splits with `marrow split STUDY --force`.",
  },
  PLAN_WRONG: {
    severity: "error",
    what: "The plan can be used",
    next: "Correct plan.yaml, or make a new plan with `marrow plan STUDY --force`.",
  },
} as const satisfies Record<string, Kind>;

export type FindingCode = keyof typeof kinds;

/** A finding of one kind; severity and advice come from the table. */
export function finding(
  code: FindingCode,
  details: Omit<Finding, "severity" | "code" | "next"> & { next?: string },
): Finding {
  const { severity, next } = kinds[code];
  return { severity, code, next, ...details };
}

/** A finding about an error that was caught. */
export function findingOf(
  code: FindingCode,
  error: MarrowError,
  details: { case?: string; file?: string } = {},
): Finding {
  const { file, expected, found, next } = error.details;
  return finding(code, {
    ...(file !== undefined && { file }),
    ...(expected !== undefined && { expected }),
    found: `${error.code}${found === undefined ? "" : `: ${found}`}`,
    ...(next !== undefined && { next }),
    ...details,
  });
}

/** Plain text of a finding: what, where, what next. */
export function describeFinding({ severity, code, file, expected, found, next, ...rest }: Finding): string {
  const where = [rest.case, file].filter((part) => part !== undefined).join("  ");
  const lines = [`${severity.toUpperCase()} ${code}  ${where}`.trimEnd()];
  if (expected !== undefined) lines.push(`  expected: ${expected}`);
  if (found !== undefined) lines.push(`  found:    ${found}`);
  return [...lines, `  next:     ${next}`].join("\n");
}
