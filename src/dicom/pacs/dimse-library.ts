/**
 * dcmjs-dimse, as far as Marrow uses it: this is the border. Three things are changed in it. Its log, which names patients, is
 * silent. What it receives is kept as bytes, up to a limit, instead of being parsed and written again. C-GET offers storage
 * classes that are missing in it.
 */
import type { Socket } from "node:net";
import { createRequire } from "node:module";
import { Writable } from "node:stream";
import type { EncodedDataSet } from "../p10.js";
import { explicitLittleEndian } from "../transfer-syntax.js";
import type { TlsOptions } from "./tls.js";

export type Elements = Readonly<Record<string, unknown>>;

export interface DimseDataset {
  getElements(): Elements;
  getTransferSyntaxUid(): string;
  getDenaturalizedDataset(): Buffer;
}

export interface DimseResponse {
  getStatus(): number;
  setStatus(status: number): void;
  getDataset(): DimseDataset | undefined;
  getErrorComment(): string | undefined;
  getFailures?(): number | undefined;
}

export interface DimseRequest {
  on(event: "response", listener: (response: DimseResponse) => void): void;
  getAffectedSopClassUid(): string;
  getAffectedSopInstanceUid(): string;
  getDataset(): DimseDataset | undefined;
}

export interface StoreRequest extends DimseRequest {
  setAdditionalTransferSyntaxes(uids: readonly string[]): void;
}

interface GetRequest extends DimseRequest {
  setAddStorageSopClassesToAssociation(add: boolean): void;
}

export interface Context {
  getPresentationContextId(): number;
  getAbstractSyntaxUid(): string;
  getTransferSyntaxUids(): readonly string[];
  getAcceptedTransferSyntaxUid(): string | undefined;
  setResult(result: number, transferSyntax?: string): void;
}

export interface DimseAssociation {
  getCallingAeTitle(): string;
  getCalledAeTitle(): string;
  getPresentationContexts(): readonly { readonly context: Context }[];
}

export interface DimseClient {
  addRequest(request: DimseRequest): void;
  send(host: string, port: number, callingTitle: string, calledTitle: string, options: DimseTimeouts & { readonly securityOptions?: TlsOptions }): void; // prettier-ignore
  on(event: string, listener: (...args: never[]) => void): void;
}

/** Milliseconds. */
export interface DimseTimeouts {
  readonly connectTimeout: number;
  readonly associationTimeout: number;
  readonly pduTimeout: number;
}

export interface DimseScp {
  connected: boolean;
  on(event: string, listener: (...args: never[]) => void): void;
  sendAssociationAccept(): void;
  sendAssociationReject(result: number, source: number, reason: number): void;
  sendAssociationReleaseResponse(): void;
  createStoreWritableStream(context: Context, request: DimseRequest): Writable;
  createDatasetFromStoreWritableStream(stream: Writable, context: Context, callback: (dataset: DimseDataset) => void): void; // prettier-ignore
}

type Keys = Readonly<Record<string, string>>;

interface OfferedAssociation {
  addPresentationContextFromRequest: (this: OfferedAssociation, request: DimseRequest, syntaxes: readonly string[]) => number; // prettier-ignore
  addPresentationContext(uid: string): number;
  addOrGetPresentationContext(uid: string): number;
  addTransferSyntaxToPresentationContext(context: number, uid: string): void;
  getPresentationContext(context: number): { setProviderRole(isProvider: boolean): void };
}

export interface DimseLibrary {
  readonly association: { readonly Association: { readonly prototype: OfferedAssociation } };
  readonly Dataset: new (elements: Elements | Buffer, transferSyntax: string) => DimseDataset;
  readonly Client: new () => DimseClient;
  readonly Scp: { new (socket: Socket, options: DimseTimeouts): DimseScp; readonly prototype: DimseScp };
  readonly log: { setLevel(level: string): void };
  readonly constants: {
    readonly Status: Readonly<Record<string, number>>;
    readonly SopClass: Readonly<Record<string, string>>;
    readonly PresentationContextResult: Readonly<Record<string, number>>;
    readonly RejectResult: Readonly<Record<string, number>>;
    readonly RejectSource: Readonly<Record<string, number>>;
    readonly RejectReason: Readonly<Record<string, number>>;
  };
  readonly requests: {
    readonly CEchoRequest: new () => DimseRequest;
    readonly CStoreRequest: new (dataset: DimseDataset) => StoreRequest;
    readonly CFindRequest: Readonly<Record<"createStudyFindRequest" | "createSeriesFindRequest" | "createImageFindRequest", (keys: Keys) => DimseRequest>>; // prettier-ignore
    readonly CGetRequest: (new () => GetRequest) & Readonly<Record<"createStudyGetRequest" | "createSeriesGetRequest", (...uids: string[]) => GetRequest>>; // prettier-ignore
    readonly CMoveRequest: Readonly<Record<"createStudyMoveRequest" | "createSeriesMoveRequest", (...uids: string[]) => DimseRequest>>; // prettier-ignore
  };
  readonly responses: {
    readonly CStoreResponse: { fromRequest(request: DimseRequest): DimseResponse };
    readonly CEchoResponse: { fromRequest(request: DimseRequest): DimseResponse };
  };
}

/**
 * Storage classes that dcmjs-dimse 0.3 does not offer (PS3.4 table B.5-1): segmentation, label map, surface; comprehensive 3D
 * SR; key objects; parametric map; real-world values; grey-scale presentation state; spectroscopy; structure set; raw data.
 */
const furtherClasses = [
  "66.4",
  "66.7",
  "66.5",
  "88.34",
  "88.59",
  "30",
  "67",
  "11.1",
  "4.2",
  "481.3",
  "66",
].map((end) => `1.2.840.10008.5.1.4.1.1.${end}`);

/** Largest data set that is received unless the listener has a limit of its own, bytes. */
const mostBytes = 2 ** 31 - 1;

/** Collects what arrives up to a limit; more is thrown away and `exceeded` is set. */
export class Collector extends Writable {
  exceeded = false;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(readonly limit: number = mostBytes) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#length += chunk.length;
    if (this.#length > this.limit) [this.exceeded, this.#chunks] = [true, []];
    else this.#chunks.push(chunk);
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

let library: DimseLibrary | undefined;

/** Loads the library when it is first needed. */
export function dimseLibrary(): DimseLibrary {
  library ??= prepared(createRequire(import.meta.url)("dcmjs-dimse") as DimseLibrary);
  return library;
}

function prepared(loaded: DimseLibrary): DimseLibrary {
  loaded.log.setLevel("silent");
  offerFurtherContexts(loaded);
  // The class that clients and servers share is not exported.
  const network = Object.getPrototypeOf(loaded.Scp.prototype) as DimseScp;
  network.createStoreWritableStream = () => new Collector();
  network.createDatasetFromStoreWritableStream = (stream, context, callback) => {
    const dataset = new loaded.Dataset({}, context.getAcceptedTransferSyntaxUid() ?? "");
    received.set(dataset, stream as Collector);
    callback(dataset);
  };
  return loaded;
}

/** With C-GET the PACS stores on our association: every class it may send must have been offered, in the SCP role. */
function offerFurtherContexts({ association, requests }: DimseLibrary): void {
  const { prototype } = association.Association;
  const add = prototype.addPresentationContextFromRequest;
  prototype.addPresentationContextFromRequest = function (request, syntaxes) {
    const id = add.call(this, request, syntaxes);
    // A context of its own for explicit VR: else many peers choose implicit VR, and the data set would be written anew.
    if (request instanceof requests.CStoreRequest) {
      const context = this.addPresentationContext(request.getAffectedSopClassUid());
      this.addTransferSyntaxToPresentationContext(context, explicitLittleEndian);
    }
    if (request instanceof requests.CGetRequest)
      for (const uid of furtherClasses) {
        const context = this.addOrGetPresentationContext(uid);
        this.getPresentationContext(context).setProviderRole(true);
        for (const syntax of syntaxes) this.addTransferSyntaxToPresentationContext(context, syntax);
      }
    return id;
  };
}

const received = new WeakMap<DimseDataset, Collector>();

/** What a C-STORE request brought, as bytes; undefined where it was larger than allowed. */
export function receivedDataSet(request: DimseRequest): EncodedDataSet | undefined {
  const dataset = request.getDataset();
  const collector = dataset && received.get(dataset);
  if (!dataset || !collector || collector.exceeded) return undefined;
  return {
    sopClassUid: request.getAffectedSopClassUid(),
    sopInstanceUid: request.getAffectedSopInstanceUid(),
    transferSyntax: dataset.getTransferSyntaxUid(),
    bytes: collector.bytes(),
  };
}

/** A data set that goes out as the bytes it is given, unless the other side wants it in another transfer syntax. */
export function datasetToSend({ bytes, transferSyntax }: EncodedDataSet): DimseDataset {
  const dataset = new (dimseLibrary().Dataset)(Buffer.from(bytes), transferSyntax);
  const write = dataset.getDenaturalizedDataset.bind(dataset);
  dataset.getDenaturalizedDataset = () =>
    dataset.getTransferSyntaxUid() === transferSyntax ? Buffer.from(bytes) : write();
  return dataset;
}
