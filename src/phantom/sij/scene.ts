/** Puts a subject's sacroiliac region together, from the skin inwards. */
import type { Random } from "../../base/random.js";
import type { BoneLabel } from "../lesion.js";
import type { Coat, Loft, Shape, Side, Tissue } from "../shapes.js";
import { capsule, ellipsoid, mirror, tube } from "../shapes.js";
import {
  type Cohort,
  drawFattyMarrow,
  drawFindings,
  type Findings,
  type Group,
  type JointSide,
} from "./lesions.js";
import { canal, skeleton } from "./skeleton.js";
import { ligaments, muscles, pelvicCavity, skin, strands } from "./soft-tissue.js";
import { tissues } from "./tissues.js";

export const sijBones: readonly BoneLabel[] = [
  { value: 1, name: "sacrum" },
  { value: 2, name: "ilium" },
];

const sides: readonly Side[] = [1, -1];

export interface SijScene extends Findings {
  readonly coats: readonly Coat[];
}

export function sijScene(group: Group, age: number, random: Random, cohort?: Cohort): SijScene {
  const bones = skeleton(random.uniform(2.4, 3.8));
  const places = sides.map((side) => jointSide(bones, side));
  const findings = drawFindings(group, places, random, cohort);
  const marrow = agedMarrow(age, random);
  const all: Shape = { op: "or", of: [bones.sacrum, ...places.map((place) => place.ilium)] };
  const coats = [
    ...softTissues(random),
    ...places.map((place): Coat => ({
      shape: jointBand(place.joint),
      tissue: tissues.jointSpace,
      side: place.side,
    })),
    ...places.flatMap((place) => bone(place.ilium, 2, marrow, 1.7)),
    ...bone(bones.sacrum, 1, marrow, 1),
    ...discs(),
    ...drawFattyMarrow(all, age, random),
    ...findings.coats,
    ...canalCoats(),
    ...sides.flatMap((side) => [16, -12, -36].flatMap((w, n) => foramen(bones.sacrum, side, w, n, random))),
  ];
  return { coats, lesions: findings.lesions };
}

function jointSide(bones: ReturnType<typeof skeleton>, side: Side): JointSide {
  const set = <S extends Shape>(shape: S): S => (side === 1 ? shape : mirror(shape));
  const ilium: Shape = { op: "or", of: [set(bones.iliumBehind), set(bones.iliumInFront)] };
  return { side, joint: set(bones.joint), sacrum: bones.sacrum, ilium };
}

function bone(shape: Shape, value: number, marrow: Tissue, cortex: number): Coat[] {
  return [
    { shape, tissue: tissues.cortex, bone: value },
    { shape, tissue: marrow, inset: cortex, decor: true },
  ];
}

/** With age red marrow turns to fat in islands. */
function agedMarrow(age: number, random: Random): Tissue {
  const islands = { gain: 0.1 + 0.006 * age, above: 0.22, size: [15, 15, 24] as const };
  const value = tissues.marrow.value * random.uniform(0.93, 1.07) + 0.0015 * (age - 30);
  return { value, textures: [...tissues.marrow.textures, islands] };
}

function softTissues(random: Random): Coat[] {
  const fat: Coat[] = [
    { shape: skin, tissue: tissues.skin },
    { shape: skin, tissue: tissues.subcutaneous, inset: 2 },
    { shape: pelvicCavity, tissue: tissues.pelvicFat },
  ];
  const paired = (list: typeof muscles): Coat[] =>
    sides.flatMap((side) =>
      list.map(([name, shape]): Coat => ({
        shape: side === 1 ? shape : mirror(shape),
        tissue: tissues[name],
        side,
      })),
    );
  const behind = sides.map((side): Coat => ({
    shape: side === 1 ? ligaments : mirror(ligaments),
    tissue: tissues.ligament,
    side,
  }));
  return [...fat, ...bowel(random), ...paired(muscles), ...paired(strands), ...behind];
}

/** The joint space as the band around its curve. */
function jointBand(joint: Loft): Shape {
  return { op: "near", curve: joint, at: 18, level: 5, radii: [24, 2.6, 52] };
}

function canalCoats(): Coat[] {
  const sac = tube([60, 0, 14, 8, 5], [20, 0, 13.5, 6.5, 4], [-4, 0, 12, 4, 2.6], [-12, 0, 11.5, 2, 1.4]);
  const roots = sides.map((side): Coat => ({
    shape: capsule([side * 7, 14, 50], [side * 6, 11, -14], 1.8, 1.3),
    tissue: tissues.nerve,
  }));
  return [
    { shape: { op: "grow", of: canal, by: 1 }, tissue: tissues.cortex, bone: 1 },
    { shape: canal, tissue: tissues.epiduralFat },
    { shape: sac, tissue: tissues.thecalSac },
    ...roots,
  ];
}

/** A sacral foramen: fat round a nerve root, from the canal forwards and outwards, and a small one to the back. */
function foramen(sacrum: Shape, side: Side, w: number, level: number, random: Random): Coat[] {
  const lateral = 24 - 3 * level;
  const radius = (6.2 - level) * random.uniform(0.9, 1.1);
  const start = [side * 8, 12, w + 9] as const;
  const exit = [side * lateral, -16 + 2 * level, w - 7] as const;
  const front = capsule(start, exit, radius * 0.6, radius);
  const back = capsule(
    [side * 9, 13, w + 5],
    [side * (lateral - 3), 29 - 4 * level, w],
    radius * 0.4,
    radius * 0.55,
  );
  const rim: Shape = { op: "grow", of: front, by: 0.9 };
  return [
    { shape: { op: "and", of: [rim, sacrum] }, tissue: tissues.cortex, opacity: 0.7, decor: true },
    { shape: front, tissue: tissues.foramenFat },
    { shape: { op: "and", of: [back, sacrum] }, tissue: tissues.foramenFat },
    { shape: capsule(start, exit, radius * 0.42, radius * 0.58), tissue: tissues.nerve },
    {
      shape: ellipsoid([side * (lateral + 3), -10 + 2 * level, w - 2], [1.3, 1.3, 4]),
      tissue: tissues.vessel,
    },
  ];
}

/** The L5/S1 disc at the top and what remains of the discs inside the sacrum. */
function discs(): Coat[] {
  const remains = [12, -12, -34].map((w, n): Coat => ({
    shape: ellipsoid([0, -6 + 1.5 * n, w], [14 - 3 * n, 7 - 1.5 * n, 2.4]),
    tissue: tissues.disc,
    decor: true,
    soft: 2.5,
  }));
  return [{ shape: ellipsoid([0, -12, 58], [25, 16, 7]), tissue: tissues.disc }, ...remains];
}

function bowel(random: Random): Coat[] {
  const loops = Array.from({ length: 24 }, () => {
    const centre = [random.uniform(-60, 60), random.uniform(-104, -58), random.uniform(-50, 60)] as const;
    const radii = [random.uniform(8, 18), random.uniform(7, 12), random.uniform(10, 22)] as const;
    return loop(
      { op: "rough", of: ellipsoid(centre, radii), amplitude: 4, wavelength: 12 },
      random.chance(0.3),
    );
  });
  const rectum = tube(
    [20, 6, -52, 10, 8],
    [-10, -4, -40, 12, 9],
    [-40, 0, -28, 13, 9],
    [-66, 0, -22, 15, 11],
  );
  const bladder = ellipsoid([random.uniform(-4, 4), -82, -66], [34, 22, random.uniform(14, 30)]);
  return [...loops.flat(), ...loop(rectum, random.chance(0.5)), { shape: bladder, tissue: tissues.bladder }];
}

function loop(shape: Shape, gas: boolean): Coat[] {
  return [
    { shape, tissue: tissues.bowelWall },
    { shape, tissue: gas ? tissues.gas : tissues.bowelContent, inset: 2.6 },
  ];
}
