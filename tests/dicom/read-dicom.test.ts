import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { MarrowError } from "../../src/base/errors.js";
import { swapped } from "../../src/dicom/byte-order.js";
import { emptyDataSet, type DataSet } from "../../src/dicom/data-set.js";
import { readDicom } from "../../src/dicom/read-dicom.js";
import { setItems, setNumbers, setText } from "../../src/dicom/set-values.js";
import { items, number, numbers, text, texts } from "../../src/dicom/values.js";
import { vrRow, type Vr } from "../../src/dicom/vr.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import { sliceOf } from "./make-dicom.js";

/** Encodes a data set by the rules of PS3.5 section 7.1, independently of the writer. */
function encode(dataset: DataSet, explicit: boolean, little: boolean): Buffer {
  const parts = [...dataset.elements]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, element]) => {
      const value =
        "items" in element ? itemsOf(element.items) : "bytes" in element ? element.bytes : Buffer.alloc(0);
      const bytes = little ? value : swapped(value, vrRow(element.vr).unit);
      return Buffer.concat([head(tag, element.vr, bytes.length), bytes]);
    });
  return Buffer.concat(parts);

  function itemsOf(list: readonly DataSet[]): Buffer {
    return Buffer.concat(
      list.flatMap((one) => {
        const body = encode(one, explicit, little);
        return [head("FFFEE000", "UN", body.length, true), body];
      }),
    );
  }

  function head(tag: string, vr: Vr, length: number, plain = false): Buffer {
    const long = explicit && !plain && vrRow(vr).long;
    const out = Buffer.alloc(long ? 12 : 8);
    const u16 = (n: number, at: number) => (little ? out.writeUInt16LE(n, at) : out.writeUInt16BE(n, at));
    const u32 = (n: number, at: number) => (little ? out.writeUInt32LE(n, at) : out.writeUInt32BE(n, at));
    u16(parseInt(tag.slice(0, 4), 16), 0);
    u16(parseInt(tag.slice(4), 16), 2);
    if (!explicit || plain) u32(length, 4);
    else out.write(vr, 4, "latin1");
    if (explicit && !plain && long) u32(length, 8);
    else if (explicit && !plain) u16(length, 6);
    return out;
  }
}

function fileWith(body: Uint8Array, transferSyntax: string): Buffer {
  const meta = emptyDataSet();
  setText(meta, "00020010", transferSyntax);
  return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), encode(meta, true, true), body]);
}

const nested = () => {
  const { dataset } = sliceOf({ texts: { "00101010": "042Y" } });
  const inner = emptyDataSet();
  setNumbers(inner, "00189087", [800]);
  setText(inner, "00081150", "1.2.3");
  setItems(dataset, "00081140", [inner]);
  return dataset;
};

const encodings = [
  ["implicit little endian", "1.2.840.10008.1.2", false, true],
  ["explicit little endian", "1.2.840.10008.1.2.1", true, true],
  ["explicit big endian", "1.2.840.10008.1.2.2", true, false],
] as const;

const plain = (dataset: DataSet): unknown =>
  [...dataset.elements]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, element]) =>
      "items" in element
        ? [tag, element.items.map(plain)]
        : "bytes" in element
          ? [tag, Buffer.from(element.bytes).toString("hex")]
          : [tag, element.fragments.length],
    );

describe("readDicom", () => {
  it.each(encodings)("reads %s", (_, uid, explicit, little) => {
    const { dataset, problems } = readDicom(fileWith(encode(nested(), explicit, little), uid), "f");
    expect(problems).toEqual([]);
    expect(plain(dataset)).toEqual(plain(nested()));
    expect(number(items(dataset, "00081140")[0], "00189087")).toBe(800);
  });

  it.each(encodings)("reads %s that claims to be something else, and says so", (_, uid, explicit, little) => {
    const other = uid === "1.2.840.10008.1.2" ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2";
    const { dataset, problems } = readDicom(fileWith(encode(nested(), explicit, little), other), "f");
    expect(plain(dataset)).toEqual(plain(nested()));
    expect(problems[0]).toMatch(/not encoded as/);
  });

  it.each(encodings)("reads %s without preamble and header", (_, __, explicit, little) => {
    const { dataset } = readDicom(encode(nested(), explicit, little), "f");
    expect(plain(dataset)).toEqual(plain(nested()));
  });

  it("reads deflated data, and what is there of data cut off", () => {
    const body = deflateRawSync(encode(nested(), true, true));
    const whole = readDicom(fileWith(body, "1.2.840.10008.1.2.1.99"), "f");
    expect(plain(whole.dataset)).toEqual(plain(nested()));
    const cut = readDicom(fileWith(body.subarray(0, body.length - 20), "1.2.840.10008.1.2.1.99"), "f");
    expect(text(cut.dataset, "00080060")).toBe("MR");
    expect(cut.problems.length).toBeGreaterThan(0);
  });

  it("keeps the beginning of a truncated file", () => {
    const whole = encode(nested(), true, true);
    const { dataset, problems } = readDicom(
      fileWith(whole.subarray(0, whole.length - 5), "1.2.840.10008.1.2.1"),
      "f",
    );
    expect(text(dataset, "0020000D")).toBe("1.2.3");
    expect(problems).toEqual(["(7FE0,0010) needs 24 bytes, 19 are there"]);
  });

  it("writes what it reads: nested, private, odd lengths, encapsulated", () => {
    const dataset = nested();
    setText(dataset, "00090010", "MAKER");
    dataset.elements.set("00091001", { vr: "UN", bytes: Uint8Array.of(1, 2, 3, 4) });
    dataset.elements.set("7FE00010", {
      vr: "OB",
      fragments: [new Uint8Array(0), Uint8Array.of(255, 216, 1, 2)],
    });
    const uid = "1.2.840.10008.1.2.4.70";
    const bytes = writeDicom({ meta: emptyDataSet(), dataset, transferSyntax: uid, problems: [] });
    const back = readDicom(bytes, "f");
    expect(back.problems).toEqual([]);
    expect(back.transferSyntax).toBe(uid);
    expect(plain(back.dataset)).toEqual(plain(dataset));
    expect(Buffer.from(writeDicom(back)).equals(Buffer.from(bytes))).toBe(true);
  });

  it("stops at a depth that no file needs", () => {
    const open = Buffer.from("08004011535100 00ffffffff feff00e0ffffffff".replaceAll(" ", ""), "hex");
    const bytes = Buffer.concat([
      Buffer.alloc(128),
      Buffer.from("DICM"),
      ...Array<Buffer>(50_000).fill(open),
    ]);
    expect(readDicom(bytes, "f").problems.some((one) => one.includes("32 deep"))).toBe(true);
  });

  it.each([
    ["nothing", Buffer.alloc(0), "DICOM_NOT_DICOM"],
    ["text", Buffer.from("just some text that goes on a while"), "DICOM_NOT_DICOM"],
    ["a header alone", fileWith(Buffer.alloc(0), "1.2.840.10008.1.2.1"), "DICOM_DAMAGED"],
    ["broken deflate", fileWith(Buffer.alloc(99, 7), "1.2.840.10008.1.2.1.99"), "DICOM_DAMAGED"],
  ])("refuses %s by its code", (_, bytes, code) => {
    const read = () => readDicom(bytes, "f");
    expect(read).toThrow(MarrowError);
    expect(read).toThrow(code);
  });
});

describe("values", () => {
  it("are decoded by their VR, and by the dictionary where it is unknown", () => {
    const dataset = emptyDataSet();
    setText(dataset, "00280030", ["0.5", " 0,75 "]);
    dataset.elements.set("00280010", { vr: "UN", bytes: Uint8Array.of(0, 1) });
    dataset.elements.set("2005100E", { vr: "UN", bytes: new Uint8Array(Float32Array.of(2.5).buffer) });
    expect(numbers(dataset, "00280030")).toEqual([0.5, 0.75]);
    expect(number(dataset, "00280010")).toBe(256);
    expect(number(dataset, "2005100E", "FL")).toBe(2.5);
  });

  it("are missing where they make no sense", () => {
    const dataset = emptyDataSet();
    setText(dataset, "00180081", "abc");
    setText(dataset, "00180080", "");
    expect([numbers(dataset, "00180081"), number(dataset, "00180080"), texts(dataset, "00100010")]).toEqual([
      [],
      undefined,
      [],
    ]);
    expect(text(dataset, "00180080")).toBeUndefined();
  });
});
