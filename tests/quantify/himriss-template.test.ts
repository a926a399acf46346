import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { himrissTemplate, readHimrissTemplate, studyHimriss } from "../../src/quantify/himriss-template.js";
import { quantify } from "../../src/quantify/quantify.js";
import type { Affine, Mask } from "../../src/volume/volume.js";

let dir = "";
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "marrow-himriss-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));

const read = async (text: string) => {
  const file = join(dir, "template.yaml");
  await writeFile(file, text);
  return readHimrissTemplate(file);
};

/** Three slices a hip, the whole head one region, effusion in one grade from 1 mm. */
const small = `
source: "Training module of a centre, version 3"
slices: {anterior: 1, central: 1, posterior: 1, minimum: 3}
items:
  - {name: head, title: Head, label: bone-marrow-oedema, bone: head, points: {anterior: 1, central: 1, posterior: 0}, maximum: 2}
  - {name: fluid, title: Fluid, label: effusion, gradesMm: [1], points: {anterior: 1, central: 1, posterior: 1}, maximum: 3}
`;

/** One hip in three coronal slices, from the front: oedema in the first and the last, effusion in the second. */
const coronal: Affine = [1, 0, 0, 20, 0, 0, 3, -10, 0, -1, 0, 5, 0, 0, 0, 1];
const slices = ["012110", "331110", "012110"].map((row) => row.repeat(4)).join("");
const mask: Mask = { data: Uint8Array.from(slices, Number), size: [6, 4, 3], affine: coronal };
const labels = ["femoral-head", "bone-marrow-oedema", "effusion"].map((name, n) => ({ value: n + 1, name }));

describe("a HIMRISS template", () => {
  it("of the documentation is the shipped one", async () => {
    const text = await readFile("docs/reference/quantification.md", "utf8");
    const [, yaml = ""] = /## HIMRISS template[^]*?```yaml\n([^]*?)```/.exec(text) ?? [];
    const { items, slices: rule } = await read(yaml);
    expect({ items, slices: rule }).toEqual({ items: himrissTemplate.items, slices: himrissTemplate.slices });
  });

  it("of a file decides what is scored, and goes with the result", async () => {
    const himriss = await read(small);
    const { measurements, basis } = quantify({ mask, labels }, ["himriss"], { himriss });
    const points = measurements
      .filter(({ measure, value }) => measure === "himriss-item" && value !== null)
      .map(({ label, value }) => [label, value]);
    // Oedema counts in front and in the middle: the first slice alone. Effusion is 2 mm thick in the second.
    expect(points).toEqual([
      ["head", 1],
      ["fluid", 1],
    ]);
    expect(basis.options.himriss.source).toBe("Training module of a centre, version 3");
  });

  it("of a study is its himriss.yaml, else the shipped one, which says what is provisional", async () => {
    expect(await studyHimriss(dir)).toBe(himrissTemplate);
    expect(himrissTemplate.provisional).toMatch(/Not confirmed/);
    await writeFile(join(dir, "himriss.yaml"), small);
    expect((await studyHimriss(dir)).items).toHaveLength(2);
  });

  it.each([
    ["points that do not fill the range", small.replace("maximum: 2", "maximum: 65"), /add up to 2, the range ends at 65/],
    ["more points than grades", small.replace("gradesMm: [1], points: {anterior: 1", "gradesMm: [1], points: {anterior: 2"), /more points than grades/],
    ["no bone", small.replace(" bone: head,", ""), /either bone or gradesMm/],
    ["no source", small.replace(/source.*/, ""), /source/],
    ["an entry that there is not", `${small}range: 3\n`, /range/],
    ["no YAML", "items: [", /QUANTIFY_TEMPLATE/],
  ])("is refused with %s", async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({ code: "QUANTIFY_TEMPLATE" });
    await expect(read(text)).rejects.toThrow(message);
  }); // prettier-ignore
});
