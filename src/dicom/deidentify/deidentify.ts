/**
 * De-identification to the Basic Application Level Confidentiality Profile of DICOM PS3.15 Annex E, with its options.
 * One file in, one file out; the same key gives the same pseudonyms, UIDs and date shifts for every file of a patient.
 */
import { emptyDataSet, type DataSet, type DicomFile } from "../data-set.js";
import { copyDataSet, setItems, setText } from "../set-values.js";
import { text } from "../values.js";
import { applyProfile } from "./apply-profile.js";
import { familyOf } from "./attribute-types.js";
import { Audit } from "./audit.js";
import type { Context } from "./context.js";
import { codedEntry } from "./dummies.js";
import { elementsBelow, textOf, vrOf } from "./elements.js";
import { reasonToHold, type Held } from "./hold-back.js";
import { removeLeftovers } from "./leftovers.js";
import { basicProfile, cleanPixelData as pixelOption, profileOptions, type OptionName } from "./options.js";
import { cleanPixelData, hasEmbeddedOverlay } from "./pixel-data.js";
import type { ProjectKey } from "./project-key.js";
import { pseudonymOf, shiftOf } from "./pseudonyms.js";
import { identityOf, type Identity } from "./identity.js";

export interface DeidentifierSettings {
  readonly key: ProjectKey;
  /** Options of the Basic Profile; [] is the profile alone. */
  readonly options: readonly OptionName[];
  /** Lets images through that may show burned-in writing. */
  readonly allowBurnedIn?: boolean;
}

export interface PixelsSeen {
  /** Whether the pixels show writing (writingInPixels); left out: nobody has looked. */
  readonly writing?: boolean | undefined;
  /** Rectangles have been blanked (redact), which settles burned-in writing. */
  readonly redacted?: boolean;
}

export interface Deidentified {
  /** Must not be passed on where `held` is set. */
  readonly file: DicomFile;
  readonly audit: Audit;
  readonly pseudonym: string;
  readonly held?: Held;
  /** Originals beside their replacements, for the pseudonym map; confidential. */
  readonly identity: Identity;
}

export interface Deidentifier {
  apply(file: DicomFile, seen?: PixelsSeen): Deidentified;
  /** Pseudonym of a Patient ID (0010,0020), spaces around it ignored. */
  pseudonym(patientId: string): string;
}

export function deidentifier(settings: DeidentifierSettings): Deidentifier {
  return {
    apply: (file, seen = {}) => deidentify(file, settings, seen),
    pseudonym: (patientId) => pseudonymOf(settings.key, patientId.trim()),
  };
}

function deidentify(file: DicomFile, settings: DeidentifierSettings, seen: PixelsSeen): Deidentified {
  const held = heldBack(file, settings, seen);
  const dataset = copyDataSet(file.dataset);
  const context = contextOf(dataset, settings);
  const identity = identityOf(file.dataset, context);
  const after: DicomFile = { ...file, meta: emptyDataSet(), dataset, problems: [] };
  cleanPixelData(after);
  applyProfile(dataset, context);
  removeLeftovers(dataset, context);
  mark(dataset, context, seen.redacted ?? false);
  const { audit, pseudonym } = context;
  return { file: after, audit, pseudonym, identity, ...(held && { held }) };
}

function heldBack(file: DicomFile, settings: DeidentifierSettings, seen: PixelsSeen): Held | undefined {
  const packed = "fragments" in (file.dataset.elements.get("7FE00010") ?? {});
  // Overlays in the bits of compressed pixels cannot be cut out: as if nobody had looked
  const writing = packed && hasEmbeddedOverlay(file.dataset) ? undefined : seen.writing;
  const cared = (settings.allowBurnedIn ?? false) || (seen.redacted ?? false);
  return reasonToHold({ dataset: file.dataset, writing }, cared);
}

/** Patient ID, or what else tells patients apart in a file without one. */
function patientKey(dataset: DataSet): string {
  const id = text(dataset, "00100020")?.trim();
  if (id) return id;
  const name = text(dataset, "00100010");
  if (name) return `name ${name} ${text(dataset, "00100030") ?? ""}`;
  return `study ${text(dataset, "0020000D") ?? ""}`;
}

function contextOf(dataset: DataSet, { key, options }: DeidentifierSettings): Context {
  const patient = patientKey(dataset);
  return {
    key,
    options,
    family: familyOf(text(dataset, "00080016") ?? ""),
    pseudonym: pseudonymOf(key, patient),
    shift: shiftOf(key, patient),
    names: namesIn(dataset),
    audit: new Audit(),
    originals: [],
    uids: new Map(),
    path: [],
  };
}

/** Parts of the names of everybody the file names, in lower case. */
function namesIn(dataset: DataSet): Set<string> {
  const names = [...elementsBelow(dataset)].flatMap(({ tag, element, dataset: level }) =>
    vrOf(tag, element) === "PN" ? [textOf(tag, element, level)] : [],
  );
  return new Set(names.flatMap((name) => name.toLowerCase().split(/[^\p{L}]+/u)).filter(Boolean));
}

/** PS3.3 section C.7.1.1 and C.12.1: that, and how, the identity was removed. */
function mark(dataset: DataSet, { options, pseudonym }: Context, redacted: boolean): void {
  const methods = [
    basicProfile,
    ...(redacted ? [pixelOption] : []),
    ...options.map((name) => profileOptions[name]),
  ];
  setText(dataset, "00100010", pseudonym, "PN");
  setText(dataset, "00100020", pseudonym, "LO");
  setText(dataset, "00120062", "YES", "CS");
  setText(dataset, "00120063", ["DICOM PS3.15 Annex E", "Marrow"], "LO");
  setItems(
    dataset,
    "00120064",
    methods.map(({ code, meaning }) => codedEntry(code, "DCM", meaning)),
  );
  setText(dataset, "00280303", temporal(options), "CS");
}

function temporal(options: readonly OptionName[]): string {
  if (options.includes("retain-full-dates")) return "UNMODIFIED";
  return options.includes("retain-modified-dates") ? "MODIFIED" : "REMOVED";
}
