import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readTable } from "../../../src/study/spreadsheet/read-table.js";
import { readXlsx } from "../../../src/study/spreadsheet/xlsx.js";

const fixtures = "tests/study/fixtures";
const reference = JSON.parse(readFileSync(join(fixtures, "workbooks.json"), "utf8")) as Record<
  string,
  unknown
>;
const dir = mkdtempSync(join(tmpdir(), "marrow-xlsx-"));
afterAll(() => rmSync(dir, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
}

describe("readXlsx", () => {
  it.each(["workbook.xlsx", "workbook-inline.xlsx", "workbook-1904.xlsx"])(
    "reads the cells of %s as openpyxl does: dates, booleans, formulas, shared and inline texts",
    async (name) => {
      expect(await readXlsx(join(fixtures, name))).toEqual(reference[name]);
    },
  );

  it("reads the sheet that is asked for", async () => {
    const file = join(fixtures, "workbook-sheets.xlsx");
    expect(await readXlsx(file, "second")).toEqual(reference["workbook-sheets.xlsx"]);
    await expect(readXlsx(file)).rejects.toThrow(/found: {4}first, second, codes\s+next: {5}.*--sheet/);
    await expect(readXlsx(file, "third")).rejects.toThrow("a sheet third");
  });

  it("refuses damaged workbooks with TABLE_INVALID, wherever they are cut or changed", async () => {
    const whole = readFileSync(join(fixtures, "workbook.xlsx"));
    const outcomes = new Set<string>();
    for (let n = 0; n < 60; n++) {
      const bytes = n % 2 ? whole.subarray(0, (n * whole.length) / 60) : Buffer.from(whole);
      if (n % 2 === 0) for (let k = n; k < bytes.length; k += 97) bytes[k] ^= 0x55;
      const error = await readXlsx(fileOf("damaged.xlsx", bytes)).catch((thrown: unknown) => thrown as Error);
      outcomes.add(error instanceof Error ? error.message.split(":")[0] : "read");
    }
    expect([...outcomes]).toEqual(["TABLE_INVALID"]);
  });
});

describe("readTable", () => {
  it("tells formats by content: a workbook, text in UTF-8 and UTF-16", async () => {
    const workbook = await readTable(join(fixtures, "workbook.xlsx"));
    expect([workbook.numbers, workbook.rows[1]["share"]]).toEqual([[2, 4], "1e-7"]);
    const utf16 = fileOf("unicode.txt", Buffer.from("\uFEFFid\tage\n\nÖ\t4\n", "utf16le"));
    expect(await readTable(utf16)).toEqual({
      columns: ["id", "age"],
      rows: [{ id: "Ö", age: "4" }],
      numbers: [3],
    });
    expect((await readTable(fileOf("a.csv", "id,age\n1,2\n"))).rows).toEqual([{ id: "1", age: "2" }]);
  });

  it("says what to do with old or locked workbooks", async () => {
    const old = fileOf("old.xls", Buffer.from("d0cf11e0a1b11ae1", "hex"));
    await expect(readTable(old)).rejects.toThrow("Save it as .xlsx without a password");
  });
});
