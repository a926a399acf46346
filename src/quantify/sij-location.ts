/**
 * Where lesions of the sacroiliac joints lie: by bone, side, quadrant, front and back, and how far from the joint (paper 1:
 * location, size and intensity of fat metaplasia; the same for oedema on STIR).
 */
import type { Measurement, Subject } from "./measurement.js";
import { measurement, notDefined, type Measured } from "./measurement.js";
import { mostCommon, partOf, voxelVolume, type Lesion, type Region } from "./lesions.js";
import type { MeasureName } from "./catalogue.js";
import { halves, sides, sijBones, type Side, type SijGeometry } from "./sij-geometry.js";
import type { Scene } from "./scene.js";

/** Everything about one label's place. Volumes of nothing are 0; words of nothing are not asked for. */
export function sijLocation(
  label: string,
  region: Region,
  scene: Scene,
  geometry: SijGeometry,
): Measurement[] {
  const at = { label, region, scene, geometry };
  return [
    ...patientRows(at),
    ...sides.flatMap((side) => jointRows(at, side)),
    ...region.lesions.flatMap((lesion) => lesionRows(at, lesion)),
  ];
}

/** `sacral` and `iliac`, as quadrants are called. */
export const ofBone = { sacrum: "sacral", ilium: "iliac" } as const;

interface Place {
  readonly label: string;
  readonly region: Region;
  readonly scene: Scene;
  readonly geometry: SijGeometry;
}

const volumeOf = ({ scene }: Place, { voxels }: Region) => voxels.length * voxelVolume(scene.mask.affine);

function patientRows(place: Place): Measurement[] {
  const { label, region, geometry } = place;
  const all: Subject = { label, level: "patient", of: "all" };
  const outside = partOf(region, (voxel) => geometry.boneOf(voxel) === undefined);
  return [measurement("outside-volume", all, volumeOf(place, outside)), ...parts(place, region, all, sides)];
}

function jointRows(place: Place, side: Side): Measurement[] {
  const { label, geometry } = place;
  const { sideOf, boneOf, halfOf } = geometry;
  const region = partOf(place.region, (voxel) => sideOf(voxel) === side);
  const bones = sijBones.map((bone) =>
    measurement(
      "bone-volume",
      { label, level: "bone", of: `${side} ${bone}` },
      volumeOf(
        place,
        partOf(region, (voxel) => boneOf(voxel) === bone),
      ),
    ),
  );
  const quadrants = halves.flatMap((half) =>
    sijBones.map((bone) => {
      const inside = (voxel: number) => boneOf(voxel) === bone && halfOf(voxel) === half;
      const of = `${side} ${half} ${ofBone[bone]}`;
      return measurement(
        "quadrant-volume",
        { label, level: "quadrant", of },
        volumeOf(place, partOf(region, inside)),
      );
    }),
  );
  const joint: Subject = { label, level: "joint", of: side };
  return [...bones, ...quadrants, ...parts(place, region, joint, [side])];
}

/** Front and back, subchondral volume and share, of a region and of the joints it is a part of. */
function parts(place: Place, region: Region, subject: Subject, of: readonly Side[]): Measurement[] {
  const { geometry } = place;
  const front = partOf(region, geometry.inFront);
  const band = partOf(region, isSubchondral(place));
  const rows: readonly (readonly [MeasureName, Measured])[] = [
    ["anterior-volume", volumeOf(place, front)],
    ["posterior-volume", volumeOf(place, region) - volumeOf(place, front)],
    ["subchondral-volume", volumeOf(place, band)],
    ["subchondral-share", share(place, band, of)],
  ];
  return rows.map(([measure, value]) => measurement(measure, subject, value));
}

function isSubchondral({ geometry, scene }: Place): (voxel: number) => boolean {
  return (voxel) => geometry.depthOf(voxel) <= scene.options.subchondralMm;
}

/** Both are counted in the bone mask: what a lesion mask draws into the joint space is no share of bone. */
function share({ geometry, scene }: Place, band: Region, of: readonly Side[]): Measured {
  const counts = geometry.subchondralVoxels(scene.options.subchondralMm);
  const all = of.reduce((sum, side) => sum + counts[side], 0);
  const inBone = band.voxels.filter((voxel) => geometry.isInBone(voxel)).length;
  return all === 0 ? notDefined("no subchondral bone in the bone mask here") : inBone / all;
}

function lesionRows(place: Place, lesion: Lesion): Measurement[] {
  const { geometry, label } = place;
  const subject: Subject = { label, level: "lesion", of: `lesion ${lesion.number}` };
  const most = <T>(keyOf: (voxel: number) => T) => mostCommon(lesion.voxels, keyOf);
  const bone = most(geometry.boneOf);
  const quadrant = most((voxel) => quadrantOf(geometry, voxel));
  const rows: readonly (readonly [MeasureName, Measured])[] = [
    ["side", most(geometry.sideOf) ?? notDefined("no voxel")],
    ["bone", bone ?? "outside"],
    ["quadrant", quadrant ?? notDefined("most of the lesion is outside the bones")],
    ["anterior-posterior", most(geometry.inFront) ? "anterior" : "posterior"],
    ...distances(place, lesion),
  ];
  return rows.map(([measure, value]) => measurement(measure, subject, value));
}

/** `left upper iliac` and its like; undefined outside the bones. */
export function quadrantOf({ sideOf, halfOf, boneOf }: SijGeometry, voxel: number): string | undefined {
  const bone = boneOf(voxel);
  return bone && `${sideOf(voxel)} ${halfOf(voxel)} ${ofBone[bone]}`;
}

function distances({ geometry, scene }: Place, { voxels }: Lesion): [MeasureName, Measured][] {
  let [nearest, farthest] = [Infinity, -Infinity];
  for (const voxel of voxels) {
    const depth = geometry.depthOf(voxel);
    if (!Number.isFinite(depth)) continue;
    nearest = Math.min(nearest, depth);
    farthest = Math.max(farthest, depth);
  }
  const none = notDefined("the lesion is outside the bones");
  if (nearest === Infinity)
    return [["depth", none], ["nearest-distance", none], ["farthest-distance", none]]; // prettier-ignore
  const depth = nearest <= scene.options.subchondralMm ? "subchondral" : "deep";
  return [["depth", depth], ["nearest-distance", nearest], ["farthest-distance", farthest]]; // prettier-ignore
}
