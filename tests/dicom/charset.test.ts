/** Names against pydicom's decoding of its own test files (fixtures/charset-names.json). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeText } from "../../src/dicom/charset.js";
import { text } from "../../src/dicom/values.js";
import { load, present, shared } from "./real-data.js";

const fixture = JSON.parse(
  readFileSync(new URL("./fixtures/charset-names.json", import.meta.url), "utf8"),
) as { names: Record<string, string> };
const folder = join("dicom-pydicom", "charset_files");

describe.skipIf(!present(folder))("real names", () => {
  it.each(Object.entries(fixture.names))("%s", (file, name) => {
    // Empty component groups may be written or not (PS3.5 section 6.2.1.2); pydicom drops them.
    expect(text(load(join(shared, folder, file)).dataset, "00100010")?.replace(/=+$/, "")).toBe(name);
  });
});

/** Examples of PS3.5 annexes H, I and J. */
const examples = [
  [
    "Japanese",
    "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
    ["", "ISO 2022 IR 87"],
    "Yamada^Tarou=山田^太郎",
  ],
  [
    "Korean",
    "Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7",
    ["", "ISO 2022 IR 149"],
    "Hong^Gildong=洪^吉洞",
  ],
  ["Greek", "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", ["ISO_IR 126"], "Διονυσιος"],
  ["Russian", "\xbb\xee\xda\x63\x65\xdc\xd1\x79\x70\xd3", ["ISO_IR 144"], "Люкceмбypг"],
  ["Chinese", "Zhang^XiaoDong=\xd5\xc5^\xd0\xa1\xb6\xab", ["GB18030"], "Zhang^XiaoDong=张^小东"],
] as const;

describe("decodeText", () => {
  it.each(examples)("%s", (_, bytes, charset, expected) => {
    expect(decodeText(Buffer.from(bytes, "latin1"), charset)).toBe(expected);
  });

  it("tries UTF-8, then Latin-1, where no set is declared", () => {
    expect(decodeText(Buffer.from("Müller", "utf8"), [])).toBe("Müller");
    expect(decodeText(Buffer.from("Müller", "latin1"), [])).toBe("Müller");
  });
});
