/** Opens a study's reading room and listens. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP, type AddressInfo } from "node:net";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { buildApp } from "./app.js";
import { closeRoom, openRoom, type Room } from "./room.js";

export interface ServeOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly behindProxy?: boolean | undefined;
  readonly dicom?: string | undefined;
  /** File of PACS connections. */
  readonly pacs?: string | undefined;
  /** Bytes that one import through the page may have. */
  readonly maxUpload?: number | undefined;
  /** Redis that hands jobs to `marrow worker`. */
  readonly queue?: string | undefined;
  readonly version: string;
  /** Node program and first arguments that jobs run. */
  readonly command: readonly string[];
  readonly log: (message: string) => void;
}

export interface Served {
  readonly room: Room;
  readonly url: string;
  /** What the first account needs, where there is none yet and the server is not on loopback alone. */
  readonly setupCode?: string;
  readonly close: () => Promise<void>;
}

/**
 * Throws SERVE_EXPOSED where a network could reach an unencrypted server, SERVE_RUNNING, SERVE_LISTEN, QUEUE_UNREACHABLE,
 * and as opening the study does.
 */
export async function serve(dir: string, options: ServeOptions): Promise<Served> {
  const loopback = isLoopback(options.host);
  const tls = await tlsOf(options);
  if (!loopback && !tls && !options.behindProxy)
    throw new MarrowError("SERVE_EXPOSED", { found: options.host });
  const setupCode = loopback && !options.behindProxy ? undefined : randomBytes(12).toString("base64url");
  const room = await openRoom(dir, { ...options, setupCode });
  const { behindProxy = false } = options;
  const app = await buildApp(room, { loopback: loopback && !behindProxy, tls, behindProxy });
  const close = async () => {
    await app.close();
    await closeRoom(room);
  };
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await close();
    throw new MarrowError("SERVE_LISTEN", {
      found: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
  const { port } = app.server.address() as AddressInfo;
  const name = isIP(options.host) === 6 ? `[${options.host}]` : options.host;
  const url = `${tls ? "https" : "http"}://${name}:${port}/`;
  return { room, url, close, ...(setupCode !== undefined && room.accounts.isEmpty() && { setupCode }) };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

async function tlsOf({ tlsCert, tlsKey }: ServeOptions) {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new MarrowError("BAD_ARGUMENT", { expected: "--tls-cert and --tls-key together" });
  const read = (file: string) =>
    readFile(file).catch((error: unknown) => Promise.reject(asMarrowError(error, file)));
  return { cert: await read(tlsCert), key: await read(tlsKey) };
}
