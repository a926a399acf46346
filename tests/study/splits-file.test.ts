import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeText } from "../../src/study/files.js";
import { formatNnunetSplits, nameTable, readSplits, writeSplits } from "../../src/study/splits-file.js";
import { folder } from "./make-study.js";

const cases = [
  { id: "sub-a1", subject: "sub-a1", sourceId: "a_1" },
  { id: "sub-a2", subject: "sub-a2", sourceId: "a_2" },
  { id: "sub-b_ses-1", subject: "sub-b" },
  { id: "sub-b_ses-2", subject: "sub-b" },
];

async function read(value: unknown) {
  const file = join(await folder(), "splits.json");
  await writeText(file, typeof value === "string" ? value : JSON.stringify(value));
  return readSplits(file, cases);
}

describe("split files", () => {
  it("obeys nnU-Net's splits_final.json, by original names", async () => {
    const splits = await read([
      { train: ["a_1"], val: ["a_2"] },
      { train: ["a_2"], val: ["a_1"] },
    ]);
    expect(splits.folds).toEqual([
      { train: ["sub-a1"], validation: ["sub-a2"] },
      { train: ["sub-a2"], validation: ["sub-a1"] },
    ]);
    expect(JSON.parse(formatNnunetSplits(splits, (id) => id))).toEqual([
      { train: ["sub-a1"], val: ["sub-a2"] },
      { train: ["sub-a2"], val: ["sub-a1"] },
    ]);
  });

  it("reads back what it wrote", async () => {
    const file = join(await folder(), "splits.json");
    const splits = {
      folds: [{ train: ["sub-a1"], validation: ["sub-a2"] }],
      test: ["sub-b_ses-1"],
      external: [],
      origin: "by hand",
    };
    await writeSplits(file, splits);
    expect(await readSplits(file, cases)).toEqual(splits);
  });

  it("lists every unknown name", async () => {
    await expect(read([{ train: ["a_1", "zz"], val: ["yy"] }])).rejects.toThrow(
      /SPLITS_UNKNOWN_CASE[\s\S]*zz, yy/,
    );
  });

  it("refuses a patient in training and validation, or in test as well", async () => {
    const folds = (train: string[], validation: string[]) => [{ train, validation }];
    await expect(read({ folds: folds(["sub-b_ses-1"], ["sub-b_ses-2"]) })).rejects.toThrow(
      /SPLITS_LEAK[\s\S]*sub-b/,
    );
    await expect(
      read({ folds: folds(["a_1", "sub-b_ses-1"], ["a_2"]), test: ["sub-b_ses-2"] }),
    ).rejects.toThrow(/train and test/);
    await expect(read({ folds: [], test: ["a_1"], external: ["a_1"] })).rejects.toThrow("SPLITS_LEAK");
  });

  it("refuses a case named twice on one side, wrong shapes and broken JSON", async () => {
    await expect(read([{ train: ["a_1", "sub-a1"], val: [] }])).rejects.toThrow("SPLITS_INVALID");
    await expect(read({ folds: 3 })).rejects.toThrow("SPLITS_INVALID");
    await expect(read("{")).rejects.toThrow("SPLITS_INVALID");
  });

  it("does not guess a name that two cases share", () => {
    const names = nameTable(cases);
    expect(names.get("sub-b")).toBeUndefined();
    expect(names.get("sub-a1")).toBe("sub-a1");
    expect(names.get("a_2")).toBe("sub-a2");
  });
});
