/** The hips of a scene: which side, the whole femoral head of each, and which bone a lesion lies in. */
import { squaredDistances } from "../volume/distance.js";
import { spacingOf, type Mask, type Vec3 } from "../volume/volume.js";
import { convexHull, isInside, type Point } from "./convex-hull.js";
import { alongVoxel, frameOf, type Frame } from "./frame.js";
import { indicesOf } from "./intensity.js";
import { lesionsOf } from "./lesions.js";
import { notDefined, type Undefined } from "./measurement.js";
import { isOneOf, valueOf, type BoneSource, type NamedValue, type Scene } from "./scene.js";
import type { Side } from "./sij-geometry.js";

export interface Hip {
  readonly side: Side;
  /** Voxels of the whole femoral head, lesions in it included. */
  readonly head: Int32Array;
}

export interface HipGeometry {
  readonly frame: Frame;
  readonly hips: readonly Hip[];
  /** The hip whose head is nearest. */
  readonly sideOf: (voxel: number) => Side;
  /** Bone at a voxel of oedema, or why it cannot be told. */
  readonly boneOf: (voxel: number) => HipBone | undefined;
  /** Why the acetabulum is not known, where it is not. */
  readonly acetabulumMissing: string | undefined;
  /** How head and sides were found. */
  readonly notes: readonly string[];
}

export type HipBone = "head" | "acetabulum";

/** Heads nearer than this (mm) are parts of one. */
const apartMm = 60;
/** The second head has at least this share of the first's voxels. */
const secondShare = 0.1;

/**
 * Heads come from the bone mask's `femoral-head`, or from the mask's own label of that name. The latter is carved out where
 * a lesion is labelled, so that the whole head is the label's convex hull in each slice (a head is convex), as far as it
 * holds head or lesion.
 */
export function hipGeometry(scene: Scene): HipGeometry | Undefined {
  const { mask, labels, bones } = scene;
  const ofBones = bones && valueOf(bones.labels, "femoral-head");
  const own = valueOf(labels, "femoral-head");
  const source = bones && ofBones !== undefined ? bones.mask : mask;
  const value = ofBones ?? own;
  if (value === undefined)
    return notDefined("needs the femoral head, as a label of the mask or of a bone mask");
  const pieces = lesionsOf(source, value);
  if (pieces.length === 0) return notDefined("no voxel of the femoral head");
  const axes = ([[1, 0, 0], [0, 1, 0], [0, 0, 1]] as const).map((axis) => alongVoxel(mask.affine, mask.size, axis)); // prettier-ignore
  const centroid = (voxels: Int32Array): Vec3 =>
    axes.map((at) => voxels.reduce((sum, voxel) => sum + at(voxel), 0) / voxels.length) as unknown as Vec3;
  const centres = headCentres(pieces.map(({ voxels }) => voxels), centroid); // prettier-ignore
  const { sides, note } = namedSides(centres, midline(bones, centroid));
  const nearest = (voxel: number) => {
    const distances = centres.map((centre) => Math.hypot(...centre.map((x, n) => axes[n](voxel) - x)));
    return sides[distances.indexOf(Math.min(...distances))];
  };
  const plain = hipsOf(sides, nearest, pieces.map(({ voxels }) => voxels)); // prettier-ignore
  const hips = ofBones !== undefined ? plain : plain.map((hip) => wholeHead(hip, mask, value));
  const whole =
    ofBones !== undefined
      ? `femoral head from the bone mask (${bones?.origin ?? ""})`
      : "whole femoral head: convex hull, slice by slice, of the mask's label, with the lesions inside it";
  return {
    frame: frameOf(mask.affine),
    hips,
    sideOf: nearest,
    ...boneFinder(scene, hips),
    notes: [whole, note],
  };
}

function headCentres(pieces: readonly Int32Array[], centroid: (voxels: Int32Array) => Vec3): Vec3[] {
  const first = centroid(pieces[0]);
  const second = pieces.find(
    (piece) =>
      piece.length >= secondShare * pieces[0].length &&
      Math.hypot(...centroid(piece).map((x, n) => x - first[n])) >= apartMm,
  );
  return second ? [first, centroid(second)] : [first];
}

/** Where the patient's midline is along LPS x, if the bone mask shows the sacrum. */
function midline(bones: BoneSource | undefined, centroid: (voxels: Int32Array) => Vec3): number | undefined {
  const value = bones && valueOf(bones.labels, "sacrum");
  if (value === undefined || !bones) return undefined;
  const voxels = indicesOf(bones.mask, (n) => bones.mask.data[n] === value);
  return voxels.length > 0 ? centroid(voxels)[0] : undefined;
}

function namedSides(centres: readonly Vec3[], middle: number | undefined): { sides: Side[]; note: string } {
  const [a, b] = centres;
  if (centres.length > 1)
    return {
      sides: a[0] > b[0] ? ["left", "right"] : ["right", "left"],
      note: "sides: the two heads against each other",
    };
  const side = a[0] > (middle ?? 0) ? "left" : "right";
  const against = middle === undefined ? "the scanner's centre (only one head is shown)" : "the sacrum";
  return { sides: [side], note: `sides: the head against ${against}` };
}

function hipsOf(
  sides: readonly Side[],
  nearest: (voxel: number) => Side,
  pieces: readonly Int32Array[],
): Hip[] {
  const voxels = pieces.flatMap((piece) => [...piece]);
  return sides.map((side) => ({
    side,
    head: Int32Array.from(voxels.filter((voxel) => nearest(voxel) === side)).sort(),
  }));
}

/** Adds lesion voxels inside the head's convex hull of each slice. */
function wholeHead(hip: Hip, mask: Mask, head: number): Hip {
  const [ni, nj] = mask.size;
  const bySlice = new Map<number, number[]>();
  for (const voxel of hip.head) {
    const slice = Math.floor(voxel / (ni * nj));
    const voxels = bySlice.get(slice) ?? [];
    if (voxels.push(voxel) === 1) bySlice.set(slice, voxels);
  }
  const added: number[] = [];
  for (const [slice, voxels] of bySlice) {
    const hull = convexHull(voxels.map((voxel): Point => [voxel % ni, Math.floor(voxel / ni) % nj]));
    for (let n = slice * ni * nj; n < (slice + 1) * ni * nj; n++) {
      const isLesion = mask.data[n] !== 0 && mask.data[n] !== head;
      if (isLesion && isInside(hull, [n % ni, Math.floor(n / ni) % nj])) added.push(n);
    }
  }
  return { ...hip, head: Int32Array.from([...hip.head, ...added]).sort() };
}

/** The bone of a voxel by the bone mask (nearest within the tolerance), or without one by the head's hull alone. */
function boneFinder(
  { bones, mask, options }: Scene,
  hips: readonly Hip[],
): Pick<HipGeometry, "boneOf" | "acetabulumMissing"> {
  const femur = bones && ["femoral-head", "femur"].map((name) => valueOf(bones.labels, name));
  const socket = bones && ["pelvis", "acetabulum"].map((name) => valueOf(bones.labels, name));
  if (!bones || !femur || !socket || socket.every((value) => value === undefined)) {
    const inHead = new Set(hips.flatMap(({ head }) => [...head]));
    return {
      boneOf: (voxel) => (inHead.has(voxel) ? "head" : undefined),
      acetabulumMissing: "needs a bone mask with the pelvis; oedema outside the head is not told apart",
    };
  }
  const fields = [femur, socket].map((values) => distancesTo(bones.mask, isOneOf(values)));
  const limit = options.boneToleranceMm ** 2;
  return {
    acetabulumMissing: undefined,
    boneOf: (voxel) => {
      const [toFemur, toSocket] = fields.map((field) => field[voxel]);
      if (Math.min(toFemur, toSocket) > limit) return undefined;
      return toFemur <= toSocket ? "head" : "acetabulum";
    },
  };
  function distancesTo(source: Mask, wanted: Uint8Array): Float64Array {
    const sites = source.data.map((value) => wanted[value]);
    return squaredDistances(sites, mask.size, spacingOf(mask.affine));
  }
}

/** Names of the labels of a hip mask that are inflammation: all but anatomy. */
export function inflammation(labels: readonly NamedValue[]): Uint8Array {
  return isOneOf([valueOf(labels, "bone-marrow-oedema"), valueOf(labels, "effusion", "effusion-synovitis")]);
}
