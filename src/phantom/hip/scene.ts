/** Puts a subject's hips together, from the skin inwards. */
import type { Random } from "../../base/random.js";
import type { BoneLabel } from "../lesion.js";
import { ellipsoid, mirror, type Coat, type Shape, type Side, type Tissue } from "../shapes.js";
import { drawFindings, type Findings, type HipSide } from "./lesions.js";
import { femur, head, headCentre, headRadius, medulla, pelvis, sacrum, shaft, socket } from "./skeleton.js";
import { bladder, muscles, organs, skin, strands } from "./soft-tissue.js";
import { tissues } from "./tissues.js";

export const hipBones: readonly BoneLabel[] = [
  { value: 1, name: "femoral-head" },
  { value: 2, name: "femur" },
  { value: 3, name: "pelvis" },
  { value: 4, name: "sacrum" },
];

const sides: readonly Side[] = [1, -1];

export function hipScene(age: number, random: Random): Findings {
  const set = <S extends Shape>(shape: S, side: Side): S => (side === 1 ? shape : mirror(shape));
  const hips = sides.map((side): HipSide => ({
    side,
    head: set(head, side),
    femur: set(femur, side),
    pelvis: set(pelvis, side),
    socket: set(socket, side),
  }));
  const findings = drawFindings(hips, random);
  const red = redMarrow(age, random);
  const coats = [
    ...softTissues(random),
    ...bone(sacrum, 4, red, 1.3),
    ...hips.flatMap((hip) => hipCoats(hip, red)),
    ...findings.coats,
  ];
  return { coats, lesions: findings.lesions };
}

function hipCoats(hip: HipSide, red: Tissue): Coat[] {
  const { side } = hip;
  const bareShaft = side === 1 ? shaft : mirror(shaft);
  const space: Shape = { op: "grow", of: hip.head, by: 3.6 };
  const physis: Shape = { op: "cut", of: capsuleOf(hip), by: { op: "grow", of: capsuleOf(hip), by: -1.1 } };
  return [
    { shape: space, tissue: tissues.cartilage, side },
    ...bone(hip.pelvis, 3, red, 1.6),
    ...bone(hip.femur, 2, red, 1.7),
    { shape: bareShaft, tissue: tissues.cortex, decor: true },
    { shape: side === 1 ? medulla : mirror(medulla), tissue: red, decor: true },
    ...bone(hip.head, 1, tissues.fattyMarrow, 1.2),
    {
      shape: { op: "and", of: [hip.femur, { op: "grow", of: hip.head, by: -3 }] },
      tissue: tissues.fattyMarrow,
      soft: 4,
      decor: true,
    },
    {
      shape: { op: "and", of: [physis, { op: "grow", of: hip.head, by: -2 }] },
      tissue: tissues.physis,
      opacity: 0.6,
      decor: true,
    },
    ...trochanter(side),
  ];
}

/** A wide ball, of which the surface inside the head is the scar of the growth plate. */
function capsuleOf({ side }: HipSide): Shape {
  const [p, q, w] = headCentre;
  return ellipsoid([side * (p + 20), q + 18, w + 3], [headRadius, headRadius, headRadius + 4]);
}

/** The greater trochanter holds fat. */
function trochanter(side: Side): Coat[] {
  return [
    {
      shape: ellipsoid([side * 141, 20, 12], [9, 14, 10]),
      tissue: tissues.fattyMarrow,
      soft: 4,
      decor: true,
    },
  ];
}

function bone(shape: Shape, value: number, marrow: Tissue, cortex: number): Coat[] {
  return [
    { shape, tissue: tissues.cortex, bone: value },
    { shape, tissue: marrow, inset: cortex, decor: true },
  ];
}

/** The young have more red marrow, in patches: moderately bright, not oedema. */
function redMarrow(age: number, random: Random): Tissue {
  const patches = { gain: Math.max(0.06, 0.4 - 0.006 * age), above: 0.2, size: [13, 13, 18] as const };
  return {
    value: tissues.redMarrow.value * random.uniform(0.9, 1.1),
    textures: [...tissues.redMarrow.textures, patches],
  };
}

function softTissues(random: Random): Coat[] {
  const body: Coat[] = [
    { shape: skin, tissue: tissues.skin },
    { shape: skin, tissue: tissues.subcutaneous, inset: 2 },
    { shape: ellipsoid([0, -50, 0], [112, 110, 90]), tissue: tissues.deepFat },
  ];
  const paired = (list: typeof muscles): Coat[] =>
    sides.flatMap((side) =>
      list.map(([name, shape]): Coat => ({
        shape: side === 1 ? shape : mirror(shape),
        tissue: tissues[name],
        side,
      })),
    );
  const middle = organs.map(([name, shape]): Coat => ({ shape, tissue: tissues[name] }));
  return [...body, ...bowel(random), ...paired(muscles), ...middle, ...urine(random), ...paired(strands)];
}

function urine(random: Random): Coat[] {
  const full = random.uniform(0.6, 1.15);
  const [p, q, w] = bladder.radii;
  const shape = ellipsoid(bladder.centre, [p * full, q * full, w * full]);
  return [
    { shape, tissue: tissues.bladderWall },
    { shape, tissue: tissues.bladder, inset: 3 },
  ];
}

function bowel(random: Random): Coat[] {
  return Array.from({ length: 22 }, () => {
    const centre = [random.uniform(-50, 50), random.uniform(-125, -38), random.uniform(-60, 30)] as const;
    const radii = [random.uniform(9, 18), random.uniform(8, 13), random.uniform(9, 18)] as const;
    const shape: Shape = { op: "rough", of: ellipsoid(centre, radii), amplitude: 4, wavelength: 12 };
    const filling = random.chance(0.25) ? tissues.gas : tissues.bowelContent;
    return [
      { shape, tissue: tissues.bowelWall },
      { shape, tissue: filling, inset: 2.4 },
    ];
  }).flat();
}
