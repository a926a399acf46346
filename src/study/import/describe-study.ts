/** Writes the files that make a study folder readable for BIDS tools, where they are not there yet. */
import { join } from "node:path";
import { exists, writeText } from "../files.js";
import { places } from "../names.js";

/** dataset_description.json and .bidsignore; what is there stays. Throws DISK_FULL, FILE_UNWRITABLE. */
export async function describeStudy(root: string): Promise<void> {
  const description = { Name: root.split(/[\\/]/).at(-1), BIDSVersion: "1.9.0", DatasetType: "raw" };
  const texts: readonly (readonly [string, string])[] = [
    [places.description, `${JSON.stringify(description, null, 1)}\n`],
    [".bidsignore", `${[places.config, places.plan, places.splits].join("\n")}\n`],
  ];
  for (const [place, text] of texts)
    if (!(await exists(join(root, place)))) await writeText(join(root, place), text);
}
