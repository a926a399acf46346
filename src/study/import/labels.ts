/** Labels where a source does not define them: from an option, or from the masks. */
import { MarrowError } from "../../base/errors.js";
import { readMask } from "../../volume/nifti.js";
import { itkSnapLabels } from "../itk-snap-labels.js";
import type { Label } from "../types.js";

/** Labels as an option says them: `1=anterior,2=posterior`, or a file of ITK-SNAP's label descriptions. Throws BAD_ARGUMENT. */
export function parseLabels(text: string): Label[] {
  const fromFile = itkSnapLabels(text);
  if (fromFile) return fromFile;
  return text.split(",").map((part) => {
    const match = /^\s*(\d+)\s*=\s*([a-z0-9][a-z0-9-]*)\s*$/.exec(part);
    const value = Number(match?.[1]);
    if (!match || value < 1 || value > 255)
      throw new MarrowError("BAD_ARGUMENT", { expected: "--labels 1=name,2=other-name", found: part });
    return { value, name: match[2] };
  });
}

/** Labels of a source that names none: the values that occur in its masks. */
export async function labelsIn(files: readonly string[]): Promise<Label[]> {
  const values = new Set<number>();
  for (const path of files) {
    const mask = await readMask(path).catch(() => undefined);
    for (const value of new Set(mask?.data)) if (value > 0) values.add(value);
  }
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length
    ? sorted.map((value) => ({ value, name: `label-${value}` }))
    : [{ value: 1, name: "label-1" }];
}
