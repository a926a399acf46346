import { describe, expect, it } from "vitest";
import { overviewPage } from "../../src/report/overview.js";
import { progressSvg } from "../../src/report/progress.js";

const page = overviewPage({
  title: "Study <1>",
  introduction: "Synthetic.",
  runs: [{ name: "unet-2d", facts: { epochs: 40, Dice: 0.91234 }, figure: progressSvg([]) }],
  tables: [{ title: "Dice", columns: [{ title: "Case" }], rows: [["a&b"]] }],
  pictures: [{ title: "sub-1", pictures: [{ caption: "slice 3", png: Uint8Array.of(137, 80, 78, 71) }] }],
  next: [{ command: "marrow segment --model m.onnx < x", why: "Segment a new image" }],
  made: "seed 7",
});

describe("overviewPage", () => {
  it("holds everything it needs", () => {
    const sources = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]);
    expect(sources).toHaveLength(2);
    for (const source of sources) expect(source).toMatch(/^data:image\/(png|svg\+xml);base64,/);
    expect(page).not.toMatch(/<script|@import|url\(/);
    expect(sources[1]).toBe("data:image/png;base64,iVBORw==");
  });

  it("says what it is for, and works in light and dark", () => {
    expect(page.match(/Research use only/g)?.length).toBeGreaterThan(1);
    expect(page).toContain("prefers-color-scheme:dark");
  });

  it("escapes what it is given", () => {
    expect(page).toContain("<title>Study &lt;1&gt;</title>");
    expect(page).toContain("<td>a&amp;b</td>");
    expect(page).toContain("m.onnx &lt; x");
  });

  it("shows whole numbers whole and others with three digits", () => {
    expect(page).toContain("<dt>epochs</dt><dd>40</dd><dt>Dice</dt><dd>0.912</dd>");
  });

  it("leaves empty sections out", () => {
    const bare = overviewPage({ title: "x", runs: [], tables: [], pictures: [], next: [] });
    expect(bare).not.toContain("<h2>");
  });
});
