/** Every row of the table gets a value that stands nowhere else; none of them may be in the output's bytes. */
import { describe, expect, it } from "vitest";
import type { DataSet, Element, Tag } from "../../../src/dicom/data-set.js";
import { dictionaryVr } from "../../../src/dicom/dictionary.js";
import { deidentifier } from "../../../src/dicom/deidentify/deidentify.js";
import { profileOptions, researchOptions, type OptionName } from "../../../src/dicom/deidentify/options.js";
import { standardRows, type ProfileRow } from "../../../src/dicom/deidentify/profile.js";
import { padded, setItems } from "../../../src/dicom/set-values.js";
import { vrRow, type Vr } from "../../../src/dicom/vr.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { fileOf, key } from "./make-file.js";

/** A valid text of the VR that holds `n`, or bytes that spell it. */
const planted: Partial<Record<Vr, (n: number) => string>> = {
  AE: (n) => `PLANT${n}`,
  AS: (n) => `${n % 1000}Y`.padStart(4, "0"),
  DA: (n) => `${1930 + (n % 60)}${String(1 + (n % 12)).padStart(2, "0")}${String(10 + (n % 18))}`,
  DS: (n) => `7${n}.125`,
  DT: (n) => `${1930 + (n % 60)}0317${String(10 + (n % 13))}2233.${100000 + n}`,
  IS: (n) => `7${n}00`,
  TM: (n) => `${String(10 + (n % 13))}4455.${100000 + n}`,
  UI: (n) => `1.2.99.${n}.7`,
};
const valueOf = (vr: Vr, n: number) => planted[vr]?.(n) ?? `PLANTED-${n}-VALUE`;

const tags = standardRows
  .map(({ tag }) =>
    tag.startsWith("60xx") ? tag.replace("xx", "02") : tag === "50xxxxxx" ? "50023000" : tag,
  )
  .filter((tag) => tag !== "private" && !/^000[024]/.test(tag) && tag !== "00420011");

function plant(dataset: DataSet, offset: number): Planted[] {
  const values: Planted[] = [];
  tags.forEach((tag, n) => {
    const vr = dictionaryVr(tag);
    if (dataset.elements.has(tag) || tag === "0040A730") return;
    const value = valueOf(vr, n + offset);
    values.push({ tag, value });
    dataset.elements.set(tag, vr === "SQ" ? { vr, items: [itemWith(value)] } : valueElement(vr, value));
  });
  return values;
}

interface Planted {
  readonly tag: Tag;
  readonly value: string;
}

const valueElement = (vr: Exclude<Vr, "SQ">, value: string): Element => ({
  vr,
  bytes: vrRow(vr).kind === "number" ? new Uint8Array(vrRow(vr).unit) : padded(Buffer.from(value), vr),
});
const itemWith = (value: string): DataSet => ({
  charset: [],
  elements: new Map<Tag, Element>([["00100010", valueElement("PN", value)]]),
});

/** Rows whose values the options keep as they are. */
function keepers(options: readonly OptionName[]): Set<Tag> {
  const actions = (row: ProfileRow) => options.map((name) => row.options[profileOptions[name].column]);
  const kept = standardRows.filter((row) => actions(row).includes("K") && !actions(row).includes("C"));
  return new Set(kept.map(({ tag }) => tag));
}

describe.each([
  ["the Basic Profile", []],
  ["the options for research", researchOptions],
] as [string, OptionName[]][])("with %s", (_, options) => {
  const file = fileOf({});
  const values = plant(file.dataset, 1000);
  const nested: DataSet = { charset: [], elements: new Map() };
  values.push(...plant(nested, 3000));
  setItems(file.dataset, "00081115", [nested]);
  const { file: after } = deidentifier({ key, options }).apply(file);
  const bytes = Buffer.from(writeDicom(after)).toString("latin1");

  it("no planted value is in the output", () => {
    expect(values.length).toBeGreaterThan(1200);
    const kept = keepers(options);
    const found = values.filter(({ tag, value }) => bytes.includes(value) && !kept.has(tag));
    expect(found).toEqual([]);
  });
});
