/** Options that commands on masks share. */
import { InvalidArgumentError } from "commander";
import { itkSnapLabels } from "../study/itk-snap-labels.js";
import type { NamedLabel } from "../statistics/evaluation.js";

/** `1=anterior,2=posterior`, `1,2`, or a file of ITK-SNAP's label descriptions. */
export function parseLabels(text: string): NamedLabel[] {
  const fromFile = itkSnapLabels(text);
  if (fromFile) return fromFile;
  return text.split(",").map((part) => {
    const match = /^\s*(\d{1,3})\s*(?:=\s*(\S.*?))?\s*$/.exec(part);
    const value = Number(match?.[1]);
    if (!match || value < 1 || value > 255)
      throw new InvalidArgumentError("Labels are 1 to 255, e.g. 1=bone,2=lesion.");
    return { value, name: match[2] ?? `label-${value}` };
  });
}

/** `fat-metaplasia=a.nii.gz,effusion=b.nii.gz` */
export function parseFiles(text: string): [label: string, file: string][] {
  return text.split(",").map((part) => {
    const [, label, file] = /^\s*([^=]+?)\s*=\s*(\S.*?)\s*$/.exec(part) ?? [];
    if (label === undefined || file === undefined)
      throw new InvalidArgumentError("A label and its file are needed, e.g. fat-metaplasia=a.nii.gz.");
    return [label, file];
  });
}

export function parseTolerance(text: string): number {
  const millimetres = Number(text);
  if (!(millimetres >= 0))
    throw new InvalidArgumentError("A tolerance is a number of millimetres, 0 or more.");
  return millimetres;
}
