/** A listening Storage SCP: takes what known AE titles send, within limits. */
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { withHeader } from "../p10.js";
import { explicitLittleEndian, transferSyntaxes } from "../transfer-syntax.js";
import type { ListenConfig } from "./config.js";
import { Collector, dimseLibrary, receivedDataSet, type Context, type DimseAssociation, type DimseRequest, type DimseResponse, type DimseScp } from "./dimse-library.js"; // prettier-ignore
import type { MoveListener } from "./dimse.js";
import { tlsOptions } from "./tls.js";

export interface Received {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** PS3.10 bytes, the data set as it came. */
  readonly file: Uint8Array;
  readonly from: string;
}

export interface ListenEvents {
  /** Must have kept the file when it resolves: only then is the sender told that it is stored. */
  readonly onFile: (received: Received) => Promise<void>;
  /** An association or file that was refused, and why. */
  readonly onRefused?: (from: string, reason: string) => void;
}

export interface Listener {
  readonly port: number;
  /** Stops listening and breaks open connections. */
  readonly close: () => Promise<void>;
}

/** Throws PACS_LISTEN where the address cannot be had. `port` 0 in a test takes any that is free. */
export async function listen(config: ListenConfig, events: ListenEvents): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = await serverOf(config, events, (socket) => serve(socket, config, events, sockets.size));
  // Counted before it is served.
  server.prependListener("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await started(server, config);
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port, close };
}

/** A plain server, or one that speaks TLS and tells of handshakes that failed. */
async function serverOf(config: ListenConfig, { onRefused }: ListenEvents, take: (socket: Socket) => void) {
  if (!config.tls) return createServer(take);
  const options = { ...(await tlsOptions(config.tls, "server")), handshakeTimeout: config.timeout * 1000 };
  const server = createTlsServer(options, take);
  server.on("tlsClientError", (error) => onRefused?.("?", `TLS: ${error.message}`));
  return server;
}

function started(server: Server, { host, port }: ListenConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new MarrowError("PACS_LISTEN", { expected: `${host}:${port}`, found: error.message, cause: error }),
      ),
    );
    server.listen(port, host, resolve);
  });
}

function serve(socket: Socket, config: ListenConfig, events: ListenEvents, open: number): void {
  const ms = config.timeout * 1000;
  const scp = new (dimseLibrary().Scp)(socket, {
    connectTimeout: ms,
    associationTimeout: ms,
    pduTimeout: ms,
  });
  scp.connected = true;
  const peer = { title: "?" };
  scp.createStoreWritableStream = () => new Collector(config.maxFileMegabytes * 2 ** 20);
  const handlers: Readonly<Record<string, (...args: never[]) => void>> = {
    associationRequested: (association: DimseAssociation) => {
      peer.title = association.getCallingAeTitle().trim();
      const refusal = refusalOf(association, config, open);
      if (refusal) events.onRefused?.(peer.title, refusal.reason);
      admit(scp, association, refusal?.code);
    },
    associationReleaseRequested: () => scp.sendAssociationReleaseResponse(),
    cEchoRequest: (request: DimseRequest, answer: (response: DimseResponse) => void) =>
      answer(echoed(request)),
    cStoreRequest: (request: DimseRequest, answer: (response: DimseResponse) => void) =>
      void stored(request, peer.title, events).then(answer),
    abort: () => socket.end(),
    networkError: () => socket.destroy(),
  };
  takeOver(scp, handlers);
}

/** The class calls its own methods for these events; they become the handlers. */
function takeOver(scp: DimseScp, handlers: Readonly<Record<string, (...args: never[]) => void>>): void {
  for (const [name, handler] of Object.entries(handlers))
    if (name === "networkError") scp.on(name, handler);
    else Object.defineProperty(scp, name, { value: handler });
}

interface Refusal {
  readonly code: "CallingAeNotRecognized" | "CalledAeNotRecognized" | "LocalLimitExceeded";
  readonly reason: string;
}

function refusalOf(association: DimseAssociation, config: ListenConfig, open: number): Refusal | undefined {
  const [calling, called] = [association.getCallingAeTitle().trim(), association.getCalledAeTitle().trim()];
  if (open > config.maxAssociations) return { code: "LocalLimitExceeded", reason: "too many associations" };
  if (called !== config.title) return { code: "CalledAeNotRecognized", reason: `it calls ${called}` };
  if (!config.allow.includes(calling))
    return { code: "CallingAeNotRecognized", reason: "its AE title is not allowed" };
  return undefined;
}

function admit(scp: DimseScp, association: DimseAssociation, refusal: Refusal["code"] | undefined): void {
  const { constants } = dimseLibrary();
  const { RejectResult, RejectSource, RejectReason } = constants;
  if (refusal === undefined) {
    for (const { context } of association.getPresentationContexts()) negotiate(context);
    scp.sendAssociationAccept();
  } else if (refusal === "LocalLimitExceeded")
    scp.sendAssociationReject(RejectResult["Transient"], RejectSource["ServiceProviderPresentation"], RejectReason[refusal]); // prettier-ignore
  else
    scp.sendAssociationReject(RejectResult["Permanent"], RejectSource["ServiceUser"], RejectReason[refusal]);
}

const storageRoot = "1.2.840.10008.5.1.4.1.1.";

/** Verification and every storage class: explicit VR where it is proposed, else the first transfer syntax that Marrow reads. */
function negotiate(context: Context): void {
  const { PresentationContextResult: result, SopClass } = dimseLibrary().constants;
  const wanted = context.getAbstractSyntaxUid();
  const isKnown = wanted === SopClass["Verification"] || wanted.startsWith(storageRoot);
  const proposed = context.getTransferSyntaxUids();
  const syntax =
    proposed.find((uid) => uid === explicitLittleEndian) ?? proposed.find((uid) => uid in transferSyntaxes);
  if (!isKnown) context.setResult(result["RejectAbstractSyntaxNotSupported"]);
  else if (syntax === undefined) context.setResult(result["RejectTransferSyntaxesNotSupported"]);
  else context.setResult(result["Accept"], syntax);
}

function echoed(request: DimseRequest): DimseResponse {
  const { responses, constants } = dimseLibrary();
  const response = responses.CEchoResponse.fromRequest(request);
  response.setStatus(constants.Status["Success"]);
  return response;
}

async function stored(
  request: DimseRequest,
  from: string,
  { onFile, onRefused }: ListenEvents,
): Promise<DimseResponse> {
  const { responses, constants } = dimseLibrary();
  const response = responses.CStoreResponse.fromRequest(request);
  const dataset = receivedDataSet(request);
  if (!dataset) {
    onRefused?.(from, "a file larger than allowed");
    response.setStatus(constants.Status["ResourceLimitation"]);
    return response;
  }
  try {
    await onFile({ ...dataset, file: withHeader(dataset), from });
    response.setStatus(constants.Status["Success"]);
  } catch (error) {
    onRefused?.(from, asMarrowError(error).code);
    response.setStatus(constants.Status["ProcessingFailure"]);
  }
  return response;
}

/** A listener that is open only while a C-MOVE is under way. */
export function moveListener(config: ListenConfig): MoveListener {
  return {
    title: config.title,
    receive: async (take, during) => {
      let count = 0;
      const listener = await listen(config, {
        onFile: async ({ file }) => {
          await take(file);
          count++;
        },
      });
      await during().finally(() => listener.close());
      return count;
    },
  };
}
