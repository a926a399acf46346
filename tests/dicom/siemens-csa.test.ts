import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readCsa } from "../../src/dicom/siemens-csa.js";
import { present, shared } from "./real-data.js";

const folder = "dicom-nibabel-nicom";
const names = ["NumberOfImagesInMosaic", "SliceNormalVector", "B_value"];

/** Values as nibabel's own tests have them. */
const files = [
  ["csa2_b0.bin", { NumberOfImagesInMosaic: ["48"], B_value: ["0"] }],
  ["csa2_b1000.bin", { NumberOfImagesInMosaic: ["48"], B_value: ["1000"] }],
] as const;

describe.skipIf(!present(folder))("readCsa", () => {
  it.each(files)("%s", (file, expected) => {
    const bytes = readFileSync(join(shared, folder, file));
    const read = readCsa(bytes, names);
    expect(read).toMatchObject(expected);
    const [x, y, z] = read["SliceNormalVector"].map(Number);
    expect(Math.hypot(x, y, z)).toBeCloseTo(1, 5);
  });

  it("survives headers that lie", () => {
    const zero = gunzipSync(readFileSync(join(shared, folder, "csa2_zero_len.bin.gz")));
    expect(readCsa(zero, names)).toHaveProperty("B_value");
    const many = readFileSync(join(shared, folder, "csa_str_1001n_items.bin"));
    expect(readCsa(many, names)["SliceNormalVector"]).toEqual([]);
    expect(readCsa(Buffer.alloc(3), names)["B_value"]).toEqual([]);
    expect(readCsa(Buffer.alloc(200, 255), names)["B_value"]).toEqual([]);
  });
});
