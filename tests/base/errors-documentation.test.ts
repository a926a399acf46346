import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/base/errors.js";

/** Codes in the first column of the tables of docs/reference/errors.md. */
const rows = readFileSync("docs/reference/errors.md", "utf8")
  .split("\n")
  .flatMap((line) => {
    const match = /^\| `([A-Z0-9_]+)`\s*\|([^|]+)\|([^|]+)\|$/.exec(line);
    return match ? [{ code: match[1], when: match[2]?.trim() ?? "", next: match[3]?.trim() ?? "" }] : [];
  });
const documented = rows.map(({ code }) => code);

describe("docs/reference/errors.md", () => {
  it("lists every code of the catalogue, and no other", () => {
    expect([...documented].sort()).toEqual(Object.keys(catalogue).sort());
  });

  it("says of each when it comes and what to do", () => {
    for (const { code, when, next } of rows)
      expect(
        [when.length, next.length].every((n) => n > 5),
        `${code}: ${when} / ${next}`,
      ).toBe(true);
  });
});
