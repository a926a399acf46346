import { describe, expect, it } from "vitest";
import type { CaseEntry } from "../../../src/reading/contract/index.js";
import { allCases, filteredCases, readerProgress, suggestedCase } from "../../../web/core/work-list.js";

const entry = (name: string, rest: Partial<CaseEntry>): CaseEntry => ({
  case: name,
  subject: name,
  state: "new",
  channels: ["T1w"],
  assigned: [],
  progress: [],
  open: [],
  thumbnails: {},
  uncertainty: null,
  ...rest,
});
const progress = (state: CaseEntry["progress"][number]["state"]) => [
  { reader: "anna", state, comment: "", changed: null },
];
const cases = [
  entry("sub-10", { state: "segmented", uncertainty: 0.3 }),
  entry("sub-9", { assigned: ["anna"], progress: progress("submitted") }),
  entry("sub-2", { assigned: ["anna"], uncertainty: 0.1, progress: progress("returned") }),
  entry("sub-3", { state: "agreed", assigned: ["ben"], uncertainty: 0.9 }),
];
const names = (list: readonly CaseEntry[]) => list.map(({ case: name }) => name);

describe("filteredCases", () => {
  it.each([
    [{}, ["sub-2", "sub-3", "sub-9", "sub-10"]],
    [{ text: "1" }, ["sub-10"]],
    [{ state: "agreed" as const }, ["sub-3"]],
    [{ assigned: "me" as const }, ["sub-2", "sub-9"]],
    [{ assigned: "nobody" as const }, ["sub-10"]],
    [{ order: "uncertainty" as const }, ["sub-3", "sub-10", "sub-2", "sub-9"]],
    [{ order: "state" as const }, ["sub-2", "sub-9", "sub-10", "sub-3"]],
  ])("%j", (filter, expected) => {
    expect(names(filteredCases(cases, { ...allCases, ...filter }, "anna"))).toEqual(expected);
  });
});

describe("suggestedCase", () => {
  it("is one's own unfinished case, then an unassigned one, the least certain first", () => {
    expect(suggestedCase(cases, "anna")?.case).toBe("sub-2");
    expect(suggestedCase(cases, "carl")?.case).toBe("sub-10");
    expect(suggestedCase(cases.slice(3), "anna")).toBeUndefined();
  });
});

describe("readerProgress", () => {
  it("counts what was submitted or accepted", () => {
    expect(readerProgress(cases, "anna")).toEqual({ done: 1, of: 2 });
  });
});
