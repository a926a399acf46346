/** Certificates and keys of DIMSE over TLS (PS3.15 annex B, BCP 195 profile: TLS 1.2 or later). */
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { requirePrivate } from "../private-file.js";
import type { TlsFiles } from "./config.js";

/** Options of node:tls; the other side must always prove who it is, except for clients where no `ca` is given. */
export interface TlsOptions {
  readonly key: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly ca: Buffer | undefined;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: "TLSv1.2";
}

/** Reads PEM files. Throws FILE_NOT_FOUND, FILE_UNREADABLE, PACS_SECRET (others may read the key), PACS_CONFIG (no PEM). */
export async function tlsOptions(files: TlsFiles, side: "client" | "server"): Promise<TlsOptions> {
  if (files.key !== undefined) await requirePrivateKey(files.key);
  const [key, cert, ca] = await Promise.all([files.key, files.cert, files.ca].map(pem));
  const isAsked = side === "client" || ca !== undefined;
  const options = { key, cert, ca, requestCert: isAsked, rejectUnauthorized: isAsked, minVersion: "TLSv1.2" } as const; // prettier-ignore
  try {
    createSecureContext(options);
  } catch (cause) {
    const named = [files.cert, files.key, files.ca].filter((file) => file !== undefined).join(", ");
    throw new MarrowError("PACS_CONFIG", {
      ...{ file: named, expected: "certificate and key in PEM, belonging together, the key without passphrase" },
      ...{ found: (cause as Error).message, cause },
    }); // prettier-ignore
  }
  return options;
}

async function pem(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  return readFile(file).catch((error: unknown) => Promise.reject(asMarrowError(error, file)));
}

async function requirePrivateKey(file: string): Promise<void> {
  await requirePrivate(file, "PACS_SECRET").catch((error: unknown) =>
    Promise.reject(asMarrowError(error, file)),
  );
}

/** What went wrong in the handshake, or undefined for another failure: certificates do not mend themselves by waiting. */
export function handshakeFailure(message: string): string | undefined {
  return /certificate|self.signed|ssl|tls|altname|unable to (get|verify)/i.test(message)
    ? message
    : undefined;
}
