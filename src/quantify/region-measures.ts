/** Measures of any region, lesion or not: a table, and the interpreter that asks for what is missing before it computes. */
import { transformPoint } from "../volume/geometry.js";
import { percentile } from "../volume/intensity.js";
import type { Vec3 } from "../volume/volume.js";
import type { MeasureName } from "./catalogue.js";
import { extentOf, type Extent } from "./extent.js";
import { meanOf, ringAround, sdOf, valuesAt, type Reference } from "./intensity.js";
import { voxelVolume, type Lesion, type Region } from "./lesions.js";
import { measurement, notDefined, type Measured, type Measurement, type Subject } from "./measurement.js";
import type { Scene } from "./scene.js";

/** What the measures of one label share, computed once. */
export interface RegionContext {
  readonly scene: Scene;
  readonly reference: Reference | undefined;
  /** Values of the lesion mask that are findings. */
  readonly findings: Uint8Array;
  /** In-plane extent of a lesion. */
  readonly extent: (lesion: Lesion) => Extent;
}

interface RegionMeasure {
  readonly measure: MeasureName;
  /** Counts and volumes of nothing are 0; everything else of nothing is not defined. */
  readonly ofNothing?: 0;
  /** Computed for whole regions alone, not for each lesion. */
  readonly regionsOnly?: true;
  readonly needs?: readonly Need[];
  readonly compute: (region: Region, context: RegionContext, values: Float64Array) => Measured;
}

type Need = "image" | "bones" | "reference";
const missing: Readonly<Record<Need, string>> = {
  image: "needs an image",
  bones: "needs a bone mask",
  reference: "needs an image and a reference with at least one voxel",
};

export const regionMeasures: readonly RegionMeasure[] = [
  { measure: "lesion-count", ofNothing: 0, regionsOnly: true, compute: ({ lesions }) => lesions.length },
  { measure: "voxels", ofNothing: 0, compute: ({ voxels }) => voxels.length },
  { measure: "volume", ofNothing: 0, compute: volume },
  { measure: "volume-ml", ofNothing: 0, compute: (region, context) => volume(region, context) / 1000 },
  { measure: "largest-diameter", compute: largest(({ diameter }) => diameter) },
  { measure: "largest-area", compute: largest(({ area }) => area) },
  { measure: "slices-touched", ofNothing: 0, compute: slicesTouched },
  { measure: "centroid-left", compute: centroid(0) },
  { measure: "centroid-posterior", compute: centroid(1) },
  { measure: "centroid-superior", compute: centroid(2) },
  { measure: "mean-intensity", needs: ["image"], compute: (_r, _c, values) => meanOf(values) },
  { measure: "sd-intensity", needs: ["image"], compute: (_r, _c, values) => spread(values) },
  { measure: "p10-intensity", needs: ["image"], compute: (_r, _c, values) => percentile(values, 10) },
  { measure: "median-intensity", needs: ["image"], compute: (_r, _c, values) => percentile(values, 50) },
  { measure: "p90-intensity", needs: ["image"], compute: (_r, _c, values) => percentile(values, 90) },
  { measure: "relative-intensity", needs: ["image", "reference"], compute: relative },
  { measure: "standard-intensity", needs: ["image", "reference"], compute: standardised },
  { measure: "contrast", needs: ["image", "bones"], compute: contrast },
];

/** Every measure of one region. */
export function measureRegion(region: Region, subject: Subject, context: RegionContext): Measurement[] {
  const { image } = context.scene;
  const values = image ? valuesAt(image, region.voxels) : new Float64Array(0);
  return regionMeasures
    .filter(({ regionsOnly }) => !regionsOnly || subject.level !== "lesion")
    .map((row) => measurement(row.measure, subject, evaluate(row, region, context, values)));
}

function evaluate(
  row: RegionMeasure,
  region: Region,
  context: RegionContext,
  values: Float64Array,
): Measured {
  if (region.voxels.length === 0) return row.ofNothing ?? notDefined("no voxel of this label here");
  const { image, bones } = context.scene;
  const has: Readonly<Record<Need, unknown>> = { image, bones, reference: context.reference };
  const lacking = row.needs?.find((need) => has[need] === undefined);
  return lacking === undefined ? row.compute(region, context, values) : notDefined(missing[lacking]);
}

function volume({ voxels }: Region, { scene }: RegionContext): number {
  return voxels.length * voxelVolume(scene.mask.affine);
}

function largest(of: (extent: Extent) => number) {
  return ({ lesions }: Region, { extent }: RegionContext): Measured =>
    lesions.length === 0
      ? notDefined("no lesion has most of its voxels here")
      : Math.max(...lesions.map((lesion) => of(extent(lesion))));
}

function slicesTouched({ voxels }: Region, { scene }: RegionContext): number {
  const area = scene.mask.size[0] * scene.mask.size[1];
  return new Set(voxels.map((voxel) => Math.floor(voxel / area))).size;
}

function centroid(axis: 0 | 1 | 2) {
  return ({ voxels }: Region, { scene: { mask } }: RegionContext): number => {
    const [ni, nj] = mask.size;
    const sum = [0, 0, 0];
    for (const voxel of voxels) {
      sum[0] += voxel % ni;
      sum[1] += Math.floor(voxel / ni) % nj;
      sum[2] += Math.floor(voxel / (ni * nj));
    }
    return transformPoint(mask.affine, sum.map((at) => at / voxels.length) as unknown as Vec3)[axis];
  };
}

function spread(values: Float64Array): Measured {
  return values.length === 1 ? notDefined("one voxel has no spread") : sdOf(values);
}

function relative(_region: Region, { reference }: RegionContext, values: Float64Array): Measured {
  const centre = reference?.centre ?? 0;
  return centre === 0 ? notDefined("the reference's intensity is 0") : meanOf(values) / centre;
}

function standardised(_region: Region, { reference }: RegionContext, values: Float64Array): Measured {
  const { centre, spread: sd } = reference ?? { centre: 0, spread: 0 };
  return sd > 0 ? (meanOf(values) - centre) / sd : notDefined("the reference has no spread");
}

function contrast({ voxels }: Region, { scene, findings }: RegionContext, values: Float64Array): Measured {
  const ring = scene.image ? valuesAt(scene.image, ringAround(voxels, scene, findings)) : new Float64Array(0);
  if (ring.length === 0) return notDefined(`no bone without a finding within ${scene.options.ringMm} mm`);
  const around = meanOf(ring);
  return around === 0 ? notDefined("the bone around has intensity 0") : (meanOf(values) - around) / around;
}

/** The context of one scene; extents are remembered, since patient, joint and lesion ask for the same ones. */
export function regionContext(
  scene: Scene,
  reference: Reference | undefined,
  findings: Uint8Array,
): RegionContext {
  const known = new Map<Int32Array, Extent>();
  const extent = ({ voxels }: Lesion) => {
    const found = known.get(voxels) ?? extentOf(voxels, scene.mask.size, scene.mask.affine);
    known.set(voxels, found);
    return found;
  };
  return { scene, reference, findings, extent };
}
