/** Keeps a received DICOM file, in a folder of its series, under its UID. */
import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { asMarrowError, MarrowError } from "../../../base/errors.js";
import { readDicom } from "../../../dicom/read-dicom.js";
import { text } from "../../../dicom/values.js";

/** UIDs become names of files: nothing but digits and dots is taken. */
function safe(uid: string | undefined, what: string): string {
  if (uid !== undefined && /^[0-9][0-9.]{0,63}$/.test(uid)) return uid;
  throw new MarrowError("DICOM_DAMAGED", {
    file: "received file",
    expected: `a ${what}`,
    found: uid ?? "none",
  });
}

/** Returns the path when the file is safely on the disk. A second copy replaces the first. */
export async function keepFile(file: Uint8Array, out: string): Promise<string> {
  const { dataset } = readDicom(file, "received file");
  const folder = join(out, safe(text(dataset, "0020000E"), "Series Instance UID"));
  const target = join(folder, `${safe(text(dataset, "00080018"), "SOP Instance UID")}.dcm`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(`${target}.part`, "w", 0o600);
    try {
      await handle.writeFile(file);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${target}.part`, target);
    return target;
  } catch (error) {
    throw asMarrowError(error, target);
  }
}
