/** Gives a result made on de-identified images its patient and study back, so that a PACS files it in the right place. */
import { MarrowError } from "../../base/errors.js";
import type { DataSet, DicomFile } from "../data-set.js";
import { copyDataSet, setText } from "../set-values.js";
import { text } from "../values.js";
import { elementsBelow, isValue, textOf, vrOf } from "./elements.js";
import { patientTags, studyTags, type Attributes } from "./identity.js";
import type { PseudonymMap } from "./pseudonym-map.js";

/** Patient Identity Removed, methods, Longitudinal Temporal Information Modified. */
const marks = ["00120062", "00120063", "00120064", "00280303"];

/**
 * A copy with the patient's and study's original attributes, and the original of every UID the map knows, in sequences too.
 * UIDs that Marrow made for the result itself stay. `file` names it in errors. Throws DEID_MAP where the patient or study is
 * unknown to the map.
 */
export function reidentify(image: DicomFile, map: PseudonymMap, file: string): DicomFile {
  const dataset = copyDataSet(image.dataset);
  const pseudonym = text(dataset, "00100020") ?? "";
  const patient = map.patient(pseudonym) ?? unknown(file, `patient ${pseudonym}`);
  const study = text(dataset, "0020000D") ?? "";
  const studyAttributes = map.study(study) ?? unknown(file, `study ${study}`);
  restoreUids(dataset, map);
  restore(dataset, patientTags, patient);
  restore(dataset, studyTags, studyAttributes);
  for (const tag of marks) dataset.elements.delete(tag);
  return { ...image, dataset };
}

function unknown(file: string, found: string): never {
  throw new MarrowError("DEID_MAP", { file, expected: "a patient and study of the map", found });
}

function restoreUids(dataset: DataSet, map: PseudonymMap): void {
  for (const below of elementsBelow(dataset)) {
    const { tag, element } = below;
    if (!isValue(element) || vrOf(tag, element) !== "UI") continue;
    const uids = textOf(tag, element, below.dataset).split("\\");
    const originals = uids.map((uid) => map.originalUid(uid) ?? uid);
    if (originals.some((uid, n) => uid !== uids[n])) setText(below.dataset, tag, originals, "UI");
  }
}

/** Attributes that the original did not have go; texts beyond ASCII are written in UTF-8. */
function restore(dataset: DataSet, tags: readonly string[], attributes: Attributes): void {
  for (const tag of tags) {
    const values = attributes[tag];
    if (values === undefined) dataset.elements.delete(tag);
    else setText(dataset, tag, values);
    if (values?.some((value) => /[^\x20-\x7e]/.test(value))) setText(dataset, "00080005", "ISO_IR 192", "CS");
  }
}
