/** Reasons to hold a file back because a person could be recognised by its pixels or its contents, as a table. */
import type { DataSet } from "../data-set.js";
import { text, texts } from "../values.js";

export interface Subject {
  readonly dataset: DataSet;
  /** Whether the pixels show writing (writing-in-pixels.ts); undefined where nobody could look. */
  readonly writing: boolean | undefined;
}

interface Reason {
  readonly what: string;
  /** Burned-in writing can be allowed by the user or blanked out; other reasons cannot. */
  readonly burnedIn: boolean;
  readonly applies: (subject: Subject) => boolean;
}

const storage = "1.2.840.10008.5.1.4.1.1.";
const sopClass = ({ dataset }: Subject) => text(dataset, "00080016") ?? "";
const value = ({ dataset }: Subject, tag: string) => text(dataset, tag)?.toUpperCase();
const hasPixels = ({ dataset }: Subject) =>
  ["7FE00010", "7FE00008", "7FE00009"].some((tag) => dataset.elements.has(tag));

/** Secondary capture and its multi-frame kin, photographs and videos. */
const captures = /^(7|7\.[1-4]|77\.1\.[1245](\..*)?)$/;
const ultrasound = /^(6|6\.1|6\.2|3|3\.1)$/;
const inClass = (subject: Subject, pattern: RegExp) =>
  sopClass(subject).startsWith(storage) && pattern.test(sopClass(subject).slice(storage.length));
const saysNo = (subject: Subject) => value(subject, "00280301") === "NO";

const reasons = {
  BURNED_IN_YES: {
    what: "the file itself says that writing is burned into the image",
    burnedIn: true,
    applies: (subject) => value(subject, "00280301") === "YES",
  },
  SECONDARY_CAPTURE: {
    what: "a secondary capture, photograph or digitised film, not declared free of burned-in writing",
    burnedIn: true,
    applies: (subject) =>
      hasPixels(subject) &&
      !saysNo(subject) &&
      (inClass(subject, captures) || value(subject, "00080064") !== undefined),
  },
  SCREEN_CAPTURE: {
    what: "a picture of a screen or a report",
    burnedIn: true,
    applies: ({ dataset }) =>
      texts(dataset, "00080008").some((one) =>
        /SCREEN|CAPTURE|REPORT|DISPLAY|PATIENTINFO|DOSE_INFO/i.test(one),
      ),
  },
  ULTRASOUND: {
    what: "ultrasound images usually carry the patient's name, and this one is not declared free of it",
    burnedIn: true,
    applies: (subject) => inClass(subject, ultrasound) && !saysNo(subject),
  },
  TEXT_IN_PIXELS: {
    what: "something that looks like writing in the image",
    burnedIn: true,
    applies: ({ writing }) => writing === true,
  },
  PIXELS_NOT_SEEN: {
    what: "the pixels cannot be decoded, so nobody has looked for burned-in writing",
    burnedIn: true,
    applies: (subject) => hasPixels(subject) && subject.writing === undefined,
  },
  RECOGNISABLE_FACE: {
    what: "the file itself says that the person can be recognised in the image",
    burnedIn: false,
    applies: (subject) => value(subject, "00280302") === "YES",
  },
  DOCUMENT: {
    what: "an embedded document (PDF, CDA, model), which cannot be cleaned",
    burnedIn: false,
    applies: ({ dataset }) => dataset.elements.has("00420011"),
  },
  DIRECTORY: {
    what: "a DICOMDIR: it names patients and paths of files that no longer exist",
    burnedIn: false,
    applies: (subject) => subject.dataset.elements.has("00041220"),
  },
} as const satisfies Record<string, Reason>;

export type HoldCode = keyof typeof reasons;

export interface Held {
  readonly code: HoldCode;
  readonly reason: string;
}

/** Why a file must be held back; undefined where nothing speaks against it. `burnedInCared` skips what that settles. */
export function reasonToHold(subject: Subject, burnedInCared: boolean): Held | undefined {
  for (const [code, { what, burnedIn, applies }] of Object.entries<Reason>(reasons))
    if (!(burnedIn && burnedInCared) && applies(subject)) return { code: code as HoldCode, reason: what };
  return undefined;
}
