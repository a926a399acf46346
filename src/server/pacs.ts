/** PACS connections of the server. */
import { MarrowError } from "../base/errors.js";
import { connectionNamed, readPacsConfig } from "../dicom/pacs/config.js";
import { moveListener } from "../dicom/pacs/listen.js";
import { openPacs } from "../dicom/pacs/open.js";
import type { Pacs } from "../dicom/pacs/pacs.js";
import type { Room } from "./room.js";

/** Throws PACS_CONFIG, PACS_SECRET. */
export async function openConnection({ pacs: file }: Room, name: string): Promise<Pacs> {
  if (file === undefined) throw new MarrowError("PACS_CONFIG", { expected: "a file of connections" });
  const config = await readPacsConfig(file);
  return openPacs(connectionNamed(config, name, file), {
    listener: config.listen && moveListener(config.listen),
  });
}
