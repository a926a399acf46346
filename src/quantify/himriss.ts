/**
 * HIMRISS, suggested from a mask: the template (himriss-template.ts) says what is scored; here points are counted where a mask
 * can tell. Sources stand in the template.
 */
import type { Vec3 } from "../volume/volume.js";
import { alongVoxel } from "./frame.js";
import type { Hip, HipGeometry } from "./hip-geometry.js";
import { inPlaneDistances } from "./joint-surface.js";
import { measurement, notDefined, type Measured, type Measurement } from "./measurement.js";
import { isOneOf, valueOf, type Scene } from "./scene.js";
import type { HimrissItem, HimrissTemplate } from "./himriss-template.js";
import { chooseSlices, zones, type ChosenSlices } from "./slice-rule.js";
import { growsToFront } from "./unet-score.js";

export { himrissTemplate, type HimrissItem, type HimrissTemplate } from "./himriss-template.js";

/**
 * Suggested points of each item for each hip. Oedema of the head: the head's box in the slice is divided into as many equal
 * fields as there are points (3 × 3, or 2 one above the other), and those with oedema count. Of the acetabulum: as many
 * equal sectors of the half circle over the head's centre. Effusion: grades by the largest thickness in the slice.
 * Not defined where the bones are not known or the hip has too few slices: left for the reader.
 */
export function himrissSuggestion(scene: Scene, geometry: HipGeometry): Measurement[] {
  const template = scene.options.himriss;
  return geometry.hips.flatMap((hip) => {
    const chosen = slicesOf(hip, scene, geometry, template);
    return template.items.map((one) => {
      const subject = { label: one.name, level: "joint", of: hip.side } as const;
      return measurement("himriss-item", subject, suggest(one, hip, chosen, scene, geometry));
    });
  });
}

function slicesOf({ head }: Hip, { mask }: Scene, { frame }: HipGeometry, { slices }: HimrissTemplate) {
  if (frame.plane !== "coronal")
    return notDefined(`the slice rule is for coronal slices; these are ${frame.plane}`);
  const area = mask.size[0] * mask.size[1];
  const shown = [...new Set(head.map((voxel) => Math.floor(voxel / area)))].sort((a, b) => a - b);
  return chooseSlices(growsToFront(frame.front, mask.affine) ? shown.reverse() : shown, slices);
}

function suggest(
  one: HimrissItem,
  hip: Hip,
  chosen: ReturnType<typeof slicesOf>,
  scene: Scene,
  geometry: HipGeometry,
): Measured {
  if ("undefined" in chosen) return chosen;
  const value = valueOf(scene.labels, one.label, `${one.label}-synovitis`);
  if (value === undefined) return notDefined(`the mask has no label ${one.label}; left for the reader`);
  if (one.gradesMm) return thicknessPoints(one, value, hip, chosen, scene, geometry);
  const { bone } = one;
  if (bone === undefined) return notDefined("the template names no bone; left for the reader");
  if (bone === "acetabulum" && geometry.acetabulumMissing !== undefined)
    return notDefined(`${geometry.acetabulumMissing}; left for the reader`);
  return regionPoints(one, bone, value, hip, chosen, scene, geometry);
}

function regionPoints(
  { points }: HimrissItem,
  bone: "head" | "acetabulum",
  value: number,
  hip: Hip,
  chosen: ChosenSlices,
  scene: Scene,
  geometry: HipGeometry,
): number {
  const { mask } = scene;
  const lesion = (voxel: number) =>
    mask.data[voxel] === value && geometry.sideOf(voxel) === hip.side && geometry.boneOf(voxel) === bone;
  const area = mask.size[0] * mask.size[1];
  let sum = 0;
  for (const zone of zones.filter((one) => points[one] > 0))
    for (const slice of chosen[zone]) {
      const fieldOf = dividers[bone](hip, scene, geometry, slice, points[zone]);
      const fields = new Set<number>();
      for (let n = slice * area; n < (slice + 1) * area; n++) if (lesion(n)) fields.add(fieldOf(n));
      sum += fields.size;
    }
  return sum;
}

type Divider = (
  hip: Hip,
  scene: Scene,
  geometry: HipGeometry,
  slice: number,
  fields: number,
) => (voxel: number) => number;

/** How a slice is divided into fields: returns the field of a voxel, 0 … fields − 1. */
const dividers: Readonly<Record<"head" | "acetabulum", Divider>> = {
  head: (hip, scene, geometry, slice, fields) => {
    const { left, up, box } = headBox(hip, scene, geometry, slice);
    const columns = fields % 3 === 0 ? 3 : 1;
    const rows = fields / columns;
    const part = (x: number, [low, high]: readonly [number, number], parts: number) =>
      Math.min(parts - 1, Math.max(0, Math.floor((parts * (x - low)) / Math.max(high - low, 1e-6))));
    return (voxel) => part(left(voxel), box.left, columns) + columns * part(up(voxel), box.up, rows);
  },
  acetabulum: (hip, scene, geometry, slice, fields) => {
    const { left, up, box } = headBox(hip, scene, geometry, slice);
    const middle = ([low, high]: readonly [number, number]) => (low + high) / 2;
    const outwards = hip.side === "left" ? 1 : -1;
    return (voxel) => {
      const angle = Math.atan2(up(voxel) - middle(box.up), outwards * (left(voxel) - middle(box.left)));
      const turned = angle < -Math.PI / 2 ? Math.PI : Math.max(0, angle);
      return Math.min(fields - 1, Math.floor((fields * turned) / Math.PI));
    };
  },
};

function headBox({ head }: Hip, { mask }: Scene, { frame }: HipGeometry, slice: number) {
  const area = mask.size[0] * mask.size[1];
  const here = head.filter((voxel) => Math.floor(voxel / area) === slice);
  const axis = (direction: Vec3) => alongVoxel(mask.affine, mask.size, direction);
  const [left, up] = [axis(frame.left), axis(frame.up)];
  const range = (at: (voxel: number) => number): readonly [number, number] => {
    const places = Array.from(here, at);
    return [Math.min(...places), Math.max(...places)];
  };
  return { left, up, box: { left: range(left), up: range(up) } };
}

/** Twice the largest distance to the border, within the slice, is the thickness. */
function thicknessPoints(
  { gradesMm = [], points }: HimrissItem,
  value: number,
  hip: Hip,
  chosen: ChosenSlices,
  { mask }: Scene,
  geometry: HipGeometry,
): number {
  const wanted = isOneOf([value]);
  const toBorder = inPlaneDistances(mask.data.map((label) => 1 - wanted[label]), mask); // prettier-ignore
  const area = mask.size[0] * mask.size[1];
  const pixel = Math.min(Math.hypot(mask.affine[0], mask.affine[4], mask.affine[8]), Math.hypot(mask.affine[1], mask.affine[5], mask.affine[9])); // prettier-ignore
  let sum = 0;
  for (const zone of zones)
    for (const slice of chosen[zone]) {
      let thickest = 0;
      for (let n = slice * area; n < (slice + 1) * area; n++)
        if (mask.data[n] === value && geometry.sideOf(n) === hip.side)
          thickest = Math.max(thickest, 2 * Math.sqrt(toBorder[n]) - pixel);
      sum += Math.min(points[zone], gradesMm.filter((limit) => thickest >= limit).length);
    }
  return sum;
}
