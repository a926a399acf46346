/** Secrets from the environment or from a file that its owner alone can read. */
import { readFile } from "node:fs/promises";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { requirePrivate } from "../private-file.js";
import type { Authentication, SecretPlace } from "./config.js";

/** The secret, without line ends. Throws PACS_SECRET; the message never holds the secret. */
export async function readSecret(place: SecretPlace): Promise<string> {
  const secret = "env" in place ? process.env[place.env] : await fromFile(place.file);
  if (secret) return secret;
  const where =
    "env" in place ? `a value in the environment variable ${place.env}` : `a secret in ${place.file}`;
  throw new MarrowError("PACS_SECRET", { expected: where, found: "none" });
}

async function fromFile(file: string): Promise<string> {
  try {
    await requirePrivate(file, "PACS_SECRET");
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw asMarrowError(error, file);
  }
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Value of the Authorization header; undefined without authentication. Throws PACS_SECRET, also where the secret would go
 * unencrypted over a network.
 */
export async function authorization(
  auth: Authentication | undefined,
  url: string,
): Promise<string | undefined> {
  if (!auth) return undefined;
  const { protocol, hostname } = new URL(url);
  if (protocol !== "https:" && !loopback.test(hostname))
    throw new MarrowError("PACS_SECRET", {
      expected: "https, since a secret is sent",
      found: protocol.replace(":", ""),
    });
  if (auth.type === "bearer") return `Bearer ${await readSecret(auth.token)}`;
  const password = await readSecret(auth.password);
  return `Basic ${Buffer.from(`${auth.user}:${password}`, "utf8").toString("base64")}`;
}
