/**
 * What is scored by eye, as data; one form shows it and one checker reads it. Slices, ranges and limits that the masks are
 * measured with too come from `src/quantify`, so that a reader's points and a mask's are points of the same thing.
 */
import { himrissTemplate, type HimrissItem } from "../../quantify/himriss.js";
import { zones } from "../../quantify/slice-rule.js";
import { templates as sparcc } from "../../quantify/sparcc.js";
import type { RegionKind, ScoringItem, ScoringTemplate } from "../contract/index.js";

const present = ["no", "yes"];
const cartilaginous = (count: number) => [{ name: "slices", title: "Slices", count }];

/** An item that is scored alike in every slice, on both sides. */
function everySlice(
  name: string,
  title: string,
  hint: string,
  [kind, count]: readonly [RegionKind, number],
  slices: number,
): ScoringItem {
  const regions = { slices: { kind, count } };
  return { name, title, hint, regions, grades: present, maximum: 2 * slices * count };
}

const hipHints: Readonly<Record<string, string>> = {
  "femoral-bme": "One point for each field of the head with marrow oedema.",
  "acetabular-bme": "One point for each sector of the acetabulum with marrow oedema.",
  "synovitis-effusion": "By the largest thickness in the slice.",
};

/** Regions of an item by its zones' points: fields of the head, sectors round it, or grades of the whole hip. */
function hipItem({ name, title, points, maximum, gradesMm, label }: HimrissItem): ScoringItem {
  const kind: RegionKind = gradesMm ? "hip" : name === "femoral-bme" ? "fields" : "sectors";
  const regions = Object.fromEntries(
    zones.map((zone) => [zone, { kind, count: gradesMm ? 1 : points[zone] }]),
  );
  const grades = gradesMm
    ? [`under ${gradesMm[0]} mm`, ...gradesMm.map((limit) => `${limit} mm or more`)]
    : present;
  return { name, title, hint: hipHints[name] ?? label, regions, grades, maximum };
}

const sss = sparcc.fat.slices;
const inflamed = sparcc.inflammation.slices;
const quadrants = ["quadrants", 4] as const;
const halves = ["halves", 2] as const;
const joint = ["joint", 1] as const;

export const scoringTemplates: readonly ScoringTemplate[] = [
  {
    ...{ name: "himriss", title: "HIMRISS (hips, STIR)", layout: "head-box" },
    groups: zones.map((zone) => ({
      name: zone,
      title: `${zone[0].toUpperCase()}${zone.slice(1)}`,
      count: himrissTemplate.slices[zone],
    })),
    minimum: himrissTemplate.slices.minimum,
    items: himrissTemplate.items.map(hipItem),
    ...{ isSummed: true, isBySide: true },
    source: himrissTemplate.source,
    provisional: himrissTemplate.provisional,
  },
  {
    ...{ name: "sparcc-sss", title: "SPARCC SSS (sacroiliac joints, T1)", layout: "joint-line" },
    groups: cartilaginous(sss),
    minimum: 1,
    items: [
      everySlice("fat", "Fat metaplasia", "Quadrants with fat metaplasia.", quadrants, sss),
      everySlice("erosion", "Erosion", "Quadrants with erosion.", quadrants, sss),
      everySlice("backfill", "Backfill", "Halves of the joint with backfill.", halves, sss),
      everySlice("ankylosis", "Ankylosis", "Halves of the joint with ankylosis.", halves, sss),
    ],
    ...{ isSummed: false, isBySide: false },
    source:
      "Maksymowych et al., J Rheumatol 42:79 (2015), doi 10.3899/jrheum.140519: five consecutive slices through the " +
      "cartilaginous joint, present or absent; fat 0–40 and erosion 0–40 by quadrants, backfill 0–20 and ankylosis 0–20 by halves",
    provisional: "",
  },
  {
    ...{
      name: "sparcc-inflammation",
      title: "SPARCC inflammation (sacroiliac joints, STIR)",
      layout: "joint-line",
    },
    groups: cartilaginous(inflamed),
    minimum: 1,
    items: [
      everySlice("oedema", "Marrow oedema", "Quadrants with marrow oedema.", quadrants, inflamed),
      everySlice(
        ...(["intense", "Intense", "As bright as presacral vessels or fluid in this slice.", joint] as const),
        inflamed,
      ),
      everySlice(
        ...([
          "deep",
          "Deep",
          `Without a gap ${sparcc.inflammation.deepMm} mm or more from the joint.`,
          joint,
        ] as const),
        inflamed,
      ),
    ],
    ...{ isSummed: true, isBySide: false },
    source:
      "Maksymowych et al., Arthritis Rheum 53:703 (2005), doi 10.1002/art.21445: six consecutive slices, quadrants 0–48, " +
      "intense 0–12 and deep 0–12 by joint and slice",
    provisional: "",
  },
];

export function scoringTemplate(name: string): ScoringTemplate {
  const found = scoringTemplates.find((one) => one.name === name);
  if (!found) throw new TypeError(`no scoring template ${name}`);
  return found;
}
