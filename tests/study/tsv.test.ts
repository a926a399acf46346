import { describe, expect, it } from "vitest";
import { mergeRows } from "../../src/study/participants.js";
import { formatTsv, parseTsv } from "../../src/study/tsv.js";

describe("tables", () => {
  it("reads what Excel and BIDS tools write", () => {
    const table = parseTsv("\uFEFFparticipant_id\tsex\tage\r\nsub-1\tn/a\t31\r\nsub-2\tF\r\n\r\n", "p.tsv");
    expect(table.columns).toEqual(["participant_id", "sex", "age"]);
    expect(table.rows).toEqual([
      { participant_id: "sub-1", age: "31" },
      { participant_id: "sub-2", sex: "F" },
    ]);
  });

  it("refuses a row with too many cells and names it", () => {
    expect(() => parseTsv("a\tb\n1\t2\t3\n", "p.tsv")).toThrow(/TABLE_INVALID[\s\S]*p\.tsv, row 2/);
  });

  it("writes n/a for what is missing and no tab within a cell", () => {
    expect(formatTsv({ columns: ["a", "b"], rows: [{ a: "x\ty" }] })).toBe("a\tb\nx y\tn/a\n");
  });

  it("merges without changing what stands there", () => {
    const table = { columns: ["participant_id", "age"], rows: [{ participant_id: "sub-10", age: "40" }] };
    const merged = mergeRows(table, "participant_id", [
      { participant_id: "sub-2", site: "A" },
      { participant_id: "sub-10", age: "41", site: "B" },
    ]);
    expect(merged.columns).toEqual(["participant_id", "site", "age"]);
    expect(merged.rows).toEqual([
      { participant_id: "sub-2", site: "A" },
      { participant_id: "sub-10", age: "40", site: "B" },
    ]);
    expect(table.rows).toHaveLength(1);
  });
});
