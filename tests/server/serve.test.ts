/** Starting to listen: on loopback, and to a network only with encryption. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { serve, type Served, type ServeOptions } from "../../src/server/serve.js";
import { codeOf, folder, makeStudy } from "../study/make-study.js";
import { goodPassword } from "./open-room.js";

const opened: Served[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function start(options: Partial<ServeOptions>): Promise<Served> {
  const served = await serve(await makeStudy(["01"]), {
    ...{ host: "127.0.0.1", port: 0, version: "test", command: [process.execPath], log: () => undefined },
    ...options,
  });
  opened.push(served);
  return served;
}

const account = { name: "chief", password: goodPassword };
const postJson = (body: object, headers: Record<string, string> = {}) => ({
  ...{ method: "POST", body: JSON.stringify(body) },
  headers: { "content-type": "application/json", ...headers },
});

describe("marrow serve", () => {
  it("listens on loopback without a code, and says where", async () => {
    const { url, setupCode } = await start({});
    expect(setupCode).toBeUndefined();
    expect((await fetch(`${url}api/setup`, postJson(account))).status).toBe(200);
  });

  it.each(["0.0.0.0", "::", "192.0.2.1", "example.org"])(
    "is not offered to a network without encryption (%s)",
    async (host) => {
      expect(await codeOf(start({ host }))).toBe("SERVE_EXPOSED");
    },
  );

  it("needs certificate and key together, and says which file is missing", async () => {
    expect(await codeOf(start({ host: "0.0.0.0", tlsCert: "room.pem" }))).toBe("BAD_ARGUMENT");
    expect(await codeOf(start({ tlsCert: "/no/room.pem", tlsKey: "/no/room.key" }))).toBe("FILE_NOT_FOUND");
  });

  it("says when the port is taken, and lets the study go again", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => other.once("listening", done));
    const { port } = other.address() as { port: number };
    expect(await codeOf(start({ port }))).toBe("SERVE_LISTEN");
    other.close();
  });

  it("says when the queue cannot be reached, without its password, and lets the study go again", async () => {
    const dir = await makeStudy(["01"]);
    const options = {
      ...{ host: "127.0.0.1", port: 0, version: "test", command: [process.execPath], log: () => undefined },
    };
    const unreachable = serve(dir, { ...options, queue: "redis://:secret@127.0.0.1:1" });
    await expect(unreachable).rejects.toMatchObject({ code: "QUEUE_UNREACHABLE" });
    await expect(unreachable).rejects.not.toThrow(/secret/);
    expect(await codeOf(serve(dir, { ...options, queue: "http://127.0.0.1" }))).toBe("BAD_ARGUMENT");
    opened.push(await serve(dir, options));
  });
});

describe("behind a proxy that encrypts", () => {
  it("asks for the printed code, takes the client's address and protocol, and sets a cookie for TLS alone", async () => {
    const { url, setupCode, room } = await start({ behindProxy: true });
    const forwarded = {
      "x-forwarded-for": "198.51.100.7",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "room.example",
      origin: "https://room.example",
    };
    expect((await fetch(`${url}api/setup`, postJson(account, forwarded))).status).toBe(403);
    const answer = await fetch(`${url}api/setup`, postJson({ ...account, code: setupCode }, forwarded));
    expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
    expect(answer.headers.get("set-cookie")).toMatch(/^__Host-marrow=.*Secure/);
    expect(answer.headers.get("strict-transport-security")).toMatch(/max-age=\d{7}/);
    expect(room.audit.entries({ limit: 1 })[0].address).toBe("198.51.100.7");
  });
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!hasOpenssl)("with a certificate", () => {
  let tls: { tlsCert: string; tlsKey: string };
  beforeAll(async () => {
    const dir = await folder();
    tls = { tlsCert: join(dir, "room.pem"), tlsKey: join(dir, "room.key") };
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const files = ["-keyout", tls.tlsKey, "-out", tls.tlsCert];
    execFileSync("openssl", ["req", "-x509", ...key, ...subject, "-days", "2", ...files], {
      stdio: "ignore",
    });
  });

  it("serves a network, encrypted alone, and asks for the printed code", async () => {
    const { url, setupCode } = await start({ host: "0.0.0.0", ...tls });
    expect(url).toMatch(/^https:/);
    const { port } = new URL(url);
    const guessed = await send(port, tls.tlsCert, { ...account, code: "guessed" });
    expect(guessed.status).toBe(403);
    const { status, headers } = await send(port, tls.tlsCert, { ...account, code: setupCode });
    expect(status).toBe(200);
    expect(String(headers["set-cookie"])).toMatch(/^__Host-marrow=.*HttpOnly.*Secure.*SameSite=Strict/);
    expect(headers["strict-transport-security"]).toMatch(/max-age=\d{7}/);
    await expect(fetch(`http://127.0.0.1:${port}/api/session`)).rejects.toThrow();
  });
});

/** A request that trusts this certificate alone, under the name that it is for. */
function send(port: string, certificate: string, body: object) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
    const headers = { "content-type": "application/json", origin: `https://localhost:${port}` };
    const options = { method: "POST", headers, ca: readFileSync(certificate), family: 4 };
    const sent = request(`https://localhost:${port}/api/setup`, options, (answer) => {
      answer.resume();
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers }));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}
