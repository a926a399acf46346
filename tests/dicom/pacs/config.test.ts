import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { connectionNamed, readPacsConfig } from "../../../src/dicom/pacs/config.js";
import { authorization, readSecret } from "../../../src/dicom/pacs/secret.js";

const folder = mkdtempSync(join(tmpdir(), "marrow-pacs-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(content: string): string {
  const file = join(folder, "marrow-pacs.yaml");
  writeFileSync(file, content);
  return file;
}

const sound = `
connections:
  hospital:
    dicomweb:
      url: https://pacs.example.org/dicom-web
      auth: { type: basic, user: reader, password: { env: PASSWORD } }
  archive:
    dimse: { host: 10.0.0.5, port: 104, title: ARCHIVE }
listen: { allow: [ARCHIVE] }
`;

describe("the file of connections", () => {
  it("fills in what is not said, loopback among it", async () => {
    const config = await readPacsConfig(fileOf(sound));
    expect(connectionNamed(config, "archive", "file")).toEqual({
      dimse: {
        host: "10.0.0.5",
        port: 104,
        title: "ARCHIVE",
        callingTitle: "MARROW",
        retrieve: "get",
        timeout: 60,
      },
    });
    expect(config.listen).toMatchObject({
      host: "127.0.0.1",
      port: 11_112,
      title: "MARROW",
      maxAssociations: 8,
    });
  });

  it.each([
    [
      "a password in clear",
      "connections: { a: { dicomweb: { url: 'https://x', auth: { type: basic, user: u, password: hunter2 } } } }",
    ],
    ["a password in the address", "connections: { a: { dicomweb: { url: 'https://u:hunter2@x/y' } } }"],
    [
      "an unknown entry",
      "connections: { a: { dimse: { host: x, port: 104, title: A, password: hunter2 } } }",
    ],
    [
      "a title that is too long",
      "connections: { a: { dimse: { host: x, port: 104, title: ABCDEFGHIJKLMNOPQ } } }",
    ],
    ["nobody who may send", "listen: { allow: [] }"],
    ["no YAML", "connections: ["],
  ])("refuses %s and does not repeat it", async (_what, content) => {
    const error = await readPacsConfig(fileOf(content)).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: "PACS_CONFIG" });
    expect(String(error)).not.toContain("hunter2");
  });

  it("names the connections there are", async () => {
    const config = await readPacsConfig(fileOf(sound));
    expect(() => connectionNamed(config, "other", "f")).toThrow(/hospital, archive/);
  });
});

describe("secrets", () => {
  const file = join(folder, "secret");

  it.skipIf(process.platform === "win32")("come from a file that its owner alone can read", async () => {
    writeFileSync(file, "open sesame\n", { mode: 0o600 });
    expect(await readSecret({ file })).toBe("open sesame");
    chmodSync(file, 0o640);
    const error = await readSecret({ file }).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: "PACS_SECRET" });
    expect(String(error)).not.toContain("sesame");
  });

  it("are asked for by name where the environment has none", async () => {
    await expect(readSecret({ env: "MARROW_NO_SUCH_SECRET" })).rejects.toThrow(/MARROW_NO_SUCH_SECRET/);
  });

  it("never go unencrypted over a network", async () => {
    process.env["MARROW_TEST_SECRET"] = "s";
    const auth = { type: "bearer", token: { env: "MARROW_TEST_SECRET" } } as const;
    await expect(authorization(auth, "http://pacs.example.org/")).rejects.toMatchObject({
      code: "PACS_SECRET",
    });
    expect(await authorization(auth, "http://127.0.0.1:8042/")).toBe("Bearer s");
    expect(await authorization({ type: "basic", user: "ü", password: auth.token }, "https://x/")).toBe(`Basic ${Buffer.from("ü:s").toString("base64")}`); // prettier-ignore
  });
});
