import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { workerUrl } from "../../src/base/worker-url.js";

const root = mkdtempSync(join(tmpdir(), "marrow-src-"));
mkdirSync(join(root, "src/a"), { recursive: true });
mkdirSync(join(root, "dist/a"), { recursive: true });
writeFileSync(join(root, "dist/a/w.js"), "");
afterAll(() => rmSync(root, { recursive: true }));
const href = (path: string) => pathToFileURL(join(root, path)).href;

it("sends TypeScript to its compiled twin and leaves compiled code where it is", () => {
  expect(workerUrl(href("src/a/b.ts"), "./w.js").href).toBe(href("dist/a/w.js"));
  expect(workerUrl(href("dist/a/b.js"), "./w.js").href).toBe(href("dist/a/w.js"));
});

it("says what to run where nothing was compiled", () => {
  expect(() => workerUrl(href("src/a/b.ts"), "./other.js")).toThrow(/INTERNAL[^]*other\.js[^]*npm run build/);
});
