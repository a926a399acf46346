/**
 * What is scored by eye, as data; one form shows it and one checker reads it. Slices, ranges and limits that the masks are
 * measured with too come from `src/quantify`, so that a reader's points and a mask's are points of the same thing.
 */
import { studyHimriss, type HimrissItem, type HimrissTemplate } from "../../quantify/himriss-template.js";
import { zones } from "../../quantify/slice-rule.js";
import { templates as sparcc } from "../../quantify/sparcc.js";
import type { RegionKind, ScoringItem, ScoringTemplate } from "../contract/index.js";

const present = ["no", "yes"];
const cartilaginous = (count: number) => [{ name: "slices", title: "Slices", count }];
const told = (label: string, by: "present" | "deep" = "present") => ({ labels: [label], by, gradesMm: [] });

type Everywhere = Pick<ScoringItem, "name" | "title" | "hint"> & Partial<Pick<ScoringItem, "told">>;

/** An item that is scored alike in every slice, on both sides. */
function everySlice(
  item: Everywhere,
  [kind, count]: readonly [RegionKind, number],
  slices: number,
): ScoringItem {
  const regions = { slices: { kind, count, most: 1 } };
  return { told: null, ...item, regions, grades: present, maximum: 2 * slices * count };
}

/** Regions of an item by its zones' points: fields of the head, sectors round it, or grades of the whole hip. */
function hipItem({ name, title, points, maximum, gradesMm, bone, label }: HimrissItem): ScoringItem {
  const scored = zones.filter((zone) => points[zone] > 0);
  const kind: RegionKind = gradesMm ? "hip" : bone === "head" ? "fields" : "sectors";
  const regions = scored.map((zone) => {
    const [count, most] = gradesMm ? [1, points[zone]] : [points[zone], 1];
    return [zone, { kind, count, most }] as const;
  });
  const words = label.replaceAll("-", " ");
  const hint = gradesMm
    ? "By the largest thickness in the slice."
    : `One point for each region with ${words}.`;
  const grades = gradesMm
    ? [`under ${gradesMm[0]} mm`, ...gradesMm.map((limit) => `${limit} mm or more`)]
    : present;
  const labels = [label, `${label}-synovitis`];
  const by = gradesMm ? "thickness" : "present";
  return {
    ...{ name, title, hint, regions: Object.fromEntries(regions), grades, maximum },
    told: { labels, by, gradesMm: gradesMm ?? [] },
  };
}

const sss = sparcc.fat.slices;
const inflamed = sparcc.inflammation.slices;
const quadrants = ["quadrants", 4] as const;
const halves = ["halves", 2] as const;
const joint = ["joint", 1] as const;

/** HIMRISS as the study has it. */
function himrissForm({ slices, items, source, provisional }: HimrissTemplate): ScoringTemplate {
  const groups = zones
    .filter((zone) => slices[zone] > 0)
    .map((zone) => ({ name: zone, title: `${zone[0].toUpperCase()}${zone.slice(1)}`, count: slices[zone] }));
  return {
    ...{ name: "himriss", title: "HIMRISS (hips, STIR)", layout: "head-box", groups },
    ...{ minimum: slices.minimum, items: items.map(hipItem), isSummed: true, isBySide: true },
    ...{ source, provisional },
  };
}

const sparccForms: readonly ScoringTemplate[] = [
  {
    ...{ name: "sparcc-sss", title: "SPARCC SSS (sacroiliac joints, T1)", layout: "joint-line" },
    groups: cartilaginous(sss),
    minimum: 1,
    items: [
      everySlice(
        {
          ...{ name: "fat", title: "Fat metaplasia", hint: "Quadrants with fat metaplasia." },
          told: told("fat-metaplasia"),
        },
        ...([quadrants, sss] as const),
      ),
      everySlice({ name: "erosion", title: "Erosion", hint: "Quadrants with erosion." }, quadrants, sss),
      everySlice(
        { name: "backfill", title: "Backfill", hint: "Halves of the joint with backfill." },
        halves,
        sss,
      ),
      everySlice(
        { name: "ankylosis", title: "Ankylosis", hint: "Halves of the joint with ankylosis." },
        halves,
        sss,
      ),
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
      everySlice(
        {
          ...{ name: "oedema", title: "Marrow oedema", hint: "Quadrants with marrow oedema." },
          told: told("bone-marrow-oedema"),
        },
        ...([quadrants, inflamed] as const),
      ),
      everySlice(
        { name: "intense", title: "Intense", hint: "As bright as presacral vessels or fluid in this slice." },
        ...([joint, inflamed] as const),
      ),
      everySlice(
        {
          ...{ name: "deep", title: "Deep" },
          hint: `Without a gap ${sparcc.inflammation.deepMm} mm or more from the joint.`,
          told: told("bone-marrow-oedema", "deep"),
        },
        ...([joint, inflamed] as const),
      ),
    ],
    ...{ isSummed: true, isBySide: false },
    source:
      "Maksymowych et al., Arthritis Rheum 53:703 (2005), doi 10.1002/art.21445: six consecutive slices, quadrants 0–48, " +
      "intense 0–12 and deep 0–12 by joint and slice",
    provisional: "",
  },
];

/** All templates; HIMRISS as the study's himriss.yaml has it. */
export const scoringTemplates = (himriss: HimrissTemplate): readonly ScoringTemplate[] => [
  himrissForm(himriss),
  ...sparccForms,
];

/** The templates of a study, read when they are asked for: its HIMRISS may be given a file. */
export class ScoringTemplates {
  constructor(private readonly dir: string) {}

  /** Throws QUANTIFY_TEMPLATE where the study's himriss.yaml cannot be used. */
  async all(): Promise<readonly ScoringTemplate[]> {
    return scoringTemplates(await studyHimriss(this.dir));
  }

  async of(name: string): Promise<ScoringTemplate> {
    const found = (await this.all()).find((one) => one.name === name);
    if (!found) throw new TypeError(`no scoring template ${name}`);
    return found;
  }
}
