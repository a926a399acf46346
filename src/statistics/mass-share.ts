/** How much of a map lies near lesions, against chance. */
import { squaredDistances } from "../volume/distance.js";
import { spacingOf, type Mask, type Volume } from "../volume/volume.js";
import { requireSameGrid } from "./confusion.js";

export interface MassShare {
  /** Of the map's positive mass, the part within the distance of the mask. */
  readonly share: number;
  /** Of the body's voxels, the part there: what a map that knows nothing would have. */
  readonly chance: number;
}

/** Darker than this share of the image's mean is air. */
const airBelow = 0.25;

/**
 * Share of a map's positive mass within `mm` of the mask (any label), against the share of the body. All on one grid
 * (GRID_MISMATCH). Undefined where the mask is empty or the map nowhere positive.
 */
export function massShare(map: Volume, mask: Mask, image: Volume, mm: number): MassShare | undefined {
  for (const volume of [map, image]) requireSameGrid(mask, { ...volume, data: mask.data });
  const sites = mask.data.map((label) => Number(label > 0));
  const squared = squaredDistances(sites, mask.size, spacingOf(mask.affine));
  const air = (airBelow * image.data.reduce((sum, v) => sum + v, 0)) / image.data.length;
  const sums = { near: 0, all: 0, nearBody: 0, body: 0 };
  map.data.forEach((value, n) => {
    const isNear = Number(squared[n] <= mm * mm);
    const mass = Math.max(0, value);
    const inBody = Number(image.data[n] > air);
    sums.all += mass;
    sums.near += mass * isNear;
    sums.body += inBody;
    sums.nearBody += inBody * isNear;
  });
  if (!sites.includes(1) || sums.all === 0) return undefined;
  return { share: sums.near / sums.all, chance: sums.nearBody / sums.body };
}
