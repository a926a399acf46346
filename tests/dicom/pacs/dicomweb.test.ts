import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { dicomwebPacs } from "../../../src/dicom/pacs/dicomweb.js";
import { multipartOf, partsOf } from "../../../src/dicom/pacs/multipart.js";
import { Transient, withRetry } from "../../../src/dicom/pacs/retry.js";

const fast = { attempts: 4, firstWaitMs: 1, mostWaitMs: 5 };

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that gives these answers in turn, the last one for ever, and remembers what it was asked. */
async function serverWith(...answers: readonly Answer[]): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  server = createServer((request, response) => {
    const { status, headers = {}, body = "" } = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(request);
    request.resume().on("end", () => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web/`, asked };
}

const study = JSON.stringify([
  {
    "0020000D": { vr: "UI", Value: ["1.2.3"] },
    "00100010": { vr: "PN", Value: [{ Alphabetic: "Doe^Jane" }] },
    "00080061": { vr: "CS", Value: ["MR", "SR"] },
    "00081030": { vr: "LO" },
  },
]);

describe("DICOMweb", () => {
  it("sends a bearer token and asks by keyword", async () => {
    const { url, asked } = await serverWith({ status: 200, body: study });
    process.env["MARROW_TEST_TOKEN"] = "abc.def";
    const pacs = await dicomwebPacs({ url, auth: { type: "bearer", token: { env: "MARROW_TEST_TOKEN" } }, timeout: 5 }, fast); // prettier-ignore
    const [found] = await pacs.find({ level: "study", patientName: "Doe*", limit: 3 });
    expect(found).toMatchObject({ StudyInstanceUID: "1.2.3", PatientName: "Doe^Jane", ModalitiesInStudy: "MR\\SR", StudyDescription: "" }); // prettier-ignore
    expect(asked[0].headers.authorization).toBe("Bearer abc.def");
    const query = new URL(asked[0].url ?? "", url).searchParams;
    expect([query.get("PatientName"), query.get("limit")]).toEqual(["Doe*", "3"]);
  });

  it("tries again what may pass, and gives up with what it saw", async () => {
    const { url, asked } = await serverWith({ status: 503, headers: { "retry-after": "0" } }, { status: 429 }, { status: 200, body: "[]" }); // prettier-ignore
    expect(await (await dicomwebPacs({ url, timeout: 5 }, fast)).find({ level: "study" })).toEqual([]);
    expect(asked).toHaveLength(3);
    server?.close();
    const dead = await serverWith({ status: 502 });
    const failing = (await dicomwebPacs({ url: dead.url, timeout: 5 }, fast)).echo();
    await expect(failing).rejects.toMatchObject({ code: "PACS_UNREACHABLE" });
    expect(dead.asked).toHaveLength(4);
  });

  it("does not try again what will not pass, and follows no redirect with the secret", async () => {
    const { url, asked } = await serverWith({ status: 403 });
    await expect((await dicomwebPacs({ url, timeout: 5 }, fast)).echo()).rejects.toMatchObject({
      code: "PACS_REFUSED",
    });
    expect(asked).toHaveLength(1);
    server?.close();
    const moved = await serverWith({ status: 302, headers: { location: "http://127.0.0.1:1/" } });
    await expect((await dicomwebPacs({ url: moved.url, timeout: 5 }, fast)).echo()).rejects.toMatchObject({ code: "PACS_UNREACHABLE" }); // prettier-ignore
  });

  it("tells why a file was not stored", async () => {
    const body = JSON.stringify({
      "00081198": { vr: "SQ", Value: [{ "00081197": { vr: "US", Value: [0xa900] } }] },
    });
    const { url } = await serverWith({ status: 409, body });
    const result = await (await dicomwebPacs({ url, timeout: 5 }, fast)).send(new Uint8Array(8), "file");
    expect(result).toEqual({ stored: false, reason: "failure reason A900" });
  });

  it("says that the address is not that of the service", async () => {
    const { url } = await serverWith({ status: 200, body: "<html>" });
    const finding = (await dicomwebPacs({ url, timeout: 5 }, fast)).find({ level: "study" });
    await expect(finding).rejects.toMatchObject({ code: "PACS_ANSWER" });
  });
});

describe("multipart bodies", () => {
  it("come back as they were, line ends and dashes in them too", () => {
    const files = [Buffer.from("a\r\n--b\r\n\r\nc"), Buffer.from([0, 13, 10, 45, 45]), Buffer.alloc(0)];
    const { body, contentType } = multipartOf(files);
    expect(partsOf(body, contentType)?.map((part) => Buffer.from(part))).toEqual(files);
  });

  it("are refused where they end too early", () => {
    const { body, contentType } = multipartOf([Buffer.from("abc")]);
    expect(partsOf(body.subarray(0, body.length - 20), contentType)).toBeUndefined();
  });
});

describe("withRetry", () => {
  it("throws at once what is not transient", async () => {
    let calls = 0;
    const failing = withRetry(async () => {
      calls++;
      throw new Error("no");
    }, fast);
    await expect(failing).rejects.toThrow("no");
    expect(calls).toBe(1);
  });

  it("throws the last transient failure", async () => {
    let calls = 0;
    await expect(withRetry(async () => Promise.reject(new Transient(`${++calls}`)), fast)).rejects.toThrow(
      "4",
    );
  });
});
