/** DIMSE (PS3.7) as a user: C-ECHO, C-FIND, C-GET, C-MOVE, C-STORE. */
import { MarrowError } from "../../base/errors.js";
import { withHeader, withoutHeader } from "../p10.js";
import { readDicom } from "../read-dicom.js";
import { text } from "../values.js";
import { writeDicom } from "../write-dicom.js";
import type { DimseConnection } from "./config.js";
import {
  datasetToSend,
  dimseLibrary,
  receivedDataSet,
  type DimseRequest,
  type DimseResponse,
  type Elements,
} from "./dimse-library.js";
import type { Pacs, SendResult, Wanted } from "./pacs.js";
import { matchKeys, returned, type Match, type PacsQuery } from "./query.js";
import { handshakeFailure, tlsOptions, type TlsOptions } from "./tls.js";
import { defaultRetry, Transient, withRetry, type RetryOptions } from "./retry.js";

type Take = (file: Uint8Array) => Promise<void>;

/** A listening SCP that receives what a C-MOVE sends, under an AE title that the PACS knows. */
export interface MoveListener {
  readonly title: string;
  /** Calls `take` for every file until `during` has ended. */
  readonly receive: (take: Take, during: () => Promise<void>) => Promise<number>;
}

export function dimsePacs(connection: DimseConnection, listener?: MoveListener, retry?: RetryOptions): Pacs {
  return {
    echo: async () => {
      const { requests } = dimseLibrary();
      requireSuccess(await exchange(connection, new requests.CEchoRequest(), {}, retry), connection);
    },
    find: (query) => find(connection, query, retry),
    get: (wanted, take) =>
      connection.retrieve === "move"
        ? move(connection, wanted, take, listener)
        : get(connection, wanted, take),
    send: (file, name) => store(connection, file, name, retry),
  };
}

const pending = 0xff00;
/** Pending with optional keys that the PACS does not support. */
const isPending = (status: number) => status === pending || status === pending + 1;

interface Exchange {
  /** Receives C-STORE requests on the same association (C-GET). */
  readonly take?: Take | undefined;
  readonly security?: TlsOptions | undefined;
}

/**
 * Sends one request on an association of its own and returns its responses. What cannot be connected is tried again; throws
 * PACS_UNREACHABLE, PACS_REFUSED where the association is rejected or the request not accepted.
 */
async function exchange(
  connection: DimseConnection,
  request: DimseRequest,
  options: Exchange = {},
  retry = defaultRetry,
): Promise<DimseResponse[]> {
  const where = address(connection);
  const security = connection.tls && (await tlsOptions(connection.tls, "client"));
  const responses: DimseResponse[] = [];
  request.on("response", (response) => responses.push(response));
  try {
    await withRetry(() => associate(connection, request, responses, { ...options, security }), retry);
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    throw new MarrowError("PACS_UNREACHABLE", { file: where, found: error.message });
  }
  if (responses.length > 0) return responses;
  throw new MarrowError("PACS_REFUSED", {
    file: where,
    found: "the PACS does not offer this service or kind of object",
  });
}

const address = ({ host, port, title }: DimseConnection) => `${title} at ${host}:${port}`;

function associate(
  connection: DimseConnection,
  request: DimseRequest,
  responses: readonly unknown[],
  { take, security }: Exchange,
) {
  const { Client } = dimseLibrary();
  const { host, port, title, callingTitle, timeout } = connection;
  const client = new Client();
  client.addRequest(request);
  const stores: Promise<void>[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    client.on("networkError", (error: Error) => reject(failure(error, responses, connection)));
    client.on("associationRejected", (answer: { reason?: number }) =>
      reject(rejected(connection, answer.reason)),
    );
    client.on("closed", () => resolve());
    client.on("cStoreRequest", (store: DimseRequest, answer: (response: DimseResponse) => void) => {
      stores.push(accept(store, answer, take));
    });
  });
  const ms = timeout * 1000;
  client.send(host, port, callingTitle, title, {
    connectTimeout: ms,
    associationTimeout: ms,
    pduTimeout: ms,
    ...(security && { securityOptions: security }),
  });
  return ended.then(() => Promise.all(stores)).then(() => undefined);
}

/** A connection that breaks after an answer is not tried again: what was answered may have been done. */
function failure(error: Error, responses: readonly unknown[], connection: DimseConnection): Error {
  const message = error.message.replace(/^.*-> /, "") || "no connection";
  const found = connection.tls && handshakeFailure(message);
  if (found !== undefined)
    return new MarrowError("PACS_REFUSED", {
      ...{ file: address(connection), found },
      next: "Check `tls` of the connection: the certificate must be that of `host`, its authority stand in `ca`.",
    });
  return responses.length > 0
    ? new MarrowError("PACS_UNREACHABLE", { found: message })
    : new Transient(message);
}

const rejections: Readonly<Record<number, string>> = {
  3: "it does not know our AE title (callingTitle)",
  7: "it does not know its AE title (title)",
};

function rejected(connection: DimseConnection, reason = 0): MarrowError {
  const found = `association rejected: ${rejections[reason] ?? `reason ${reason}`}`;
  return new MarrowError("PACS_REFUSED", { file: address(connection), found });
}

async function accept(
  request: DimseRequest,
  answer: (response: DimseResponse) => void,
  take?: Take,
): Promise<void> {
  const { responses, constants } = dimseLibrary();
  const response = responses.CStoreResponse.fromRequest(request);
  const dataset = receivedDataSet(request);
  try {
    if (!dataset || !take) throw new Error("not wanted, or too large");
    await take(withHeader(dataset));
    response.setStatus(constants.Status["Success"]);
  } catch (error) {
    response.setStatus(constants.Status["ProcessingFailure"]);
    if (error instanceof MarrowError) throw error;
  } finally {
    answer(response);
  }
}

/** Status of the last response; throws PACS_REFUSED for a failure (PS3.7 annex C). */
function requireSuccess(responses: readonly DimseResponse[], connection: DimseConnection): void {
  const last = responses[responses.length - 1];
  const status = last.getStatus();
  const isWarning = status >> 12 === 0xb || status === 1;
  if ((status === 0 || isWarning) && !last.getFailures?.()) return;
  throw new MarrowError("PACS_REFUSED", { file: address(connection), found: describeStatus(last) });
}

function describeStatus(response: DimseResponse): string {
  const status = response.getStatus().toString(16).toUpperCase().padStart(4, "0");
  const failures = response.getFailures?.();
  const comment = response.getErrorComment();
  return [
    `status ${status}`,
    ...(failures ? [`${failures} failed`] : []),
    ...(comment ? [comment] : []),
  ].join(", ");
}

const findRequests = {
  study: "createStudyFindRequest",
  series: "createSeriesFindRequest",
  instance: "createImageFindRequest",
} as const;

async function find(connection: DimseConnection, query: PacsQuery, retry?: RetryOptions): Promise<Match[]> {
  const keys = returned[query.level].map((keyword) => [keyword, ""]);
  const request = dimseLibrary().requests.CFindRequest[findRequests[query.level]]({
    ...(Object.fromEntries(keys) as Record<string, string>),
    ...inUtf8(matchKeys(query)),
  });
  const responses = await exchange(connection, request, {}, retry);
  requireSuccess(responses, connection);
  const found = responses.flatMap((response) =>
    isPending(response.getStatus()) ? (response.getDataset() ?? []) : [],
  );
  return found.slice(0, query.limit).map((dataset) => matchOf(dataset.getElements(), query));
}

/** Names beyond ASCII say so (PS3.4 section C.2.2.2). */
function inUtf8(keys: Record<string, string>): Record<string, string> {
  const isAscii = Object.values(keys).every((value) => /^[\x20-\x7e]*$/.test(value));
  return isAscii ? keys : { SpecificCharacterSet: "ISO_IR 192", ...keys };
}

function matchOf(elements: Elements, { level }: PacsQuery): Match {
  return Object.fromEntries(returned[level].map((keyword) => [keyword, valueOf(elements[keyword])]));
}

function valueOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueOf).join("\\");
  if (typeof value === "object" && value !== null && "Alphabetic" in value) return valueOf(value.Alphabetic);
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

async function get(connection: DimseConnection, { study, series }: Wanted, take: Take): Promise<number> {
  const { CGetRequest } = dimseLibrary().requests;
  const request = series === undefined ? CGetRequest.createStudyGetRequest(study) : CGetRequest.createSeriesGetRequest(study, series); // prettier-ignore
  request.setAddStorageSopClassesToAssociation(true);
  let count = 0;
  const counted: Take = async (file) => {
    await take(file);
    count++;
  };
  requireSuccess(await exchange(connection, request, { take: counted }), connection);
  return count;
}

async function move(
  connection: DimseConnection,
  { study, series }: Wanted,
  take: Take,
  listener?: MoveListener,
): Promise<number> {
  if (!listener)
    throw new MarrowError("PACS_CONFIG", {
      expected: "`listen` in the file of connections: C-MOVE sends to Marrow's own AE title",
    });
  const { CMoveRequest } = dimseLibrary().requests;
  const request = series === undefined
    ? CMoveRequest.createStudyMoveRequest(listener.title, study)
    : CMoveRequest.createSeriesMoveRequest(listener.title, study, series); // prettier-ignore
  return listener.receive(take, async () => requireSuccess(await exchange(connection, request), connection));
}

async function store(
  connection: DimseConnection,
  file: Uint8Array,
  name: string,
  retry?: RetryOptions,
): Promise<SendResult> {
  const image = readDicom(file, name);
  const request = new (dimseLibrary().requests.CStoreRequest)(
    datasetToSend({
      sopClassUid: text(image.dataset, "00080016") ?? "",
      sopInstanceUid: text(image.dataset, "00080018") ?? "",
      transferSyntax: image.transferSyntax,
      bytes: withoutHeader(writeDicom(image)),
    }),
  );
  const responses = await exchange(connection, request, {}, retry);
  const last = responses[responses.length - 1];
  const isStored = last.getStatus() === 0 || last.getStatus() >> 12 === 0xb;
  return isStored ? { stored: true } : { stored: false, reason: describeStatus(last) };
}
