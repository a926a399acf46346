import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  readPacsConfig,
  type DimseConnection,
  type ListenConfig,
  type TlsFiles,
} from "../../../src/dicom/pacs/config.js";
import { dimsePacs } from "../../../src/dicom/pacs/dimse.js";
import { listen, type Listener, type Received } from "../../../src/dicom/pacs/listen.js";
import { withoutHeader } from "../../../src/dicom/p10.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { sliceOf } from "../make-dicom.js"; // prettier-ignore

const has = (tool: string) => spawnSync(tool, ["--version"]).error === undefined;
const hasOpenssl = spawnSync("openssl", ["version"]).error === undefined;
const hasDcmtk = has("storescu") && /with-openssl|OpenSSL/i.test(spawnSync("storescu", ["--version"], { encoding: "utf8" }).stdout); // prettier-ignore

const dir = mkdtempSync(join(tmpdir(), "marrow-tls-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const place = (name: string) => join(dir, name);

/** An authority, and a certificate by it for 127.0.0.1 (and one for another host). */
function makeCertificates(authority: string, names: Readonly<Record<string, string>>): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", `${authority}.key`, "-out", `${authority}.pem`, "-subj", `/CN=${authority}`, "-days", "2"); // prettier-ignore
  for (const [name, host] of Object.entries(names)) {
    writeFileSync(place(`${name}.ext`), `subjectAltName=${host}\n`);
    openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    openssl("x509", "-req", "-in", `${name}.csr`, "-CA", `${authority}.pem`, "-CAkey", `${authority}.key`, "-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`, "-out", `${name}.pem`); // prettier-ignore
    chmodSync(place(`${name}.key`), 0o600);
  }
}

const files = (name: string, ca = "hospital"): TlsFiles => ({ ca: place(`${ca}.pem`), cert: place(`${name}.pem`), key: place(`${name}.key`) }); // prettier-ignore
const once = { attempts: 1, firstWaitMs: 1, mostWaitMs: 1 };
const small = writeDicom(sliceOf({ patient: "Müller^Anna", texts: { "00080005": "ISO_IR 192" } }));

let listener: Listener | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  await listener?.close();
  child?.kill();
  [listener, child] = [undefined, undefined];
});

async function peer(tls: TlsFiles | undefined = files("marrow")) {
  const received: Received[] = [];
  const refused: string[] = [];
  const config: ListenConfig = { title: "MARROW", host: "127.0.0.1", port: 0, allow: ["SCANNER"], maxAssociations: 8, maxFileMegabytes: 1, timeout: 10, ...(tls && { tls }) }; // prettier-ignore
  listener = await listen(config, {
    onFile: async (file) => void received.push(file),
    onRefused: (_from, reason) => refused.push(reason),
  });
  return { received, refused, port: listener.port };
}

const client = (port: number, tls: TlsFiles | undefined, more: Partial<DimseConnection> = {}) =>
  dimsePacs({ host: "127.0.0.1", port, title: "MARROW", callingTitle: "SCANNER", retrieve: "get", timeout: 10, ...(tls && { tls }), ...more }, undefined, once); // prettier-ignore

describe.skipIf(!hasOpenssl)("DIMSE over TLS", () => {
  beforeAll(() => {
    makeCertificates("hospital", {
      marrow: "IP:127.0.0.1,DNS:localhost",
      other: "DNS:elsewhere.example.org",
    });
    makeCertificates("stranger", { intruder: "IP:127.0.0.1" });
  }, 120_000);

  it("carries C-ECHO and C-STORE between Marrow's own two ends, byte for byte", async () => {
    const { received, port } = await peer();
    await client(port, files("marrow")).echo();
    expect(await client(port, files("marrow")).send(small, "file")).toEqual({ stored: true });
    expect(Buffer.compare(withoutHeader(received[0].file), withoutHeader(small))).toBe(0);
  });

  it("is really encrypted: no title or name can be read on the way", async () => {
    const { port } = await peer();
    const seen: Buffer[] = [];
    const wire = createServer((socket) => {
      const onward = connect(port, "127.0.0.1");
      socket.on("data", (bytes) => void seen.push(bytes)).pipe(onward).pipe(socket);
      for (const end of [socket, onward]) end.on("error", () => undefined);
    }); // prettier-ignore
    await new Promise<void>((resolve) => wire.listen(0, "127.0.0.1", resolve));
    await client((wire.address() as AddressInfo).port, files("marrow")).send(small, "file");
    wire.close();
    const bytes = Buffer.concat(seen).toString("latin1");
    expect([bytes.length > small.length, /SCANNER|MARROW|ller\^Anna/.test(bytes)]).toEqual([true, false]);
  });

  it.each([
    ["an authority it does not know", "intruder", files("marrow", "hospital"), "stranger"],
    ["a certificate of another host", "other", files("marrow"), "hospital"],
  ])("sends nothing to a PACS with %s", async (_, shown, own, ca) => {
    const { received, port } = await peer({ ...files(shown, ca), ca: place("hospital.pem") });
    await expect(client(port, own).send(small, "file")).rejects.toMatchObject({ code: "PACS_REFUSED" });
    expect(received).toEqual([]);
  });

  it("takes nothing from senders without a certificate, with a stranger's, or without TLS", async () => {
    const { received, refused, port } = await peer();
    const [anonymous, intruder] = [
      { ca: place("hospital.pem") },
      { ...files("intruder"), ca: place("hospital.pem") },
    ];
    for (const tls of [anonymous, intruder, undefined])
      await expect(client(port, tls).send(small, "file")).rejects.toThrow(/PACS_(REFUSED|UNREACHABLE)/);
    expect(received).toEqual([]);
    expect(refused.length).toBe(3);
    expect(refused.every((reason) => reason.startsWith("TLS: "))).toBe(true);
  });

  it("takes senders without a certificate where no authority is named", async () => {
    const { cert, key } = files("marrow");
    const { received, port } = await peer({ cert, key });
    expect(await client(port, { ca: place("hospital.pem") }).send(small, "file")).toEqual({ stored: true });
    expect(received).toHaveLength(1);
  });

  it("says which file is wrong", async () => {
    const mixed = { ...files("marrow"), key: place("other.key") };
    await expect(client(1, mixed).echo()).rejects.toMatchObject({ code: "PACS_CONFIG" });
    await expect(client(1, { ca: place("none.pem") }).echo()).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });
    chmodSync(place("other.key"), 0o644);
    await expect(client(1, files("other")).echo()).rejects.toMatchObject({ code: "PACS_SECRET" });
    chmodSync(place("other.key"), 0o600);
    const config = place("marrow-pacs.yaml");
    writeFileSync(
      config,
      "connections: { a: { dimse: { host: x, port: 1, title: A, tls: { cert: a.pem } } } }",
    );
    await expect(readPacsConfig(config)).rejects.toThrow("cert and key, or neither");
    writeFileSync(config, "listen: { allow: [A], tls: { ca: a.pem } }");
    await expect(readPacsConfig(config)).rejects.toThrow("certificate of Marrow's own");
  });

  describe.skipIf(!hasDcmtk)("with DCMTK", () => {
    const run = (tool: string, args: readonly string[]) =>
      new Promise<number | null>((resolve) => {
        const process = spawn(tool, args, { stdio: "ignore" });
        process.on("close", resolve);
      });

    it("takes what its storescu sends, and refuses it with a stranger's certificate", async () => {
      const { received, port } = await peer();
      writeFileSync(place("small.dcm"), small);
      const tls = (name: string) => [
        "+tls",
        place(`${name}.key`),
        place(`${name}.pem`),
        "+cf",
        place("hospital.pem"),
      ];
      const to = ["-aet", "SCANNER", "-aec", "MARROW", "127.0.0.1", String(port)];
      expect(await run("echoscu", [...tls("marrow"), ...to])).toBe(0);
      expect(await run("storescu", [...tls("marrow"), ...to, place("small.dcm")])).toBe(0);
      expect(received).toHaveLength(1);
      expect(await run("storescu", [...tls("intruder"), ...to, place("small.dcm")])).not.toBe(0);
      expect(received).toHaveLength(1);
    });

    it("sends to its storescp", async () => {
      const probe = createServer();
      await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
      const { port } = probe.address() as AddressInfo;
      await new Promise((resolve) => probe.close(resolve));
      const out = mkdtempSync(join(dir, "out-"));
      child = spawn("storescp", ["+tls", place("marrow.key"), place("marrow.pem"), "+cf", place("hospital.pem"), "-aet", "PEER", "-od", out, String(port)], { stdio: "ignore" }); // prettier-ignore
      const patient = { attempts: 20, firstWaitMs: 200, mostWaitMs: 500 };
      const pacs = dimsePacs({ host: "127.0.0.1", port, title: "PEER", callingTitle: "MARROW", retrieve: "get", timeout: 10, tls: files("marrow") }, undefined, patient); // prettier-ignore
      expect(await pacs.send(small, "file")).toEqual({ stored: true });
      expect(readdirSync(out)).toHaveLength(1);
    });
  });
});
