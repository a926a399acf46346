import { describe, expect, it } from "vitest";
import { numberColumn, parseDelimited, textColumn } from "../../src/study/delimited.js";

const read = (text: string) => parseDelimited(text, "table.csv");
/** Message of what is thrown. */
function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing thrown";
}

describe("parseDelimited", () => {
  it.each([
    ["comma", "a,b\n1,2\n"],
    ["semicolon", "a;b\r\n1;2\r\n"],
    ["tab", "\uFEFFa\tb\n1\t2"],
    ["quotes", '"a","b"\n"1",2\n\n'],
  ])("reads %s", (_, text) => {
    expect(read(text)).toEqual({ columns: ["a", "b"], rows: [{ a: "1", b: "2" }] });
  });

  it("keeps delimiters, quotes and line ends inside quoted cells, and an umlaut", () => {
    const { columns, rows } = read('name,"age, years"\n"Ödem ""left""\nside",3\n');
    expect([columns, rows]).toEqual([
      ["name", "age, years"],
      [{ name: 'Ödem "left"\nside', "age, years": "3" }],
    ]);
  });

  it("leaves missing cells out, however they are written", () => {
    expect(read("a,b,c\nNA,,n/a\n.,NaN,null\n1,2,3\n").rows).toEqual([{}, {}, { a: "1", b: "2", c: "3" }]);
  });

  it.each([
    ["an empty file", "", "no text"],
    ["a short row", "a,b\n1\n", "row 2"],
    ["a long row", "a,b\n1,2\n1,2,3\n", "row 3"],
    ["an open quote", 'a,b\n"1,2\n', "closing"],
    ["a double name", "a,a\n1,2\n", "two columns a"],
    ["a column without a name", "a,\n1,2\n", "column 2 without a name"],
  ])("refuses %s", (_, text, said) => {
    const message = messageOf(() => read(text));
    expect(message).toContain("TABLE_INVALID");
    expect(message).toContain(said);
  });
});

describe("columns", () => {
  const table = read("id;crp;esr\nx;1.5;3,5\ny;;4\n");
  it("are texts or numbers, missing ones empty or NaN", () => {
    expect(textColumn(table, "crp", "t")).toEqual(["1.5", ""]);
    expect(numberColumn(table, "crp", "t")).toEqual([1.5, NaN]);
  });

  it("say what is wrong", () => {
    expect(messageOf(() => numberColumn(table, "esr", "t"))).toContain("decimal points");
    expect(messageOf(() => numberColumn(table, "id", "t"))).toContain("row 2");
    expect(messageOf(() => textColumn(table, "age", "t"))).toContain("id, crp, esr");
  });
});
