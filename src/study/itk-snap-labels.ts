/** Label descriptions of ITK-SNAP ("Segmentation › Save Label Descriptions"): what the values of a mask drawn there mean. */
import { readFileSync, statSync } from "node:fs";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { labelName } from "./names.js";
import type { Label } from "./types.js";

/** A value, red, green, blue, opacity, two switches, and the name in quotes. */
const row = /^\s*(\d+)(?:\s+[\d.]+){4}\s+[01]\s+[01]\s+"([^"]*)"\s*$/;

/**
 * Labels of such a file, names as Marrow writes them (`Fat metaplasia` → `fat-metaplasia`); the clear label is left out.
 * Undefined where `text` names no file: an option may hold either. Throws BAD_ARGUMENT for a line that is none, a value
 * above 255 and names that are missing or the same, FILE_UNREADABLE.
 */
export function itkSnapLabels(text: string): Label[] | undefined {
  if (statSync(text, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const lines = contentOf(text)
    .split(/\r?\n/)
    .map((line, n) => ({ line, n: n + 1 }))
    .filter(({ line }) => line.trim() !== "" && !line.trim().startsWith("#"));
  const labels = lines.map(({ line, n }) => labelOf(line, n, text)).filter(({ value }) => value > 0);
  const double = labels.find(({ name }, n) => labels.findIndex((one) => one.name === name) !== n);
  if (double) throw fault(text, "a different name for each label", double.name);
  if (labels.length === 0) throw fault(text, "a label besides the clear one", "none");
  return labels;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw asMarrowError(error, file);
  }
}

function labelOf(line: string, number: number, file: string): Label {
  const [, value, title = ""] = row.exec(line) ?? [];
  const name = labelName(title);
  if (value !== undefined && Number(value) <= 255 && name !== "") return { value: Number(value), name };
  throw fault(
    `${file}, line ${number}`,
    'a label description of ITK-SNAP, e.g. 1 255 0 0 1 1 1 "Fat metaplasia", value 255 at most',
    line.trim(),
  );
}

const fault = (file: string, expected: string, found: string) =>
  new MarrowError("BAD_ARGUMENT", { file, expected, found });
