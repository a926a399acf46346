/**
 * The sacroiliac joints as the bone masks show them, in patient coordinates: which side, which bone, how far from the joint
 * surface, upper or lower, front or back. Nothing depends on how the grid is stored.
 */
import { squaredDistances } from "../volume/distance.js";
import { percentiles } from "../volume/intensity.js";
import { spacingOf, type Mask, type Vec3 } from "../volume/volume.js";
import { alongVoxel, dot, frameOf, unit, without, type Frame } from "./frame.js";
import { inPlaneDistances, jointSurface } from "./joint-surface.js";
import { notDefined, type Undefined } from "./measurement.js";
import { valueOf, type Scene } from "./scene.js";

export type Side = "left" | "right";
export const sides: readonly Side[] = ["left", "right"];
export type SijBone = "sacrum" | "ilium";
export const sijBones: readonly SijBone[] = ["sacrum", "ilium"];
export type Half = "upper" | "lower";
export const halves: readonly Half[] = ["upper", "lower"];

export interface SijGeometry {
  readonly frame: Frame;
  readonly sideOf: (voxel: number) => Side;
  /** The bone a voxel belongs to: its own, or the nearest within the tolerance. */
  readonly boneOf: (voxel: number) => SijBone | undefined;
  /** True in a voxel of the bone mask itself. */
  readonly isInBone: (voxel: number) => boolean;
  readonly halfOf: (voxel: number) => Half;
  readonly inFront: (voxel: number) => boolean;
  /** mm from a voxel to the joint surface of its bone, in three dimensions; Infinity outside the bones. */
  readonly depthOf: (voxel: number) => number;
  /** The same within the voxel's slice; beyond 10⁵ where the slice has no joint. */
  readonly depthInSlice: (voxel: number) => number;
  /** Voxels of bone no further than `limitMm` from the joint surface, of each joint. */
  readonly subchondralVoxels: (limitMm: number) => Readonly<Record<Side, number>>;
  /** Joint surface: 1 on the sacrum, 2 on the ilium, else 0. */
  readonly surface: Uint8Array;
  /** Extent of one joint along `up` in one slice. */
  readonly spanOf: (side: Side, slice: number) => Span | undefined;
}

/** A joint in one slice: voxels of its surface on both bones, and their height along the frame's `up`, mm. */
export interface Span {
  readonly voxels: number;
  readonly height: number;
  readonly middle: number;
}

/**
 * Derives the geometry. Needs a bone mask with sacrum and ilium as labels of their own, facing each other no further than
 * `jointGapMm` in some slice; otherwise says what is missing.
 */
export function sijGeometry({ mask, bones, options }: Scene): SijGeometry | Undefined {
  if (!bones) return notDefined("needs a bone mask with sacrum and ilium");
  const [sacrum, ilium] = sijBones.map((name) => valueOf(bones.labels, name));
  if (sacrum === undefined || ilium === undefined)
    return notDefined(
      "needs sacrum and ilium as separate labels; the bone mask has " + namesOf(bones.labels),
    );
  const { data } = bones.mask;
  const only = (wanted: number) => data.map((value) => Number(value === wanted));
  const parts = { sacrum: only(sacrum), ilium: only(ilium) };
  const absent = sijBones.find((name) => !parts[name].includes(1));
  if (absent) return notDefined(`the bone mask holds no voxel of the ${absent}`);
  const frame = frameOf(mask.affine);
  if (frame.plane === "sagittal")
    return notDefined(
      "the slices are sagittal, along the joints: they do not show where the bones face each other",
    );
  const surface = surfaces(parts, mask, options.jointGapMm);
  if (!surface.includes(1) || !surface.includes(2))
    return notDefined(`sacrum and ilium face each other nowhere within ${options.jointGapMm} mm`);
  return assemble(mask, parts, surface, frame, options.boneToleranceMm);
}

function namesOf(labels: readonly { name: string }[]): string {
  return labels.map(({ name }) => name).join(", ") || "no named label";
}

type Parts = Readonly<Record<SijBone, Uint8Array>>;

function surfaces({ sacrum, ilium }: Parts, mask: Mask, gapMm: number): Uint8Array {
  const sacral = jointSurface(sacrum, inPlaneDistances(ilium, mask), mask, gapMm);
  const iliac = jointSurface(ilium, inPlaneDistances(sacrum, mask), mask, gapMm);
  return sacral.map((value, n) => (value === 1 ? 1 : iliac[n] === 1 ? 2 : 0));
}

function assemble(
  mask: Mask,
  parts: Parts,
  surface: Uint8Array,
  frame: Frame,
  toleranceMm: number,
): SijGeometry {
  const boneOf = nearestBone(mask, parts, toleranceMm);
  const sideOf = sideFinder(mask, parts, frame);
  const upAt = alongVoxel(mask.affine, mask.size, frame.up);
  const frontAt = alongVoxel(mask.affine, mask.size, frame.front);
  const joint = jointsOf(surface, sideOf);
  const upMiddle = middles(joint, upAt);
  const frontMiddle = middles(joint, frontAt);
  const spans = spansOf(mask, joint, upAt);
  const area = mask.size[0] * mask.size[1];
  const spanOf = (side: Side, slice: number) => spans.get(`${side} ${slice}`);
  const divide = (voxel: number) => {
    const side = sideOf(voxel);
    const own = frame.plane === "coronal" ? spanOf(side, Math.floor(voxel / area)) : undefined;
    return own?.middle ?? upMiddle[side];
  };
  const whole = depths(surface, (sites) => squaredDistances(sites, mask.size, spacingOf(mask.affine)));
  const flat = depths(surface, (sites) => inPlaneDistances(sites, mask));
  const depthOf = (voxel: number) => depthAt(whole, boneOf(voxel), voxel);
  return {
    ...{ frame, sideOf, boneOf, surface, spanOf, depthOf },
    isInBone: (voxel) => parts.sacrum[voxel] === 1 || parts.ilium[voxel] === 1,
    subchondralVoxels: subchondralCounter(parts, sideOf, depthOf),
    halfOf: (voxel) => (upAt(voxel) >= divide(voxel) ? "upper" : "lower"),
    inFront: (voxel) => frontAt(voxel) >= frontMiddle[sideOf(voxel)],
    depthInSlice: (voxel) => depthAt(flat, boneOf(voxel), voxel),
  };
}

/** Counts once for each limit: every label of a mask asks for the same. */
function subchondralCounter(
  { sacrum, ilium }: Parts,
  sideOf: (voxel: number) => Side,
  depthOf: (voxel: number) => number,
): SijGeometry["subchondralVoxels"] {
  const known = new Map<number, Readonly<Record<Side, number>>>();
  const count = (limitMm: number) => {
    const counts = { left: 0, right: 0 };
    for (let n = 0; n < sacrum.length; n++)
      if ((sacrum[n] === 1 || ilium[n] === 1) && depthOf(n) <= limitMm) counts[sideOf(n)]++;
    return counts;
  };
  return (limitMm) => {
    const counts = known.get(limitMm) ?? count(limitMm);
    known.set(limitMm, counts);
    return counts;
  };
}

type Depths = Readonly<Record<SijBone, () => Float64Array>>;

/** Distances to each bone's joint surface, computed when first asked for. */
function depths(surface: Uint8Array, distances: (sites: Uint8Array) => Float64Array): Depths {
  const lazily = (value: number) => {
    let known: Float64Array | undefined;
    return () => (known ??= distances(surface.map((at) => Number(at === value))));
  };
  return { sacrum: lazily(1), ilium: lazily(2) };
}

function depthAt(fields: Depths, bone: SijBone | undefined, voxel: number): number {
  return bone === undefined ? Infinity : Math.sqrt(fields[bone]()[voxel]);
}

/** A voxel's own bone, else the nearer one within the tolerance; equally near: the sacrum. */
function nearestBone(mask: Mask, { sacrum, ilium }: Parts, toleranceMm: number) {
  let fields: readonly [Float64Array, Float64Array] | undefined;
  const distances = () => {
    const spacing = spacingOf(mask.affine);
    fields ??= [squaredDistances(sacrum, mask.size, spacing), squaredDistances(ilium, mask.size, spacing)];
    return fields;
  };
  return (voxel: number): SijBone | undefined => {
    if (sacrum[voxel] === 1) return "sacrum";
    if (ilium[voxel] === 1) return "ilium";
    const [toSacrum, toIlium] = distances();
    if (Math.min(toSacrum[voxel], toIlium[voxel]) > toleranceMm * toleranceMm) return undefined;
    return toSacrum[voxel] <= toIlium[voxel] ? "sacrum" : "ilium";
  };
}

/**
 * Left and right of the midplane. It goes through the sacrum's centroid; its normal is the patient's left at first, then
 * the line between the centroids of both ilia, so that a patient who lies turned or tilted is still divided in the middle.
 */
function sideFinder(mask: Mask, { sacrum, ilium }: Parts, frame: Frame): (voxel: number) => Side {
  const centre = centroidOf(sacrum, mask);
  const first = alongVoxel(mask.affine, mask.size, [1, 0, 0]);
  const isLeft = (voxel: number) => first(voxel) >= centre[0];
  const [left, right] = [isLeft, (voxel: number) => !isLeft(voxel)].map((belongs) =>
    centroidOf(
      ilium.map((value, n) => Number(value === 1 && belongs(n))),
      mask,
    ),
  );
  const across: Vec3 = [left[0] - right[0], left[1] - right[1], left[2] - right[2]];
  const normal = across.every(Number.isFinite) ? unit(without(across, frame.up)) : frame.left;
  const at = alongVoxel(mask.affine, mask.size, normal);
  const border = dot(normal, centre);
  return (voxel) => (at(voxel) >= border ? "left" : "right");
}

/** Mean position in LPS+ mm; NaN for no voxel. */
function centroidOf(part: Uint8Array, { affine, size }: Mask): Vec3 {
  const axes = ([[1, 0, 0], [0, 1, 0], [0, 0, 1]] as const).map((axis) => alongVoxel(affine, size, axis)); // prettier-ignore
  const sum = [0, 0, 0];
  let count = 0;
  for (let n = 0; n < part.length; n++)
    if (part[n] === 1) {
      count++;
      axes.forEach((at, axis) => (sum[axis] += at(n)));
    }
  return sum.map((value) => value / count) as unknown as Vec3;
}

type Joints = Readonly<Record<Side, readonly number[]>>;

function jointsOf(surface: Uint8Array, sideOf: (voxel: number) => Side): Joints {
  const joints: Record<Side, number[]> = { left: [], right: [] };
  for (let n = 0; n < surface.length; n++) if (surface[n] !== 0) joints[sideOf(n)].push(n);
  return joints;
}

/** Middle of each joint along a direction, between the 5th and 95th percentile; of both joints where one is not shown. */
function middles(joints: Joints, at: (voxel: number) => number): Readonly<Record<Side, number>> {
  const middle = (voxels: readonly number[]) => {
    const [low, high] = percentiles(voxels.map(at), [5, 95]);
    return (low + high) / 2;
  };
  const all = middle([...joints.left, ...joints.right]);
  const of = (side: Side) => (joints[side].length > 0 ? middle(joints[side]) : all);
  return { left: of("left"), right: of("right") };
}

/** Each joint in each slice that shows it. */
function spansOf({ size }: Mask, joints: Joints, upAt: (voxel: number) => number): ReadonlyMap<string, Span> {
  const heights = new Map<string, number[]>();
  for (const side of sides)
    for (const voxel of joints[side]) {
      const key = `${side} ${Math.floor(voxel / (size[0] * size[1]))}`;
      const ups = heights.get(key);
      if (ups) ups.push(upAt(voxel));
      else heights.set(key, [upAt(voxel)]);
    }
  return new Map([...heights].map(([key, ups]) => [key, spanOf(ups)]));
}

function spanOf(ups: readonly number[]): Span {
  const [low, high] = [Math.min(...ups), Math.max(...ups)];
  return { voxels: ups.length, height: high - low, middle: (low + high) / 2 };
}
