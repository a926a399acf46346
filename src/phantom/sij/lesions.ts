/** Lesions of the sacroiliac joints and the findings beside them that are not to be labelled. */
import type { Random } from "../../base/random.js";
import type { LesionPlan } from "../lesion.js";
import type { Coat, Loft, Near, Shape, Side, Tissue } from "../shapes.js";
import { ellipsoid } from "../shapes.js";
import { tissues } from "./tissues.js";

/** Both bones of one joint, as set in the picture. */
export interface JointSide {
  readonly side: Side;
  readonly joint: Loft;
  readonly sacrum: Shape;
  readonly ilium: Shape;
}

export type Group = "axSpA" | "non-axSpA";
type Bone = "sacrum" | "ilium";
type Range = readonly [number, number];

interface Finding {
  /** How many per subject, from and to (inclusive). */
  readonly count: Range;
  readonly tissue: Tissue;
  /** Place along the joint from its front (mm) and level. */
  readonly at: Range;
  readonly level: Range;
  /** Extent along the joint, away from it, and across slices: half axes, mm. */
  readonly along: Range;
  readonly depth: Range;
  readonly height: Range;
  readonly ilium: number;
  readonly soft?: number;
  readonly opacity?: number;
  readonly rough: readonly [amplitude: number, wavelength: number];
  /** Counted in the masks as a lesion, as nothing, or as a hole in the bone. */
  readonly counts: "lesion" | "decor" | "hole";
  /** Alternating between the sides, or all on one; unless given each on any. */
  readonly sides?: "both" | "one";
}

const anywhere = { at: [2, 32], level: [-26, 44] } as const;
const erosion = {
  ...anywhere,
  tissue: tissues.erosion,
  along: [1.6, 3.2],
  depth: [2.2, 4.2],
  height: [3, 7],
  ilium: 0.7,
  rough: [1.5, 4],
  counts: "hole",
} as const;
const patch = {
  ...anywhere,
  tissue: tissues.fatMetaplasia,
  along: [8, 16],
  depth: [9, 16],
  height: [12, 22],
  ilium: 0.5,
  rough: [4.5, 9],
  counts: "lesion",
} as const;

/**
 * In axSpA: bright, well-defined subchondral fat, on both sides of the joint, with sclerosis, erosion and backfill. In
 * non-axSpA: fewer, paler patches and, as in osteitis condensans, a broad anterior iliac sclerosis.
 */
const general: Readonly<Record<Group, readonly Finding[]>> = {
  axSpA: [
    {
      ...anywhere,
      count: [1, 3],
      tissue: tissues.oedema,
      along: [9, 15],
      depth: [9, 14],
      height: [12, 20],
      ilium: 0.5,
      soft: 7,
      opacity: 0.75,
      rough: [3, 12],
      counts: "decor",
    },
    {
      ...anywhere,
      count: [2, 4],
      tissue: tissues.sclerosis,
      along: [8, 14],
      depth: [3.5, 6.5],
      height: [10, 18],
      ilium: 0.7,
      soft: 3,
      opacity: 0.85,
      rough: [2.5, 7],
      counts: "decor",
    },
    { ...patch, count: [3, 5] },
    { ...patch, count: [1, 3], along: [4.5, 7], depth: [5.5, 9], height: [8, 12], rough: [3, 7] },
    { ...erosion, count: [4, 9] },
    { ...erosion, count: [1, 4], tissue: tissues.backfill, depth: [1.8, 3] },
  ],
  "non-axSpA": [
    {
      ...anywhere,
      at: [2, 12],
      count: [1, 2],
      tissue: tissues.sclerosis,
      along: [9, 13],
      depth: [7, 12],
      height: [12, 20],
      ilium: 1,
      soft: 5,
      opacity: 0.8,
      rough: [2.5, 8],
      counts: "decor",
    },
    {
      ...patch,
      count: [2, 3],
      tissue: tissues.faintMetaplasia,
      along: [8, 13],
      depth: [8, 13],
      height: [11, 18],
    },
    {
      ...patch,
      count: [0, 2],
      tissue: tissues.faintMetaplasia,
      along: [4.5, 7],
      depth: [5, 8],
      height: [8, 11],
      rough: [3, 7],
    },
    { ...erosion, count: [0, 1] },
  ],
};

/** Findings beside the lesions that both groups of the classification cohort have alike. */
const companions: readonly Finding[] = [
  { ...general.axSpA[1], count: [1, 2] },
  { ...erosion, count: [1, 4] },
];

/**
 * For classification: both groups have the same metaplasia and companions and differ in its extent and sides alone, as paper
 * 1 describes it: extensive on both sides in axSpA, focal on one side in other causes.
 */
const byExtent: Readonly<Record<Group, readonly Finding[]>> = {
  axSpA: [...companions, { ...patch, count: [4, 6], sides: "both" }],
  "non-axSpA": [
    ...companions,
    { ...patch, count: [1, 2], sides: "one", along: [5, 8], depth: [6, 9], height: [9, 13], rough: [3, 7] },
  ],
};

export type Cohort = "general" | "axspa";
const cohorts: Readonly<Record<Cohort, typeof general>> = { general, axspa: byExtent };

export interface Findings {
  readonly coats: readonly Coat[];
  readonly lesions: readonly LesionPlan[];
}

/** Draws a subject's findings. Lesion n of the list is painted with number n + 1. */
export function drawFindings(
  group: Group,
  sides: readonly JointSide[],
  random: Random,
  cohort: Cohort = "general",
): Findings {
  const coats: Coat[] = [];
  const lesions: LesionPlan[] = [];
  for (const finding of cohorts[cohort][group]) {
    const [least, most] = finding.count;
    const count = least + random.integer(most - least + 1);
    const first = finding.sides && random.integer(sides.length);
    for (let n = 0; n < count; n++) {
      const place = first === undefined ? random.pick(sides) : placeOf(finding, sides, first, n);
      const bone: Bone = random.chance(finding.ilium) ? "ilium" : "sacrum";
      if (finding.counts === "lesion") {
        const side = place.side === 1 ? "left" : "right";
        lesions.push({ kind: "fat-metaplasia", label: 1, bone, side });
      }
      coats.push(coatOf(finding, place, bone, lesions.length, random));
    }
  }
  return { coats, lesions };
}

function placeOf({ sides: rule }: Finding, sides: readonly JointSide[], first: number, n: number): JointSide {
  return sides[(first + (rule === "both" ? n : 0)) % sides.length];
}

function coatOf(finding: Finding, place: JointSide, bone: Bone, lesion: number, random: Random): Coat {
  const draw = (range: Range) => random.uniform(range[0], range[1]);
  const near: Near = {
    op: "near",
    curve: place.joint,
    at: draw(finding.at),
    level: draw(finding.level),
    radii: [draw(finding.along), draw(finding.depth), draw(finding.height)],
  };
  const [amplitude, wavelength] = finding.rough;
  const region: Shape = { op: "rough", of: near, amplitude, wavelength };
  const within: Shape = finding.counts === "hole" ? place[bone] : { op: "grow", of: place[bone], by: -1.4 };
  return {
    shape: { op: "and", of: [region, within] },
    tissue: varied(finding.tissue, random),
    side: place.side,
    ...(finding.soft === undefined ? {} : { soft: finding.soft }),
    ...(finding.opacity === undefined ? {} : { opacity: finding.opacity }),
    ...(finding.counts === "lesion" ? { lesion } : {}),
    ...(finding.counts === "decor" ? { decor: true } : {}),
  };
}

function varied(tissue: Tissue, random: Random): Tissue {
  return { ...tissue, value: tissue.value * random.uniform(0.93, 1.07) };
}

/**
 * Traps: fatty marrow away from the joints. Islands with soft borders come with age; a few well-defined ones (focal fatty
 * marrow, haemangioma) are as bright as metaplasia.
 */
export function drawFattyMarrow(bones: Shape, age: number, random: Random): Coat[] {
  const inside = (shape: Shape): Shape => ({ op: "and", of: [shape, { op: "grow", of: bones, by: -1.4 }] });
  const rough = (shape: Shape, amplitude: number): Shape => ({
    op: "rough",
    of: shape,
    amplitude,
    wavelength: 9,
  });
  const spot = (least: number, most: number): Shape => {
    const [p, q, w] = [random.uniform(-30, 30), random.uniform(-14, 8), random.uniform(-40, 44)];
    const radius = random.uniform(least, most);
    return ellipsoid([p, q, w], [radius, radius * random.uniform(0.6, 1), radius * random.uniform(0.8, 1.3)]);
  };
  const soft = Array.from({ length: 3 + Math.floor(age / 9) }, (): Coat => ({
    shape: inside(rough(spot(5, 11), 4)),
    tissue: tissues.focalFat,
    soft: 9,
    opacity: random.uniform(0.3, 0.75),
    decor: true,
  }));
  const sharp = Array.from({ length: random.integer(3) }, (): Coat => ({
    shape: inside(rough(spot(3, 6), 2)),
    tissue: tissues.focalFat,
    decor: true,
  }));
  return [...soft, ...sharp];
}
