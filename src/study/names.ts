/** Names in a study folder: BIDS entities, and where each file has its place. */
import { basename, join } from "node:path";

const imageEnding = /\.(nii\.gz|nii|hdr|img|hdr\.gz|img\.gz)$/i;

/** True for .nii, .nii.gz and .hdr; the .img of a pair is reached through its .hdr. */
export function isImageFile(path: string): boolean {
  return /\.(nii\.gz|nii|hdr|hdr\.gz)$/i.test(path);
}

/** File name without folder and image ending. */
export function stemOf(path: string): string {
  return basename(path).replace(imageEnding, "");
}

/** Letters and digits alone, as BIDS wants labels: `hippocampus_001` → `hippocampus001`. Empty where none is left. */
export function bidsLabel(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/^(sub|ses)-/i, "")
    .replace(/[^A-Za-z0-9]/g, "");
}

/** Lower-case words joined by hyphens: `Bone Marrow_Oedema` → `bone-marrow-oedema`. */
export function labelName(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

export interface BidsName {
  readonly subject: string;
  readonly session?: string;
  /** Last part, e.g. `T1w`. */
  readonly suffix: string;
}

/** The parts of `sub-01_ses-2_acq-x_T1w`, or undefined for another kind of name. */
export function parseBidsName(stem: string): BidsName | undefined {
  const match = /^sub-([A-Za-z0-9]+)(?:_ses-([A-Za-z0-9]+))?(?:_[A-Za-z0-9-]+)*_([A-Za-z0-9]+)$/.exec(stem);
  if (!match) return undefined;
  const [, subject, session, suffix] = match;
  return { subject, suffix, ...(session === undefined ? {} : { session }) };
}

const sequences: readonly (readonly [RegExp, string])[] = [
  [/^t1(w|_?weighted)?$/i, "T1w"],
  [/^t2(w|_?weighted)?$/i, "T2w"],
  [/^pd(w)?$/i, "PDw"],
  [/^stir$/i, "STIR"],
  [/^flair$/i, "FLAIR"],
];

/** Image suffix of a sequence's name: `T1W` → `T1w`; other names keep their letters and digits. */
export function channelSuffix(name: string): string {
  return sequences.find(([pattern]) => pattern.test(name))?.[1] ?? (bidsLabel(name) || "MRI");
}

/** A subject's examination: what one case is made of. */
export interface Entity {
  /** Without `sub-`. */
  readonly subject: string;
  /** Without `ses-`. */
  readonly session?: string;
}

/** `sub-1003`, or `sub-1003_ses-2`. */
export function caseId({ subject, session }: Entity): string {
  return session === undefined ? `sub-${subject}` : `sub-${subject}_ses-${session}`;
}

function anatFolder({ subject, session }: Entity): string {
  return join(`sub-${subject}`, ...(session === undefined ? [] : [`ses-${session}`]), "anat");
}

/** Where a case's image stands below the study folder, without ending. */
export function imageStem(entity: Entity, suffix: string): string {
  return join(anatFolder(entity), `${caseId(entity)}_${suffix}`);
}

/** Where a reader's mask of a case stands below the study folder, without ending. */
export function maskStem(entity: Entity, reader: string): string {
  return join("derivatives", "annotations", reader, anatFolder(entity), `${caseId(entity)}_mask`);
}

/** Files and folders of a study, below its folder. */
export const places = {
  config: "marrow.yaml",
  plan: "plan.yaml",
  splits: "splits.json",
  participants: "participants.tsv",
  participantsSidecar: "participants.json",
  sessionsSidecar: "sessions.json",
  description: "dataset_description.json",
  annotations: join("derivatives", "annotations"),
  fingerprint: join("derivatives", "marrow", "fingerprint.json"),
  /** derivatives/marrow/runs/<run>/fold-<k> holds what training writes. */
  runs: join("derivatives", "marrow", "runs"),
  /** derivatives/marrow/comparisons/<sources> holds what `marrow compare` writes, networks what `marrow evaluate` does. */
  comparisons: join("derivatives", "marrow", "comparisons"),
  /** derivatives/marrow/quantification/<reader or run> holds what `marrow quantify` writes. */
  quantification: join("derivatives", "marrow", "quantification"),
} as const;
