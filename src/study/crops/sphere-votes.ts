/** Spheres of the size of femoral heads, found by the circles they make in coronal slices. */
import { reorient, transformPoint } from "../../volume/geometry.js";
import { gridWithSpacing, resampleTo } from "../../volume/resample.js";
import { spacingOf, type Affine, type Vec3, type Volume } from "../../volume/volume.js";
import { blurred, circleVotes, gathered } from "./circle-votes.js";

export interface Sphere {
  /** LPS+ mm. */
  readonly centre: Vec3;
  readonly radiusMm: number;
  /** Share of the rim that is seen, about: positive where the sphere is brighter than around it, negative where darker. */
  readonly votes: number;
}

/** Pixel of the voting, mm. */
const pixelMm = 2;
/** Circles that can be a slice through a femoral head, mm. */
const circleRadii = Array.from({ length: 11 }, (_, n) => 9 + 2 * n);
/** Femoral heads are 40 to 55 mm wide; with their cartilage a little more. */
const headRadii = [19, 21, 23, 25, 27, 29];
/** Small circles close more easily by chance; votes count by the root of the radius over this one, mm. */
const usualRadius = 24;
/** Slices further from the centre than this share of the radius show too small a circle. */
const deepest = 0.85;
/** A sphere of which less is seen is none. */
const weakest = 0.05;
/** Spheres kept, and how near (mm) a weaker one is the same. */
const kept = 60;
const sameMm = 12;

/** Votes of every slice for every radius of circles. */
interface Voting {
  readonly slices: readonly (readonly Float32Array[])[];
  readonly width: number;
  readonly height: number;
  /** Distance of slices, mm. */
  readonly slice: number;
  readonly affine: Affine;
}

/** The strongest spheres, strongest first, each at least 12 mm from all stronger ones. */
export function findSpheres(image: Volume): Sphere[] {
  const voting = votesIn(image);
  const found = voting.slices.flatMap((_, k) =>
    headRadii.flatMap((radiusMm) => spheresIn(voting, k, radiusMm)),
  );
  found.sort((a, b) => Math.abs(b.votes) - Math.abs(a.votes));
  const spheres: Sphere[] = [];
  for (const sphere of found) {
    const isNew = spheres.every((other) => distance(other.centre, sphere.centre) >= sameMm);
    if (isNew && spheres.push(sphere) === kept) break;
  }
  return spheres;
}

const distance = (a: Vec3, b: Vec3) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Turns the image (i to the left, j to the feet, k to the back) and lets the edges of every slice vote. */
function votesIn(image: Volume): Voting {
  const upright = reorient(image, "LIP");
  const slice = spacingOf(upright.affine)[2];
  const grid = gridWithSpacing(upright, [pixelMm, pixelMm, slice]);
  const { data, size, affine } = resampleTo(upright, grid, { method: "linear", outside: "edge" });
  const [width, height, depth] = size;
  const pixels = circleRadii.map((mm) => mm / pixelMm);
  const slices = Array.from({ length: depth }, (_, k) => {
    const plane = { data: data.subarray(k * width * height, (k + 1) * width * height), width, height };
    return circleVotes({ ...plane, data: blurred(plane) }, pixels);
  });
  return { slices, width, height, slice, affine };
}

/** Spheres of one radius with their centre in slice k. */
function spheresIn(voting: Voting, k: number, radiusMm: number): Sphere[] {
  const { width, height, affine } = voting;
  const votes = gathered({ data: sphereVotes(voting, k, radiusMm), width, height });
  return peaks(votes, width, height).map((n) => ({
    centre: transformPoint(affine, [n % width, Math.floor(n / width), k]),
    radiusMm,
    votes: votes[n],
  }));
}

/** Votes for spheres round slice k: of the circles they make in the slices, weighted by their length. */
function sphereVotes({ slices, width, height, slice }: Voting, k: number, radiusMm: number): Float32Array {
  const total = new Float32Array(width * height);
  let length = 0;
  const reach = Math.floor((deepest * radiusMm) / slice);
  for (let d = -reach; d <= reach; d++) {
    const circle = Math.sqrt(radiusMm ** 2 - (d * slice) ** 2);
    length += circle;
    const votes = slices[k + d];
    if (!votes) continue;
    const [low, share] = between(circle);
    const [a, b] = [votes[low], votes[Math.min(low + 1, circleRadii.length - 1)]];
    for (let n = 0; n < total.length; n++) total[n] += circle * ((1 - share) * a[n] + share * b[n]);
  }
  return total.map((sum) => (sum / length) * Math.sqrt(radiusMm / usualRadius));
}

/** The radius of the table below `mm`, and how far it is to the next. */
function between(mm: number): [low: number, share: number] {
  const step = circleRadii[1] - circleRadii[0];
  const position = Math.min(Math.max((mm - circleRadii[0]) / step, 0), circleRadii.length - 1);
  const low = Math.floor(position);
  return [low, position - low];
}

/** Pixels with more votes (of either sign) than their eight neighbours. */
function peaks(votes: Float32Array, width: number, height: number): number[] {
  const found: number[] = [];
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const n = y * width + x;
      const own = Math.abs(votes[n]);
      if (own >= weakest && around.every((step) => own >= Math.abs(votes[n + step]))) found.push(n);
    }
  return found;
}
