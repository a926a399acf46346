/** Inflammation of each hip by its place: oedema of head and acetabulum, effusion and synovitis. */
import type { HipGeometry } from "./hip-geometry.js";
import { partOf, voxelVolume, wholeRegion, lesionsOf, type Region } from "./lesions.js";
import { measurement, notDefined, type Measured, type Measurement } from "./measurement.js";
import { valueOf, type Scene } from "./scene.js";

/** A row for each hip that is shown. Volumes of nothing are 0; the acetabulum is not defined without a bone mask. */
export function hipLocation(scene: Scene, geometry: HipGeometry): Measurement[] {
  const oedema = regionOf(scene, "bone-marrow-oedema");
  const effusion = regionOf(scene, "effusion", "effusion-synovitis");
  const volume = ({ voxels }: Region) => voxels.length * voxelVolume(scene.mask.affine);
  return geometry.hips.flatMap(({ side }) => {
    const own = (voxel: number) => geometry.sideOf(voxel) === side;
    const inBone = (bone: "head" | "acetabulum"): Measured =>
      oedema === undefined
        ? notDefined("the mask has no label bone-marrow-oedema")
        : volume(partOf(oedema, (voxel) => own(voxel) && geometry.boneOf(voxel) === bone));
    const missing = geometry.acetabulumMissing;
    const label = (name: string) => ({ label: name, level: "joint", of: side }) as const;
    return [
      measurement("head-oedema", label("bone-marrow-oedema"), inBone("head")),
      measurement(
        "acetabulum-oedema",
        label("bone-marrow-oedema"),
        missing === undefined ? inBone("acetabulum") : notDefined(missing),
      ),
      measurement(
        "effusion-volume",
        label("effusion"),
        effusion === undefined ? notDefined("the mask has no label effusion") : volume(partOf(effusion, own)),
      ),
    ];
  });
}

function regionOf({ mask, labels }: Scene, ...names: string[]): Region | undefined {
  const value = valueOf(labels, ...names);
  return value === undefined ? undefined : wholeRegion(lesionsOf(mask, value));
}
