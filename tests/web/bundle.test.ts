/** The built page is small and asks for nothing from elsewhere. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "./browser.js";

describe("the built page", () => {
  let folder = "";
  let files: { name: string; bytes: Buffer }[] = [];
  beforeAll(async () => {
    folder = await buildPage();
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const names = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
    files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(name) })));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is below 2 MB gzipped, and stays far below", () => {
    const zipped = files.reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0);
    expect(files.length).toBeGreaterThan(2);
    // The goal is 2 MB; whatever multiplies the page's size should be a decision.
    expect(zipped).toBeLessThan(250_000);
  });

  it("names no other host but namespaces and schemas", () => {
    const hosts = files.flatMap(({ bytes }) => [
      ...bytes.toString("utf8").matchAll(/https?:\/\/[a-z0-9.-]+/gi),
    ]);
    const known = /^https?:\/\/(www\.w3\.org|json-schema\.org|localhost)/;
    expect(hosts.map(([host]) => host).filter((host) => !known.test(host))).toEqual([]);
  });
});
