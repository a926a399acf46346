/** Masks leave as DICOM results: as an archive, or into a PACS. */
import { MarrowError } from "../../base/errors.js";
import type { exportRoutes } from "../../reading/contract/index.js";
import { resultFiles } from "../dicom-export.js";
import { openConnection } from "../pacs.js";
import { zipOf } from "../zip.js";
import { knownConnection } from "./import.js";
import type { Handlers } from "./types.js";
import { maskFor } from "./visibility.js";

export const exportHandlers: Handlers<keyof typeof exportRoutes> = {
  dicomResults: async ({ room, user, params, query: { source }, address }) => {
    const { mask } = await maskFor(room, user, params.case, source);
    const files = await resultFiles(room, params.case, source, mask);
    const details = { source, format: "dicom-results" };
    room.audit.note({ user: user.name, address, action: "export", subject: params.case, details });
    const name = `${params.case}_${source}_dicom.zip`;
    return {
      bytes: zipOf(files),
      headers: { "content-disposition": `attachment; filename="${name}"` },
    };
  },
  sendResults: async ({ room, user, params, body: { source, connection }, address }) => {
    await knownConnection(room, connection);
    const { mask } = await maskFor(room, user, params.case, source);
    const files = await resultFiles(room, params.case, source, mask);
    const pacs = await openConnection(room, connection);
    const stored: string[] = [];
    const refused: { file: string; reason: string }[] = [];
    for (const [name, bytes] of files) {
      const result = await pacs.send(bytes, name);
      if (result.stored) stored.push(name);
      else refused.push({ file: name, reason: result.reason });
    }
    const details = { source, stored: stored.length, refused: refused.length, connection };
    room.audit.note({ user: user.name, address, action: "send-to-pacs", subject: params.case, details });
    if (stored.length === 0)
      throw new MarrowError("PACS_REFUSED", { found: refused.map(({ reason }) => reason).join("; ") });
    return { connection, stored, refused };
  },
};
