/** Encrypted text: AES-256-GCM with a key from a passphrase (scrypt, RFC 7914) or from the project key. */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { z } from "zod";
import { MarrowError } from "../../base/errors.js";
import { derive, type ProjectKey } from "./project-key.js";

/** What opens a sealed text. */
export type Opener = { readonly passphrase: string } | { readonly key: ProjectKey };

/** 128 MB and about half a second for each guess. */
const scrypt = { N: 1 << 17, r: 8, p: 1 };
const cipherName = "aes-256-gcm";

const schema = z.object({
  format: z.literal("marrow-sealed-1"),
  kdf: z.enum(["scrypt", "project-key"]),
  salt: z.base64(),
  iv: z.base64(),
  tag: z.base64(),
  data: z.base64(),
});

function keyOf(opener: Opener, salt: Buffer): Buffer {
  if ("key" in opener) return derive(opener.key, "seal", salt.toString("hex"));
  return scryptSync(opener.passphrase.normalize("NFKC"), salt, 32, { ...scrypt, maxmem: 256 * 2 ** 20 });
}

/** JSON that holds `text` encrypted; salt and nonce are new each time. */
export function seal(text: string, opener: Opener): string {
  const [salt, iv] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv(cipherName, keyOf(opener, salt), iv);
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const kdf = "key" in opener ? "project-key" : "scrypt";
  const parts = { salt, iv, tag: cipher.getAuthTag(), data };
  const encoded = Object.entries(parts).map(([name, bytes]) => [name, bytes.toString("base64")]);
  return `${JSON.stringify({ format: "marrow-sealed-1", kdf, ...Object.fromEntries(encoded) })}\n`;
}

/** The text again. Throws DEID_MAP for a wrong passphrase or key, and for a file that was changed. */
export function unseal(sealed: string, opener: Opener, file: string): string {
  const { kdf, ...parts } = parse(sealed, file);
  const wanted = "key" in opener ? "project-key" : "scrypt";
  if (kdf !== wanted)
    throw new MarrowError("DEID_MAP", {
      file,
      expected: kdf === "scrypt" ? "its passphrase" : "its project key",
    });
  const [salt, iv, tag, data] = [parts.salt, parts.iv, parts.tag, parts.data].map((one) =>
    Buffer.from(one, "base64"),
  );
  try {
    const decipher = createDecipheriv(cipherName, keyOf(opener, salt), iv, { authTagLength: 16 });
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new MarrowError("DEID_MAP", {
      file,
      found: "a wrong passphrase or key, or a damaged file",
      cause,
    });
  }
}

function parse(sealed: string, file: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(sealed));
  } catch (cause) {
    throw new MarrowError("DEID_MAP", { file, found: "no sealed file of Marrow", cause });
  }
}
