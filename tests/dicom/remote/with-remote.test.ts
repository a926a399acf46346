import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { studyAddress } from "../../../src/dicom/remote/study-address.js";
import { withRemote, type RemoteOptions } from "../../../src/dicom/remote/with-remote.js";
import { multipartOf } from "../../../src/dicom/pacs/multipart.js";

const temporary = mkdtempSync(join(tmpdir(), "marrow-remote-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

let server: Server | undefined;
/** Nothing that was fetched may stay. */
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  expect(readdirSync(temporary)).toEqual([]);
});

const content = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7919) % 251));

type Answer = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

async function serve(answer: Answer) {
  const seen: IncomingMessage[] = [];
  server = createServer((request, response) => answer(request, response, seen.push(request)));
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen };
}

const retry = { attempts: 3, firstWaitMs: 1, mostWaitMs: 2 };
const fetched = (url: string, more: Partial<RemoteOptions> = {}) =>
  withRemote(url, { mostBytes: 1e6, retry, temporary, ...more }, async (path) => readFileSync(path));

describe("a file by HTTP", () => {
  it("is fetched with progress, and says nothing but the request", async () => {
    const { url, seen } = await serve((_, response) =>
      response.writeHead(200, { "content-length": content.length }).end(content),
    );
    const told: unknown[] = [];
    expect(await fetched(`${url}/a.zip`, { onProgress: (...now) => told.push(now) })).toEqual(content);
    expect(told.at(-1)).toEqual([content.length, content.length]);
    expect([seen.length, seen[0].method, seen[0].headers.authorization, seen[0].headers.cookie]).toEqual([1, "GET", undefined, undefined]); // prettier-ignore
  });

  it("goes on where a broken connection left off", async () => {
    const { url, seen } = await serve((request, response, attempt) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const headers = { etag: '"v1"', "content-length": content.length - from };
      const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
      if (from > 0) response.writeHead(206, { ...headers, ...range });
      else response.writeHead(200, headers);
      if (attempt < 3) response.write(content.subarray(from, from + 50_000), () => setTimeout(() => response.destroy(), 50));
      else response.end(content.subarray(from));
    }); // prettier-ignore
    expect(await fetched(url)).toEqual(content);
    expect(seen.length).toBe(3);
    expect([seen[1].headers.range, seen[1].headers["if-range"]]).toEqual([expect.stringMatching(/^bytes=[1-9]/), '"v1"']); // prettier-ignore
  });

  it("begins anew where the file changed in between, and leaves nothing of the old one", async () => {
    const short = content.subarray(0, 1000);
    const { url } = await serve((_, response, attempt) => {
      response.writeHead(200, { etag: `"v${attempt}"`, "content-length": attempt === 1 ? content.length : 1000 });
      if (attempt === 1) response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 50));
      else response.end(short);
    }); // prettier-ignore
    expect(await fetched(url)).toEqual(short);
  });

  it.each([
    ["a file that is not there", 404, {}, "DOWNLOAD_REFUSED", "HTTP 404"],
    ["a login", 401, {}, "DOWNLOAD_REFUSED", "HTTP 401"],
    ["a web page", 200, { "content-type": "text/html; charset=utf-8" }, "DOWNLOAD_REFUSED", "a web page"],
    ["another kind of address", 302, { location: "ftp://127.0.0.1/a" }, "DOWNLOAD_REFUSED", "a redirection"],
    ["itself again and again", 302, { location: "/again" }, "DOWNLOAD_REFUSED", "a redirection"],
    ["trouble that stays", 503, {}, "DOWNLOAD_FAILED", "HTTP 503 (3 attempts"],
    ["too large a file", 200, { "content-length": "2000000" }, "DOWNLOAD_TOO_LARGE", "2000000 bytes"],
  ])("refuses %s", async (_, status, headers, code, said) => {
    const { url } = await serve((__, response) => {
      response.writeHead(status, headers);
      response.flushHeaders();
      response.end();
    });
    const error = await fetched(`${url}/secret.zip?token=7`).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(said);
    expect((error as Error).message).not.toContain("token");
  });

  it("stops a file whose length nobody said at the limit", async () => {
    const { url } = await serve((_, response) => {
      const more = () => void (response.destroyed || response.write(content, () => setImmediate(more)));
      more();
    });
    await expect(fetched(url)).rejects.toMatchObject({ code: "DOWNLOAD_TOO_LARGE" });
  });

  it("follows a redirection, and gives up where nobody listens", async () => {
    const { url } = await serve((request, response) =>
      request.url === "/a" ? response.writeHead(302, { location: "/b" }).end() : response.end(content),
    );
    expect(await fetched(`${url}/a`)).toEqual(content);
    await expect(fetched("http://127.0.0.1:1/x")).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  });

  it("takes no password in an address", async () => {
    await expect(fetched("https://anna:secret@example.org/a")).rejects.toMatchObject({
      code: "BAD_ARGUMENT",
    });
  });
});

describe("a study of a DICOMweb server", () => {
  const dicom = (name: string) => Buffer.concat([Buffer.alloc(128), Buffer.from(`DICM ${name}`)]);
  const answer: Answer = (request, response) => {
    const path = request.url ?? "";
    const instances = ["1.1", "1.2"].map((uid) => ({ "00080018": { Value: [uid] }, "0020000E": { Value: ["9"] } }));
    if (/instances\?/.test(path)) return void response.setHeader("content-type", "application/dicom+json").end(JSON.stringify(instances));
    const uid = /instances\/([\d.]+)$/.exec(path)?.[1];
    if (uid === undefined) return void response.writeHead(404).end();
    const { contentType, body } = multipartOf([dicom(uid)]);
    response.setHeader("content-type", contentType).end(body);
  }; // prettier-ignore
  const files = (url: string, more: Partial<RemoteOptions> = {}) =>
    withRemote(url, { mostBytes: 1e6, retry, temporary, ...more }, async (folder) =>
      readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1").slice(128)).sort(),
    ); // prettier-ignore

  it("is fetched instance by instance", async () => {
    const { url } = await serve(answer);
    expect(await files(`${url}/dicom-web/studies/1.2.3/`)).toEqual(["DICM 1.1", "DICM 1.2"]);
  });

  it("is kept to the limit, and to the server of the connection", async () => {
    const { url } = await serve(answer);
    await expect(files(`${url}/studies/1.2.3`, { mostBytes: 200 })).rejects.toMatchObject({ code: "DOWNLOAD_TOO_LARGE" });
    const connection = { url: "https://other.example.org/dicom-web", timeout: 5 };
    await expect(files(`${url}/studies/1.2.3`, { connection })).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  }); // prettier-ignore

  it.each([
    [
      "https://a.org/dicom-web/studies/1.2.3",
      { server: "https://a.org/dicom-web", study: "1.2.3", series: undefined },
    ],
    ["http://a.org/studies/1.2/series/4.5/", { server: "http://a.org", study: "1.2", series: "4.5" }],
    ["https://a.org/studies/patient-7.zip", undefined],
    ["https://a.org/a.zip", undefined],
  ])("is told from other addresses: %s", (url, expected) => {
    expect(studyAddress(url)).toEqual(expected);
  });
});
