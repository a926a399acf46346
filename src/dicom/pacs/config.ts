/** The file of PACS connections: addresses and names, and where secrets are to be found, never the secrets themselves. */
import { isIP } from "node:net";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { asMarrowError, MarrowError } from "../../base/errors.js";

/** PS3.5 table 6.2-1: 16 characters without backslash and control characters, spaces around it do not count. */
const title = z
  .string()
  .trim()
  .regex(/^[\x20-\x5b\x5d-\x7e]{1,16}$/, "an AE title has 1 to 16 ASCII characters");
const port = z.int().min(1).max(65_535);

const secret = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type SecretPlace = z.infer<typeof secret>;

const auth = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("basic"), user: z.string().min(1), password: secret }),
  z.strictObject({ type: z.literal("bearer"), token: secret }),
]);
export type Authentication = z.infer<typeof auth>;

const dicomweb = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).refine((url) => !new URL(url).username && !new URL(url).password, {
    message: "no user and password in the address: see auth",
  }),
  auth: auth.optional(),
  timeout: z.int().positive().default(60),
});
export type DicomwebConnection = z.infer<typeof dicomweb>;

const file = z.string().min(1);
/** PEM files. `ca` are the authorities that are trusted: the system's where left out. */
const tlsFiles = z
  .strictObject({ ca: file.optional(), cert: file.optional(), key: file.optional() })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), "cert and key, or neither");
export type TlsFiles = z.infer<typeof tlsFiles>;

const dimse = z.strictObject({
  host: z.string().min(1),
  port,
  title,
  /** What Marrow calls itself. */
  callingTitle: title.default("MARROW"),
  retrieve: z.enum(["get", "move"]).default("get"),
  /** Encrypted, and the PACS must prove who it is; with cert and key Marrow does too. */
  tls: tlsFiles.optional(),
  timeout: z.int().positive().default(60),
});
export type DimseConnection = z.infer<typeof dimse>;

const listen = z.strictObject({
  title: title.default("MARROW"),
  host: z
    .string()
    .default("127.0.0.1")
    .refine((host) => host === "localhost" || isIP(host) !== 0, "an IP address"),
  port: port.default(11_112),
  /** Calling AE titles that may send. */
  allow: z.array(title).min(1),
  maxAssociations: z.int().positive().default(8),
  maxFileMegabytes: z.int().positive().max(2047).default(512),
  /** Encrypted; with `ca`, senders must prove who they are. */
  tls: tlsFiles
    .refine(({ cert }) => cert !== undefined, "a certificate of Marrow's own: cert and key")
    .optional(),
  timeout: z.int().positive().default(60),
});
export type ListenConfig = z.infer<typeof listen>;

const connection = z.union([z.strictObject({ dicomweb }), z.strictObject({ dimse })]);
export type Connection = z.infer<typeof connection>;

const schema = z.strictObject({
  connections: z.record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), connection).default({}),
  listen: listen.optional(),
});
export type PacsConfig = z.infer<typeof schema>;

/** Reads and checks the file. Throws FILE_NOT_FOUND, FILE_UNREADABLE, PACS_CONFIG; unknown entries are refused. */
export async function readPacsConfig(file: string): Promise<PacsConfig> {
  const text = await readFile(file, "utf8").catch((error: unknown) =>
    Promise.reject(asMarrowError(error, file)),
  );
  const result = schema.safeParse(parsed(text, file));
  if (result.success) return result.data;
  // The value itself is not shown: it may be a password that stands where none belongs.
  const found = result.error.issues
    .map(({ path, message }) => `${path.join(".") || "file"}: ${message}`)
    .join("; ");
  throw new MarrowError("PACS_CONFIG", { file, found });
}

function parsed(text: string, file: string): unknown {
  try {
    return parse(text) ?? {};
  } catch {
    throw new MarrowError("PACS_CONFIG", { file, found: "no YAML" });
  }
}

/** Throws PACS_CONFIG where there is no connection of this name. */
export function connectionNamed({ connections }: PacsConfig, name: string, file: string): Connection {
  const found = connections[name];
  if (found) return found;
  const expected = Object.keys(connections).join(", ") || "a connection";
  throw new MarrowError("PACS_CONFIG", { file, expected, found: name });
}
