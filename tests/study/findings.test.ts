import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MarrowError } from "../../src/base/errors.js";
import { describeFinding, finding, findingOf, kinds } from "../../src/study/findings.js";

const page = readFileSync(new URL("../../docs/reference/study-folder.md", import.meta.url), "utf8");
const documented = [...page.matchAll(/^\| `([A-Z_]+)`\s+\| (error|warning|info) /gm)];

describe("findings", () => {
  it("are all documented, with their severity, and none that is gone", () => {
    const inCode = Object.entries(kinds).map(([code, { severity }]) => `${code} ${severity}`);
    expect(documented.map(([, code, severity]) => `${code} ${severity}`).sort()).toEqual(inCode.sort());
  });

  it("say what, where, expected, found and what next", () => {
    const one = finding("GRID_SHAPE", { case: "sub-1", file: "m.nii.gz", expected: "2 × 2", found: "2 × 3" });
    expect(describeFinding(one)).toBe(
      `ERROR GRID_SHAPE  sub-1  m.nii.gz\n  expected: 2 × 2\n  found:    2 × 3\n  next:     ${kinds.GRID_SHAPE.next}`,
    );
  });

  it("carry the code and the advice of an error", () => {
    const error = new MarrowError("FILE_UNREADABLE", { file: "x", next: "Try again." });
    expect(findingOf("IMPORT_UNREADABLE", error, { case: "a" })).toMatchObject({
      ...{
        severity: "error",
        code: "IMPORT_UNREADABLE",
        case: "a",
        file: "x",
        found: "FILE_UNREADABLE",
        next: "Try again.",
      },
    });
  });
});
