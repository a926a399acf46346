/** Inflammation of the hips: bone marrow oedema, effusion and synovitis, and what resembles them. */
import type { Random } from "../../base/random.js";
import type { LesionPlan } from "../lesion.js";
import { capsule, ellipsoid, type Coat, type Shape, type Side, type Tissue } from "../shapes.js";
import type { Vec3 } from "../../volume/volume.js";
import { headCentre, headRadius, neckFrom, neckTo } from "./skeleton.js";
import { tissues } from "./tissues.js";

/** One hip as set in the picture. */
export interface HipSide {
  readonly side: Side;
  readonly head: Shape;
  readonly femur: Shape;
  readonly pelvis: Shape;
  readonly socket: Shape;
}

export interface Findings {
  readonly coats: readonly Coat[];
  readonly lesions: readonly LesionPlan[];
}

type Range = readonly [number, number];

/** Where oedema sits: direction from the centre of the head (or round it, in the acetabulum) in p, q, w. */
interface Oedema {
  readonly bone: "femoral-head" | "acetabulum";
  readonly chance: number;
  /** Distance from the centre of the head, in its radii. */
  readonly from: Range;
  /** Half axes, mm. */
  readonly size: Range;
  readonly rough: readonly [amplitude: number, wavelength: number];
  readonly soft: number;
}

const oedemas: readonly Oedema[] = [
  { bone: "femoral-head", chance: 0.75, from: [0.55, 0.95], size: [9, 15], rough: [5, 11], soft: 5 },
  { bone: "femoral-head", chance: 0.35, from: [0.1, 0.6], size: [14, 22], rough: [7, 14], soft: 8 },
  { bone: "femoral-head", chance: 0.4, from: [0.75, 1], size: [5, 8], rough: [3, 7], soft: 3 },
  { bone: "acetabulum", chance: 0.6, from: [1.25, 1.5], size: [9, 15], rough: [5, 10], soft: 5 },
  { bone: "acetabulum", chance: 0.35, from: [1.2, 1.35], size: [5, 8], rough: [3, 7], soft: 3 },
];

/** Draws the findings of both hips; inflamed ones have lesions, the others only physiological fluid. */
export function drawFindings(sides: readonly HipSide[], random: Random): Findings {
  const coats: Coat[] = [];
  const lesions: LesionPlan[] = [];
  const inflamed = random.chance(0.56) ? [true, true] : random.chance(0.5) ? [true, false] : [false, true];
  sides.forEach((hip, n) => {
    const side = hip.side === 1 ? "left" : "right";
    const add = (plan: Omit<LesionPlan, "side">, coat: Coat) => {
      lesions.push({ ...plan, side });
      coats.push({ ...coat, lesion: lesions.length });
    };
    if (!inflamed[n]) return coats.push(...physiological(hip, random));
    add({ kind: "effusion", label: 3, bone: "hip-joint" }, effusion(hip, random));
    for (const oedema of oedemas) {
      if (!random.chance(oedema.chance)) continue;
      add({ kind: "bone-marrow-oedema", label: 2, bone: oedema.bone }, oedemaCoat(hip, oedema, random));
    }
    coats.push(...besides(hip, random));
    return undefined;
  });
  return { coats, lesions };
}

const inner = (shape: Shape): Shape => ({ op: "grow", of: shape, by: -1.6 });

function oedemaCoat(hip: HipSide, { bone, from, size, rough, soft }: Oedema, random: Random): Coat {
  const draw = (range: Range) => random.uniform(range[0], range[1]);
  const up = upwards(random);
  const reach = headRadius * draw(from);
  const [p, q, w] = headCentre;
  const centre: Vec3 = [hip.side * (p + up[0] * reach), q + up[1] * reach, w + up[2] * reach];
  const blob = ellipsoid(centre, [draw(size), draw(size), draw(size)]);
  const region: Shape = { op: "rough", of: blob, amplitude: rough[0], wavelength: rough[1] };
  const within = bone === "acetabulum" ? hip.pelvis : { op: "or" as const, of: [hip.head, hip.femur] };
  const tissue: Tissue = random.chance(0.6) ? tissues.oedema : tissues.mildOedema;
  return { shape: { op: "and", of: [region, inner(within)] }, tissue, soft, side: hip.side };
}

/** A direction into the upper half, mostly coronal, of length about 1. */
function upwards(random: Random): Vec3 {
  const p = random.uniform(-0.8, 0.8);
  const w = random.uniform(-0.55, 0.55);
  return [p, -Math.sqrt(1 - p * p) * Math.sqrt(1 - w * w), w];
}

/** The space between bone and joint capsule, filled by fluid and thick synovium: a crescent round head and neck. */
function effusion(hip: HipSide, random: Random): Coat {
  const amount = random.uniform(3, 6.5);
  const tissue = random.chance(0.5) ? tissues.synovitis : tissues.fluid;
  return { shape: jointRecess(hip, amount, random), tissue, side: hip.side };
}

function jointRecess(hip: HipSide, amount: number, random: Random): Shape {
  const s = hip.side;
  const [p, q, w] = headCentre;
  const radius = headRadius + 0.55 * amount;
  const round = ellipsoid(
    [s * (p + 0.3 * amount), q + 0.35 * amount, w - 0.2 * amount],
    [radius, radius, radius],
  );
  const along = (a: number, b: number, t: number) => a + t * (b - a);
  const end: Vec3 = [
    s * along(neckFrom[0], neckTo[0], 0.55),
    along(neckFrom[1], neckTo[1], 0.55) + 0.25 * amount,
    along(neckFrom[2], neckTo[2], 0.55) - 0.3 * amount,
  ];
  const pouch = capsule([s * neckFrom[0], neckFrom[1], neckFrom[2]], end, 15.5 + amount, 15.5 + amount);
  const whole: Shape = {
    op: "rough",
    of: { op: "or", of: [round, pouch] },
    amplitude: 0.35 * amount + random.uniform(0.5, 2.5),
    wavelength: 11,
  };
  return { op: "cut", of: whole, by: { op: "or", of: [hip.head, hip.femur, hip.pelvis, hip.socket] } };
}

/** A thin film of fluid, as every healthy hip has: bright, not labelled. */
function physiological(hip: HipSide, random: Random): Coat[] {
  const shape = jointRecess(hip, random.uniform(0.4, 1.8), random);
  return [{ shape, tissue: tissues.jointFluid, opacity: random.uniform(0.5, 0.9), side: hip.side }];
}

/** Beside the inflammation, not labelled: sclerosis under the roof, a cyst, fluid in a bursa. */
function besides(hip: HipSide, random: Random): Coat[] {
  const s = hip.side;
  const coats: Coat[] = [];
  if (random.chance(0.5)) {
    const roof = ellipsoid([s * random.uniform(84, 104), -31, random.uniform(-10, 12)], [9, 4, 9]);
    coats.push({
      shape: { op: "and", of: [roof, hip.pelvis] },
      tissue: tissues.sclerosis,
      soft: 2.5,
      decor: true,
    });
  }
  if (random.chance(0.4)) {
    const bursa = ellipsoid([s * 154, 14, 12], [3, 15, 9]);
    coats.push({ shape: { op: "rough", of: bursa, amplitude: 3, wavelength: 9 }, tissue: tissues.bursa });
  }
  return coats;
}
