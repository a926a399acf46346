/** Multipart bodies of DICOMweb (RFC 2387, PS3.18 section 8.6). */
import { randomUUID } from "node:crypto";

export interface MultipartBody {
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

const crlf = "\r\n";

/** A multipart/related body of DICOM files. */
export function multipartOf(files: readonly Uint8Array[]): MultipartBody {
  const boundary = randomUUID();
  const parts = files.flatMap((file) => [
    Buffer.from(`--${boundary}${crlf}Content-Type: application/dicom${crlf}${crlf}`),
    file,
    Buffer.from(crlf),
  ]);
  return {
    contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`,
    body: new Uint8Array(Buffer.concat([...parts, Buffer.from(`--${boundary}--${crlf}`)])),
  };
}

/** Contents of the parts; the body itself where it is not multipart. Undefined where no boundary is found. */
export function partsOf(body: Uint8Array, contentType: string): Uint8Array[] | undefined {
  if (!/^multipart\//i.test(contentType)) return [body];
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const mark = Buffer.from(`--${name}`);
  const parts: Uint8Array[] = [];
  let start = bytes.indexOf(mark);
  while (start >= 0) {
    const from = start + mark.length;
    if (bytes.toString("latin1", from, from + 2) === "--") return parts;
    const end = bytes.indexOf(`${crlf}--${name}`, from);
    const content = bytes.indexOf(crlf + crlf, from);
    if (end < 0 || content < 0 || content > end) return undefined;
    parts.push(bytes.subarray(content + 4, end));
    start = end + 2;
  }
  return undefined;
}
