import { describe, expect, it } from "vitest";
import { dateOf, dateStyles } from "../../../src/study/spreadsheet/number-format.js";
import { xmlEvents } from "../../../src/study/spreadsheet/xml.js";

const all = (xml: string) => [...xmlEvents(xml)];

describe("xmlEvents", () => {
  it("gives elements, attributes and texts without prefixes, comments and declarations", () => {
    const xml = `<?xml version="1.0"?><!-- <no> --><x:a r:id='1' b="&lt;&#65;&#x42;"><c/>t &amp; u<![CDATA[<v>]]></x:a>`;
    expect(all(xml)).toEqual([
      { kind: "open", name: "a", attributes: { id: "1", b: "<AB" } },
      { kind: "open", name: "c", attributes: {} },
      { kind: "close", name: "c" },
      { kind: "text", text: "t & u" },
      { kind: "text", text: "<v>" },
      { kind: "close", name: "a" },
    ]);
  });

  it.each([["<a"], ["<a b></a>"], ["<!DOCTYPE a [<!ENTITY b 'bb'>]><a>&b;</a>"], ["< a/>"]])(
    "refuses %s",
    (xml) => {
      expect(() => all(xml)).toThrow(SyntaxError);
    },
  );

  it("takes no more time for hostile text", () => {
    expect(() => all(`<a ${"b='' ".repeat(50_000)}`)).toThrow(SyntaxError);
    expect(all("&#x110000;")).toEqual([{ kind: "text", text: "\uFFFD" }]);
  });
});

describe("dates", () => {
  // Serial numbers from ECMA-376 part 1, 18.17.4.1 (1900 and 1904 date bases)
  it.each([
    [1, false, "1900-01-01"],
    [59, false, "1900-02-28"],
    [61, false, "1900-03-01"],
    [43101.5, false, "2018-01-01T12:00:00"],
    [0.25, false, "06:00:00"],
    [0, true, "00:00:00"],
    [1, true, "1904-01-02"],
    [1e12, false, "1000000000000"],
  ])("%d is a date", (serial, from1904, text) => {
    expect(dateOf(serial, from1904)).toBe(text);
  });

  it("are told by their format, not by colours, texts or numbers", () => {
    const formats = ['"days "0.0', "[Red]0.00", "yyyy", "[h]:mm", "0.00E+00", "\\d0"];
    const numFmts = formats.map(
      (code, n) => `<numFmt numFmtId="${200 + n}" formatCode="${code.replaceAll('"', "&quot;")}"/>`,
    );
    const xfs = [0, 14, 22, 23, 200, 201, 202, 203, 204, 205].map((id) => `<xf numFmtId="${id}"/>`);
    const xml = `<s><numFmts>${numFmts.join("")}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${xfs.join("")}</cellXfs></s>`;
    expect(dateStyles(xml)).toEqual([false, true, true, false, false, false, true, true, false, false]);
  });
});
