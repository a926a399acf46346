/** Opens a connection, whichever kind it is. */
import type { Connection } from "./config.js";
import { dicomwebPacs } from "./dicomweb.js";
import { dimsePacs, type MoveListener } from "./dimse.js";
import type { Pacs } from "./pacs.js";

export interface PacsOptions {
  /** Receives what a C-MOVE sends; needed for DIMSE connections with `retrieve: move`. */
  readonly listener?: MoveListener | undefined;
}

export async function openPacs(connection: Connection, options: PacsOptions = {}): Promise<Pacs> {
  return "dicomweb" in connection
    ? dicomwebPacs(connection.dicomweb)
    : dimsePacs(connection.dimse, options.listener);
}
