/** DICOMweb (PS3.18): QIDO-RS, WADO-RS and STOW-RS with plain fetch. */
import { MarrowError } from "../../base/errors.js";
import { dictionaryTag } from "../dictionary.js";
import type { DicomwebConnection } from "./config.js";
import { httpClient, type HttpClient } from "./http.js";
import { multipartOf, partsOf } from "./multipart.js";
import type { Pacs, SendResult, Wanted } from "./pacs.js";
import { matchKeys, returned, type Match, type PacsQuery } from "./query.js";
import type { RetryOptions } from "./retry.js";

/** Instances that are fetched at the same time. */
const atOnce = 4;

/** Throws PACS_SECRET where authentication cannot be had. Nothing is sent yet. */
export async function dicomwebPacs(connection: DicomwebConnection, retry?: RetryOptions): Promise<Pacs> {
  const http = await httpClient(connection, retry);
  return {
    echo: async () => void (await http.request("studies?limit=1", { accept: json })),
    find: (query) => find(http, query),
    get: (wanted, take) => get(http, wanted, take),
    send: (file) => store(http, file),
  };
}

const json = "application/dicom+json";

/** An attribute of the DICOM JSON model (PS3.18 annex F). */
interface JsonAttribute {
  readonly Value?: readonly (string | number | { readonly Alphabetic?: string } | JsonDataSet)[];
}
type JsonDataSet = Readonly<Record<string, JsonAttribute | undefined>>;

async function find(http: HttpClient, query: PacsQuery): Promise<Match[]> {
  const keys = matchKeys(query);
  const { StudyInstanceUID: study, SeriesInstanceUID: series } = keys;
  const path = pathOf(query, study, series);
  const inPath = query.level === "study" ? [] : ["StudyInstanceUID", ...(query.level === "instance" ? ["SeriesInstanceUID"] : [])]; // prettier-ignore
  const search = new URLSearchParams(Object.entries(keys).filter(([keyword]) => !(inPath.includes(keyword) && path.includes(keys[keyword])))); // prettier-ignore
  for (const keyword of returned[query.level])
    search.append("includefield", dictionaryTag(keyword) ?? keyword);
  if (query.limit !== undefined) search.set("limit", String(query.limit));
  const { status, body } = await http.request(`${path}?${search.toString()}`, { accept: json });
  if (status === 204) return [];
  return parseJson(body, http.url).map((found) => matchOf(found, query));
}

function pathOf({ level }: PacsQuery, study: string | undefined, series: string | undefined): string {
  if (level === "study") return "studies";
  const below = study === undefined ? "" : `studies/${study}/`;
  if (level === "series") return `${below}series`;
  return series === undefined || study === undefined
    ? `${below}instances`
    : `${below}series/${series}/instances`;
}

function parseJson(body: Uint8Array, url: string): JsonDataSet[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (Array.isArray(parsed)) return parsed as JsonDataSet[];
  } catch {
    // Said below.
  }
  throw new MarrowError("PACS_ANSWER", {
    expected: "a list in DICOM JSON",
    found: `other content from ${url}`,
  });
}

function matchOf(found: JsonDataSet, { level }: PacsQuery): Match {
  return Object.fromEntries(
    returned[level].map((keyword) => [keyword, valueOf(found[dictionaryTag(keyword) ?? ""])]),
  );
}

function valueOf(attribute: JsonAttribute | undefined): string {
  const texts = (attribute?.Value ?? []).map((value) => {
    if (typeof value !== "object" || value === null) return String(value ?? "");
    return "Alphabetic" in value && typeof value.Alphabetic === "string" ? value.Alphabetic : "";
  });
  return texts.join("\\");
}

/** Instance by instance, so that memory stays bounded and a failure costs one instance. */
async function get(http: HttpClient, { study, series }: Wanted, take: (file: Uint8Array) => Promise<void>) {
  const instances = await find(http, { level: "instance", study, series });
  const queue = [...instances];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await take(await instance(http, study, next));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, worker));
  return instances.length;
}

/** As it is stored, whatever its transfer syntax is. */
const anyDicom = 'multipart/related; type="application/dicom"; transfer-syntax=*';

async function instance(http: HttpClient, study: string, match: Match): Promise<Uint8Array> {
  const path = `studies/${study}/series/${match["SeriesInstanceUID"]}/instances/${match["SOPInstanceUID"]}`;
  const { body, contentType } = await http.request(path, { accept: anyDicom });
  const [file] = partsOf(body, contentType) ?? [];
  if (file) return file;
  throw new MarrowError("PACS_ANSWER", { expected: "a DICOM file", found: contentType || "nothing" });
}

async function store(http: HttpClient, file: Uint8Array): Promise<SendResult> {
  const { contentType, body } = multipartOf([file]);
  const { status, body: answer } = await http.request("studies", {
    accept: json,
    method: "POST",
    contentType,
    body,
    refusals: [400, 409, 415],
  });
  if (status < 300 && !failedIn(answer)) return { stored: true };
  return { stored: false, reason: failedIn(answer) ?? `HTTP ${status}` };
}

/** Failed SOP Sequence of a STOW-RS answer, with the reason (PS3.18 section 10.5.3.2). */
function failedIn(answer: Uint8Array): string | undefined {
  try {
    const parsed = JSON.parse(Buffer.from(answer).toString("utf8")) as JsonDataSet | null;
    const failed = parsed?.["00081198"]?.Value?.[0] as JsonDataSet | undefined;
    if (!failed) return undefined;
    const reason = Number(failed["00081197"]?.Value?.[0]);
    return Number.isFinite(reason)
      ? `failure reason ${reason.toString(16).toUpperCase().padStart(4, "0")}`
      : "refused";
  } catch {
    return undefined;
  }
}
