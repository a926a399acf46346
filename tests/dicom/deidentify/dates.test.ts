import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shiftDate, shiftDateTime, shiftTime } from "../../../src/dicom/deidentify/dates.js";

const shift = { days: -10, seconds: 3661 };

describe("shiftDate", () => {
  it.each([
    ["20240305", undefined, "20240224"],
    ["2024.03.05", undefined, "20240224"],
    ["20230305", undefined, "20230223"],
    ["20240101", "235959", "20231223"],
    ["20240101", "225858", "20231222"],
  ])("%s at %s becomes %s", (date, time, expected) => {
    expect(shiftDate(date, time, shift)).toBe(expected);
  });

  it.each(["", "20241301", "20240230", "2024", "yesterday", "00000000"])("%s is no date", (text) => {
    expect(shiftDate(text, undefined, shift)).toBeUndefined();
  });
});

describe("shiftTime", () => {
  it.each([
    ["12", "13"],
    ["1230", "1331"],
    ["123000", "133101"],
    ["235959.5", "010100.5"],
    ["12:30:00", "133101"],
  ])("%s becomes %s", (time, expected) => {
    expect(shiftTime(time, shift)).toBe(expected);
  });

  it.each(["25", "1260", "noon", "1"])("%s is no time", (text) => {
    expect(shiftTime(text, shift)).toBeUndefined();
  });
});

describe("shiftDateTime", () => {
  it.each([
    ["20240305", "20240224"],
    ["20240305123000.25+0100", "20240224133101.25"],
    ["20240305235900", "20240225010001"],
  ])("%s becomes %s", (text, expected) => {
    expect(shiftDateTime(text, shift)).toBe(expected);
  });

  it("keeps every interval between two moments of a patient", () => {
    const moment = fc.integer({ min: 0, max: 3e9 }).map((n) => new Date(n * 1000).toISOString());
    const written = (iso: string) => iso.replace(/[-T:]/g, "").slice(0, 14);
    const read = (text = "") =>
      Date.parse(text.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z"));
    const any = fc.record({
      days: fc.integer({ min: -3652, max: -1 }),
      seconds: fc.integer({ min: 0, max: 86399 }),
    });
    fc.assert(
      fc.property(moment, moment, any, (a, b, by) => {
        const moved = [a, b].map((one) => read(shiftDateTime(written(one), by)));
        expect(moved[1] - moved[0]).toBe(Date.parse(b) - Date.parse(a));
        const date = shiftDate(written(a).slice(0, 8), written(a).slice(8), by);
        expect(`${date}${shiftTime(written(a).slice(8), by)}`).toBe(shiftDateTime(written(a), by));
      }),
    );
  });
});
