/** One synthetic subject: image, truth, and who it pretends to be. */
import { Random } from "../base/random.js";
import type { Mask, Volume } from "../volume/volume.js";
import { acquire } from "./acquire.js";
import type { BoneLabel, Lesion, LesionPlan } from "./lesion.js";
import { hipBones, hipScene } from "./hip/scene.js";
import { Noise } from "./noise.js";
import { drawPerson, type Person } from "./person.js";
import { affineOf, compose, turn, type Grid } from "./pose.js";
import { drawAcquisition, drawBuild, drawGrid, protocols, type Kind, type Size } from "./protocol.js";
import { render, type Rendering } from "./render.js";
import type { Coat } from "./shapes.js";
import type { Cohort } from "./sij/lesions.js";
import { sijBones, sijScene } from "./sij/scene.js";

export interface SubjectOptions {
  readonly seed: number;
  /** Number of the subject in the study, from 1. */
  readonly subject: number;
  readonly size: Size;
  /** What tells the groups of sij-t1 apart: all that the papers describe (`general`), or the lesions' extent alone (`axspa`). */
  readonly cohort?: Cohort;
}

export interface Truth {
  readonly synthetic: true;
  readonly kind: Kind;
  readonly seed: number;
  readonly subject: number;
  readonly size: Size;
  readonly cohort?: Cohort;
  readonly person: Person;
  /** Lesions with at least one voxel in the mask. */
  readonly lesions: readonly Lesion[];
  readonly bones: readonly BoneLabel[];
  /** Standard deviation of the noise in each channel, in stored units. */
  readonly noise: number;
}

export interface PhantomSubject {
  readonly image: Volume;
  /** Lesions: values of the task's labels. */
  readonly mask: Mask;
  /** Values as `truth.bones` says. */
  readonly bones: Mask;
  readonly truth: Truth;
}

interface Anatomy {
  /** Value of the bones mask that the task labels too, and its label. */
  readonly labelled?: readonly [bone: number, label: number];
  readonly scene: (
    person: Person,
    random: Random,
    cohort?: Cohort,
  ) => { coats: readonly Coat[]; lesions: readonly LesionPlan[] };
  readonly bones: readonly BoneLabel[];
  /** True where the tables' q grows to the feet and w to the back (coronal pictures); else q grows to the back, w to the head. */
  readonly coronal?: true;
}

const anatomies: Readonly<Record<Kind, Anatomy>> = {
  "sij-t1": {
    scene: (person, random, cohort) => sijScene(person.group, person.age, random, cohort),
    bones: sijBones,
  },
  "hip-stir": {
    scene: (person, random) => hipScene(person.age, random),
    bones: hipBones,
    labelled: [1, 1],
    coronal: true,
  },
};

/**
 * Renders one subject. The same kind and options give the same bits on every machine. Image and masks share size and
 * affine (LPS+ mm, oblique); the image holds whole numbers in arbitrary units, as a scanner stores them.
 */
export function renderSubject(kind: Kind, options: SubjectOptions): PhantomSubject {
  const stream = (...keys: string[]) => new Random(options.seed, "phantom", kind, options.subject, ...keys);
  const protocol = protocols[kind];
  const anatomy = anatomies[kind];
  const person = drawPerson(kind, options.subject, stream("person"));
  const grid = drawGrid(protocol, options.size, stream("grid"));
  const how = drawAcquisition(protocol, person.site, stream("acquisition"));
  const scene = anatomy.scene(person, stream("scene"), options.cohort);
  const build = drawBuild(protocol, stream("build"));
  const { planes } = protocol.matrix[options.size];
  const rendering = render({ grid, build, coats: scene.coats, planes }, new Noise(stream("noise")));
  const place = { size: grid.size, affine: affineOf(anatomy.coronal ? upright(grid) : grid) };
  const voxel = grid.spacing[0] * grid.spacing[1] * grid.spacing[2];
  const lesions = measure(rendering.lesions, scene.lesions, voxel);
  const truth = { synthetic: true, kind, ...options, person, lesions, bones: anatomy.bones } as const;
  return {
    image: { ...place, data: acquire(rendering.signal, grid, how, stream("scanner")) },
    mask: { ...place, data: labels(rendering, scene.lesions, anatomy) },
    bones: { ...place, data: rendering.bones },
    truth: { ...truth, noise: how.noise * how.scale },
  };
}

/** Coronal pictures as they stand in the scanner: their second axis leads to the feet, their slices to the back. */
function upright(grid: Grid): Grid {
  return { ...grid, patient: compose(grid.patient, turn("x", -1)) };
}

function labels({ lesions, bones }: Rendering, plans: readonly LesionPlan[], { labelled }: Anatomy) {
  const behind = (n: number) => (labelled && bones[n] === labelled[0] ? labelled[1] : 0);
  return lesions.map((number, n) => plans[number - 1]?.label ?? behind(n));
}

/** Voxels and volume of each lesion; what left no voxel (too thin, or outside the slices) is dropped. */
function measure(numbers: Uint8Array, plans: readonly LesionPlan[], voxel: number): Lesion[] {
  const counts = new Array<number>(plans.length + 1).fill(0);
  for (const n of numbers) counts[n]++;
  return plans
    .map((plan, n) => ({ ...plan, voxels: counts[n + 1], volumeMm3: counts[n + 1] * voxel }))
    .filter((lesion) => lesion.voxels > 0);
}
