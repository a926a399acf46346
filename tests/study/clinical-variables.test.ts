import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { himrissTemplate } from "../../src/quantify/himriss-template.js";
import { clinicalVariable, clinicalVariables } from "../../src/study/clinical-variables.js";

describe("clinical variables", () => {
  it("are all in the documentation", async () => {
    const text = await readFile("docs/reference/study-folder.md", "utf8");
    for (const { name } of clinicalVariables) expect(text).toContain(`\`${name}\``);
  });

  it("have HIMRISS's maxima, of two hips", () => {
    const [femoral, acetabular, synovitis] = himrissTemplate.items.map(({ maximum }) => 2 * maximum);
    const most = (name: string) => clinicalVariable(name).range?.[1];
    expect(most("himriss_bme")).toBe(femoral + acetabular);
    expect(most("himriss_synovitis")).toBe(synovitis);
    expect(most("himriss")).toBe(femoral + acetabular + synovitis);
  });
});
