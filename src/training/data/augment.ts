/** Seeded random patches: where to cut, how to deform, how to change the grey values. The plan's numbers are obeyed. */
import { Random } from "../../base/random.js";
import { seenPatch } from "../../study/context-slices.js";
import type { Plan } from "../../study/types.js";
import { type Vec3, voxelCount } from "../../volume/volume.js";
import type { CaseSource } from "./case-source.js";
import { augmentIntensity } from "./intensity.js";
import type { Prepared, Sample } from "./prepared.js";
import { resamplePatch } from "./resample-patch.js";
import { drawSpatialMap, type SpatialMap } from "./spatial.js";

/** A patch centred on a labelled voxel is moved by up to this share of its length, so that lesions are not always central. */
const jitter = 1 / 8;

/** The generator of one sample: nothing but these four numbers decides what the sample looks like. */
export function sampleRandom(seed: number, fold: number, iteration: number, index: number): Random {
  return new Random(seed, "fold", fold, "iteration", iteration, "sample", index);
}

/** The case a sample is cut from, of so many: the first number its generator gives. */
export function chosenCase(random: Random, count: number): number {
  return random.integer(count);
}

/** Empty arrays of one sample of this plan: image C,D,H,W with the slices a 2-D network sees beside its own, mask D,H,W. */
export function emptySample(plan: Plan): Sample {
  const image = new Float32Array(plan.channels.length * voxelCount(seenPatch(plan)));
  return { image, mask: new Uint8Array(voxelCount(plan.patch)) };
}

/**
 * One augmented patch from a randomly chosen case: a pure function of the cases, the plan and the generator's state. Fills
 * and returns `into` where given.
 */
export function makeSample(cases: CaseSource, plan: Plan, random: Random, into = emptySample(plan)): Sample {
  const source = cases.get(chosenCase(random, cases.count));
  const seen = { ...plan, patch: [...seenPatch(plan)] as Plan["patch"] };
  const [i, j, k] = choosePatch(source, plan, random);
  const margin = plan.networks[0].contextSlices;
  const map = drawSpatialMap(seen, [i, j, k - margin], random);
  if (margin === 0) resamplePatch(source, map, into);
  else resampleWithContext(source, map, margin, into);
  augmentIntensity(into.image, seen, random);
  return into;
}

/** The image of all slices the map shows, and the labels of those within `margin` slices from its ends. */
function resampleWithContext(source: Prepared, map: SpatialMap, margin: number, into: Sample): void {
  const mask = new Uint8Array(voxelCount(map.patch));
  resamplePatch(source, map, { image: into.image, mask });
  const outside = margin * map.patch[0] * map.patch[1];
  into.mask.set(mask.subarray(outside, mask.length - outside));
}

/**
 * First voxel of a patch. With probability `foreground` it holds a random voxel of a random label of the case; otherwise,
 * and in cases without labels, every place is equally likely. Along an axis shorter than the patch the image is centred
 * (and the start negative).
 */
export function choosePatch(
  source: Prepared,
  plan: Pick<Plan, "patch" | "augmentation">,
  random: Random,
): Vec3 {
  const target = random.chance(plan.augmentation.foreground) ? pickForeground(source, random) : undefined;
  return source.size.map((n, axis) => {
    const length = plan.patch[axis];
    const room = n - length;
    if (room <= 0) return -Math.floor(-room / 2);
    if (!target) return random.integer(room + 1);
    const reach = Math.floor(length * jitter);
    const start = target[axis] - Math.floor(length / 2) + random.integer(2 * reach + 1) - reach;
    return Math.min(room, Math.max(0, start));
  }) as unknown as Vec3;
}

function pickForeground(source: Prepared, random: Random): Vec3 | undefined {
  if (source.foreground.length === 0) return undefined;
  const { voxels } = random.pick(source.foreground);
  const index = voxels[random.integer(voxels.length)];
  const [ni, nj] = source.size;
  return [index % ni, Math.floor(index / ni) % nj, Math.floor(index / (ni * nj))];
}
