import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageHeaders, servePage, type ServedPage } from "../../src/cli/static-page.js";

const root = mkdtempSync(join(tmpdir(), "marrow-static-"));
const folder = join(root, "page");
let server: ServedPage;

beforeAll(async () => {
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "index.html"), "<p>page</p>");
  writeFileSync(join(folder, "assets", "a.wasm"), "wasm");
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(root, "outside.html"), "outside");
  server = await servePage(folder, 0);
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

/** The path exactly as given: fetch would tidy it. */
function statusOf(path: string): Promise<number> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path }, (response) => resolve(response.resume().statusCode ?? 0))
      .on("error", reject)
      .end();
  });
}

describe("servePage", () => {
  it("serves the page and its parts with their types and headers", async () => {
    const page = await fetch(server.url);
    expect(await page.text()).toBe("<p>page</p>");
    for (const [name, value] of Object.entries(pageHeaders)) expect(page.headers.get(name)).toBe(value);
    const wasm = await fetch(`${server.url}assets/a.wasm?v=1`);
    expect([wasm.status, wasm.headers.get("Content-Type")]).toEqual([200, "application/wasm"]);
  });

  it.each([
    "/../outside.html",
    "/%2e%2e/outside.html",
    "/..%5coutside.html",
    "/secret.txt",
    "/assets",
    "/%",
    "/a%00.html",
  ])("gives nothing at %s", async (path) => {
    expect(await statusOf(path)).toBe(404);
  });

  it("says when the port is taken", async () => {
    const port = Number(new URL(server.url).port);
    await expect(servePage(folder, port)).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  });
});
