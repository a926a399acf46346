/** The measures of any lesion: for the patient, for each joint where sides are known, and for each lesion. */
import { lesionsOf, partOf, wholeRegion, type Lesion, type Region } from "./lesions.js";
import type { Measurement, Undefined } from "./measurement.js";
import { measureRegion, type RegionContext } from "./region-measures.js";
import type { NamedValue } from "./scene.js";
import type { Side } from "./sij-geometry.js";

/** Side of a voxel, or why sides are not known. */
export type SideFinder = ((voxel: number) => Side) | Undefined;

/**
 * Every region measure of one label. An empty mask gives counts and volumes of 0 and no lesion rows. Joint rows are made
 * only where sides are known. A lesion that touches both joints belongs to the one with most of it; volumes and intensities
 * of a joint are of its own voxels.
 */
export function measureLesions(label: NamedValue, context: RegionContext, sideOf: SideFinder): Measurement[] {
  const region = wholeRegion(lesionsOf(context.scene.mask, label.value));
  const joints = typeof sideOf === "function" ? jointRegions(region, sideOf) : [];
  return [
    ...measureRegion(region, { label: label.name, level: "patient", of: "all" }, context),
    ...joints.flatMap(([side, part]) =>
      measureRegion(part, { label: label.name, level: "joint", of: side }, context),
    ),
    ...region.lesions.flatMap((lesion) => measureLesion(lesion, label, context)),
  ];
}

function jointRegions(region: Region, sideOf: (voxel: number) => Side): [Side, Region][] {
  return (["left", "right"] as const).map((side) => [
    side,
    partOf(region, (voxel) => sideOf(voxel) === side),
  ]);
}

function measureLesion(lesion: Lesion, label: NamedValue, context: RegionContext): Measurement[] {
  const region = { voxels: lesion.voxels, lesions: [lesion] };
  return measureRegion(
    region,
    { label: label.name, level: "lesion", of: `lesion ${lesion.number}` },
    context,
  );
}
