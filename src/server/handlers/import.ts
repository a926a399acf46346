/** Images come in: files from the page, studies from a PACS. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { existsSync } from "node:fs";
import { MarrowError } from "../../base/errors.js";
import { readPacsConfig } from "../../dicom/pacs/config.js";
import { importReportFile } from "../../jobs/kinds.js";
import { importReportSchema, uploadLimits, type importRoutes } from "../../reading/contract/index.js";
import { readingPlaces } from "../../reading/places.js";
import { openConnection } from "../pacs.js";
import type { Room } from "../room.js";
import type { Handlers } from "./types.js";

export const importHandlers: Handlers<keyof typeof importRoutes> = {
  beginImport: async ({ room, user, body: { pacs }, address }) => {
    const wanted = pacs && { ...pacs, config: await knownConnection(room, pacs.connection) };
    await room.imports.sweep();
    const id = await room.imports.incoming.begin(user.name, wanted);
    // Neither the study's UID nor names of files are kept: they would lead back to the patient.
    const details = { from: pacs ? `PACS ${pacs.connection}` : "files" };
    room.audit.note({ user: user.name, address, action: "begin-import", subject: id, details });
    return { id, bytes: room.imports.incoming.mostBytes, files: uploadLimits.files };
  },
  sendFile: async ({ room, user, params, query, request }) => {
    const content = request.body as Readable | undefined;
    if (typeof content?.pipe !== "function")
      throw new MarrowError("REQUEST_INVALID", { expected: "content-type application/octet-stream" });
    const bytes = await room.imports.incoming.take(params.id, user.name, query.number, content);
    return { number: query.number, bytes };
  },
  dropImport: async ({ room, user, params, address }) => {
    await room.imports.incoming.about(params.id, user.name);
    if (room.imports.stateOf(params.id) === "open")
      throw new MarrowError("CASE_STATE", { found: "a job imports it", next: "Cancel the job." });
    await room.imports.incoming.remove(params.id);
    room.audit.note({ user: user.name, address, action: "drop-import", subject: params.id });
    return { done: true };
  },
  importReport: async ({ room, params }) => {
    const file = join(room.desk.dir, readingPlaces.jobs, params.id, importReportFile);
    const text = existsSync(file) ? await readFile(file, "utf8") : "null";
    const parsed = importReportSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    throw new MarrowError("RESULT_UNKNOWN", { found: "the import has not ended" });
  },
  pacs: async ({ room }) => ({
    connections: await connectionsOf(room),
    originals: room.dicom !== undefined,
  }),
  findInPacs: async ({ room, user, body, address }) => {
    const { connection, ...query } = body;
    await knownConnection(room, connection);
    const pacs = await openConnection(room, connection);
    const matches = await pacs.find({ level: "study", modality: "MR", limit: 200, ...query });
    const details = { asked: Object.keys(query), matches: matches.length };
    room.audit.note({ user: user.name, address, action: "find-in-pacs", subject: connection, details });
    return { matches };
  },
};

/** Names of the connections; none where there is no file of them. Throws PACS_CONFIG. */
export async function connectionsOf({ pacs }: Room): Promise<string[]> {
  if (pacs === undefined || !existsSync(pacs)) return [];
  return Object.keys((await readPacsConfig(pacs)).connections).sort();
}

/** The file of connections. Throws REQUEST_INVALID for a connection that is not in it. */
export async function knownConnection(room: Room, name: string): Promise<string> {
  const names = await connectionsOf(room);
  if (room.pacs !== undefined && names.includes(name)) return resolve(room.pacs);
  throw new MarrowError("REQUEST_INVALID", {
    expected: names.length > 0 ? `one of ${names.join(", ")}` : "a PACS connection; there is none",
    found: name,
  });
}
