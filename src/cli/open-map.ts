/** The pseudonym map that a command is given, opened for reading. */
import { MarrowError } from "../base/errors.js";
import { openProjectKey } from "../dicom/deidentify/project-key.js";
import { PseudonymMap } from "../dicom/deidentify/pseudonym-map.js";
import { exists } from "../study/files.js";

/** Environment variable with the passphrase of the pseudonym map. */
export const passphraseName = "MARROW_MAP_PASSPHRASE";

/** Undefined where no map is asked for. Throws FILE_NOT_FOUND, DEID_MAP, DEID_KEY, BAD_ARGUMENT. */
export async function openExistingMap(options: {
  map?: string;
  key?: string;
}): Promise<PseudonymMap | undefined> {
  const { map, key } = options;
  if (map === undefined) return undefined;
  const passphrase = process.env[passphraseName];
  if (passphrase) return PseudonymMap.open(map, { passphrase });
  if (key === undefined)
    throw new MarrowError("BAD_ARGUMENT", { expected: `--key FILE, or a passphrase in ${passphraseName}` });
  // A key that does not exist would be made anew, and open nothing.
  if (!(await exists(key))) throw new MarrowError("FILE_NOT_FOUND", { file: key });
  return PseudonymMap.open(map, { key: await openProjectKey(key) });
}
