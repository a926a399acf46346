/** Reports, quantifications, heat maps. */
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import type { resultRoutes } from "../../reading/contract/index.js";
import { places } from "../../study/names.js";
import { heatBytes, heatMapNamed, heatMapsOf } from "../heat-maps.js";
import { patientPage, reportFolder, resultFile, resultsFor } from "../results.js";
import type { Bytes, Handlers } from "./types.js";
import { maySee } from "./visibility.js";

/**
 * A page of a report runs no script, loads nothing, sends nothing and is shown by this server's own pages alone. It keeps
 * its origin, without which the browser would not send the session with a click on one of its tables.
 */
const sandbox = [
  "sandbox allow-same-origin allow-downloads",
  "default-src 'none'",
  "img-src data:",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

const page = (bytes: Uint8Array): Bytes => ({
  bytes,
  headers: { "content-security-policy": sandbox, "x-frame-options": "SAMEORIGIN" },
});
const download = (bytes: Uint8Array, name: string): Bytes => ({
  bytes,
  headers: { "content-disposition": `attachment; filename="${name}"` },
});

export const resultHandlers: Handlers<keyof typeof resultRoutes> = {
  results: ({ room, user }) => resultsFor(room, user),
  studyReport: async ({ room }) => page(await resultFile(room, join(reportFolder, "index.html"))),
  studyTable: async ({ room, params: { file } }) =>
    download(await resultFile(room, join(reportFolder, "tables", file)), file),
  studyFigure: async ({ room, params: { file } }) =>
    download(await resultFile(room, join(reportFolder, "figures", file)), file),
  patientReport: async ({ room, user, params }) => page(await patientPage(room, user, params.subject)),
  quantificationFile: async ({ room, params: { result, file } }) =>
    download(await resultFile(room, join(places.quantification, result, file)), `${result}_${file}`),
  heatMaps: async ({ room, user, params }) => {
    const maps = await heatMapsOf(room, params.case);
    const shown = maps.filter(({ source }) => maySee(room, user, params.case, source));
    return { maps: shown.map(({ id, title }) => ({ id, title })) };
  },
  heatMapVoxels: async ({ room, user, params }) => {
    const map = await heatMapNamed(room, params.case, params.result);
    if (!maySee(room, user, params.case, map.source)) throw new MarrowError("RESULT_UNKNOWN");
    return { bytes: await heatBytes(room, params.case, map) };
  },
};
