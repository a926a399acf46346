/** Media directories (PS3.3 annex F): which files belong to a medium. */
import type { DicomFile } from "./data-set.js";
import { items, texts } from "./values.js";

const mediaStorageDirectory = "1.2.840.10008.1.3.10";

export function isDirectory({ meta, dataset }: DicomFile): boolean {
  return dataset.elements.has("00041220") || texts(meta, "00020002")[0] === mediaStorageDirectory;
}

/** Paths of the referenced files (0004,1500), with `/`; records in use or not, each path once. */
export function directoryFiles({ dataset }: DicomFile): string[] {
  const paths = items(dataset, "00041220")
    .map((record) => texts(record, "00041500").filter((part) => part !== "" && !/^\.+$/.test(part)))
    .filter((parts) => parts.length > 0)
    .map((parts) => parts.join("/"));
  return [...new Set(paths)];
}
