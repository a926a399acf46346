import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseLabels } from "../../src/cli/label-options.js";
import { parseLabels as parseInitLabels } from "../../src/study/import/labels.js";
import { itkSnapLabels } from "../../src/study/itk-snap-labels.js";

let dir = "";
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "marrow-snap-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));

async function file(text: string): Promise<string> {
  const path = join(dir, "labels.txt");
  await writeFile(path, text);
  return path;
}

/** As ITK-SNAP 4 writes it, with its comment. */
const written = [
  "################################################",
  "# ITK-SnAP Label Description File",
  "# File format: ",
  "# IDX   -R-  -G-  -B-  -A--  VIS MSH  LABEL",
  "################################################",
  '    0     0    0    0        0  0  0    "Clear Label"',
  '    1   255    0    0        1  1  1    "Fat metaplasia"',
  '    6     0  255  255     0.45  1  0    "Bone_Marrow Oedema"',
  "",
].join("\r\n");

const expected = [
  { value: 1, name: "fat-metaplasia" },
  { value: 6, name: "bone-marrow-oedema" },
];

describe("label descriptions of ITK-SNAP", () => {
  it("give names to values, without the clear label", async () => {
    const path = await file(written);
    expect(itkSnapLabels(path)).toEqual(expected);
    expect(parseLabels(path)).toEqual(expected);
    expect(parseInitLabels(path)).toEqual(expected);
  });

  it("are not meant by a list of labels", () => {
    expect(itkSnapLabels("1=fat-metaplasia")).toBeUndefined();
  });

  it.each([
    ["another file", "value,name\n1,fat\n", /line 1/],
    ["a value that no mask of Marrow holds", '300 1 1 1 1 1 1 "Fat"', /255 at most/],
    ["two labels of one name", '1 1 1 1 1 1 1 "Fat"\n2 1 1 1 1 1 1 "fat"', /different name/],
    ["a label without a name", '1 1 1 1 1 1 1 "--"', /line 1/],
    ["nothing but the clear label", '0 0 0 0 0 0 0 "Clear Label"', /besides the clear one/],
  ])("refuse %s", async (_, text, message) => {
    const path = await file(text);
    expect(() => itkSnapLabels(path)).toThrow(message);
  });
});
