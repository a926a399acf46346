/** The secret from which pseudonyms, UIDs and date shifts are derived, and the file it is kept in. */
import { createHmac, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { requirePrivate } from "../private-file.js";

/** 32 bytes. Whoever has it can tell which pseudonym a known patient has. */
export interface ProjectKey {
  readonly secret: Uint8Array;
}

const heading = "marrow-key-1";

/** A key that is never written: pseudonyms made with it cannot be made again, or linked, once the process has ended. */
export function throwAwayKey(): ProjectKey {
  return { secret: randomBytes(32) };
}

/** The key in `file`; made, readable by its owner alone, where there is none. Throws DEID_KEY, FILE_UNWRITABLE. */
export async function openProjectKey(file: string): Promise<ProjectKey> {
  return (await create(file)) ?? (await read(file));
}

async function create(file: string): Promise<ProjectKey | undefined> {
  const key = throwAwayKey();
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const handle = await open(file, flags, 0o600).catch((error: unknown) => {
    if ((error as { code?: string }).code === "EEXIST") return undefined;
    throw asMarrowError(error, file);
  });
  if (!handle) return undefined;
  await handle.writeFile(`${heading}\n${Buffer.from(key.secret).toString("hex")}\n`);
  await handle.close();
  return key;
}

async function read(file: string): Promise<ProjectKey> {
  const text = await readFile(file, "latin1").catch((error: unknown) =>
    Promise.reject(asMarrowError(error, file)),
  );
  await requirePrivate(file, "DEID_KEY");
  const [first, hex = ""] = text.split(/\r?\n/);
  if (first !== heading || !/^[0-9a-f]{64}$/.test(hex))
    throw new MarrowError("DEID_KEY", { file, expected: `a file that begins with ${heading}` });
  return { secret: Buffer.from(hex, "hex") };
}

/** HMAC-SHA-256 of a purpose and a value: different purposes give unrelated bytes. */
export function derive({ secret }: ProjectKey, purpose: string, value: string): Buffer {
  return createHmac("sha256", secret).update(`${purpose}\0${value}`, "utf8").digest();
}
