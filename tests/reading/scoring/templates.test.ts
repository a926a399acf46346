import { describe, expect, it } from "vitest";
import { himrissTemplate } from "../../../src/quantify/himriss-template.js";
import type { ScoredCell, ScoringTemplate } from "../../../src/reading/contract/index.js";
import { scoringTemplateSchema, templateNames } from "../../../src/reading/contract/index.js";
import { scoringTemplates as templatesWith } from "../../../src/reading/scoring/templates.js";
import { scoreTotals } from "../../../src/reading/scoring/totals.js";

const scoringTemplates = templatesWith(himrissTemplate);
const template = (name: string) => scoringTemplates.find((one) => one.name === name) as ScoringTemplate;

/** A sheet on which everything has all its points. */
function everything({ groups, items }: ScoringTemplate): ScoredCell[] {
  let next = 0;
  return groups.flatMap(({ name, count }) =>
    Array.from({ length: count }, () => next++).flatMap((slice) =>
      items.flatMap((item) =>
        (["right", "left"] as const).flatMap((side) =>
          Array.from({ length: item.regions[name].count }, (_, region) => ({
            ...{ item: item.name, slice, side, region, points: item.regions[name].most },
          })),
        ),
      ),
    ),
  );
}

describe("scoring templates", () => {
  it("are as the contract has them, one for each name", () => {
    expect(scoringTemplates.map(({ name }) => name)).toEqual([...templateNames]);
    for (const one of scoringTemplates) expect(scoringTemplateSchema.parse(one)).toEqual(one);
  });

  // Published ranges: SPARCC SSS 0–40, 0–40, 0–20, 0–20; SPARCC inflammation 48 + 12 + 12 = 72; HIMRISS of a hip as in quantify.
  const published: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    "sparcc-sss": { fat: 40, erosion: 40, backfill: 20, ankylosis: 20 },
    "sparcc-inflammation": { oedema: 48, intense: 12, deep: 12, total: 72 },
    himriss: { "femoral-bme": 130, "acetabular-bme": 70, "synovitis-effusion": 60, total: 260 },
  };
  for (const name of templateNames)
    it(`${name}: all regions of all slices add up to the published maxima`, () => {
      const totals = scoreTotals(template(name), { cells: everything(template(name)) });
      const both = totals.filter(({ side }) => side === "both");
      expect(Object.fromEntries(both.map(({ item, points }) => [item, points]))).toEqual(published[name]);
      for (const { points, maximum } of totals) expect(points).toBe(maximum);
    });

  it("takes HIMRISS from the template that masks are scored with", () => {
    const { items, groups, minimum } = template("himriss");
    expect(items.map(({ name, maximum }) => [name, maximum])).toEqual(
      himrissTemplate.items.map(({ name, maximum }) => [name, maximum]),
    );
    expect(groups.map(({ count }) => count)).toEqual([5, 5, 5]);
    expect(minimum).toBe(5);
  });

  it("scores HIMRISS as a study's own template has it", () => {
    const item = {
      ...{ name: "effusion", title: "Effusion", label: "effusion", gradesMm: [1, 3, 5] },
      ...{ points: { anterior: 0, central: 2, posterior: 1 }, maximum: 7 },
    };
    const slices = { anterior: 0, central: 3, posterior: 1, minimum: 3 };
    const [own] = templatesWith({ source: "Training module", provisional: "", slices, items: [item] });
    expect(own.groups.map(({ name, count }) => [name, count])).toEqual([
      ["central", 3],
      ["posterior", 1],
    ]);
    expect(own.items[0].regions).toEqual({
      central: { kind: "hip", count: 1, most: 2 },
      posterior: { kind: "hip", count: 1, most: 1 },
    });
    const most = scoreTotals(own, { cells: everything(own) }).find(({ side }) => side === "left");
    expect([most?.points, most?.maximum]).toEqual([7, 7]);
  });

  it("adds points by side and item", () => {
    const cells: ScoredCell[] = [
      { item: "oedema", slice: 3, side: "left", region: 0, points: 1 },
      { item: "oedema", slice: 4, side: "left", region: 3, points: 1 },
      { item: "oedema", slice: 3, side: "right", region: 2, points: 1 },
      { item: "deep", slice: 3, side: "right", region: 0, points: 1 },
    ];
    const of = (item: string, side: string) =>
      scoreTotals(template("sparcc-inflammation"), { cells }).find(
        (row) => row.item === item && row.side === side,
      )?.points;
    expect([of("oedema", "left"), of("oedema", "right"), of("oedema", "both")]).toEqual([2, 1, 3]);
    expect([of("deep", "both"), of("intense", "both"), of("total", "right"), of("total", "both")]).toEqual([
      1, 0, 2, 4,
    ]);
  });
});
