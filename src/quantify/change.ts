/**
 * Change between two examinations of one patient. Lesions are paired by overlap in patient space, as the headers place them:
 * both examinations must lie in one coordinate system (the same session of the scanner, or registered beforehand). Rigid
 * registration is out of this function's scope.
 */
import { detectableChange } from "../statistics/agreement/detectable-change.js";
import { connectedComponents, type Components } from "../volume/components.js";
import { invertAffine, multiplyAffine } from "../volume/geometry.js";
import type { Mask } from "../volume/volume.js";
import { along } from "./frame.js";
import { voxelVolume } from "./lesions.js";
import { measurement, notDefined, type Measured, type Measurement } from "./measurement.js";

/** What became of a group of lesions that overlap each other. */
export type Fate = "new" | "resolved" | "grown" | "shrunk" | "stable";

export interface PairedLesions {
  /** Components of either mask that overlap, directly or through each other (lesions may merge and divide). */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly volumeBefore: number;
  readonly volumeAfter: number;
  readonly fate: Fate;
  /** True where no voxel of a new or resolved lesion lies inside the other examination's field of view. */
  readonly outsideOther: boolean;
}

export interface Change {
  readonly lesions: readonly PairedLesions[];
  readonly volumeBefore: number;
  readonly volumeAfter: number;
  /** mm³; undefined where none was given. */
  readonly smallestDetectable: number | undefined;
}

/**
 * Smallest detectable change (the readings' unit) from repeated readings of the same images: 1.96 · SD of the differences
 * (n − 1), which is 1.96 · √2 · SEM; `statistics/agreement` has it with its interval. Undefined for fewer than two pairs.
 * Sources: Bland & Altman, Lancet 327:307 (1986); Bruynesteyn et al., Ann Rheum Dis 64:179 (2005).
 *
 * @example smallestDetectableChange([[10, 12], [20, 19], [30, 33]]) // 1.96 · 2.0817 = 4.080
 */
export function smallestDetectableChange(
  readings: readonly (readonly [number, number])[],
): number | undefined {
  const readers = [0, 1].map((reader) => readings.map((pair) => pair[reader]));
  return detectableChange(readers, { kind: "consistency" }).smallestDetectableChange.value ?? undefined;
}

/**
 * Pairs the lesions of one label. Volumes are taken on each examination's own grid, overlap where a voxel centre of one lies
 * in a voxel of the other. Empty masks: no lesions, volumes 0.
 */
export function compareLesions(
  before: Mask,
  after: Mask,
  label: number,
  smallestDetectable?: number,
): Change {
  const [first, second] = [before, after].map((mask) => componentsOf(mask, label));
  const links = [
    ...overlaps(before, first, after, second),
    ...overlaps(after, second, before, first).map(flip),
  ];
  const groups = grouped(first.count, second.count, links);
  const [a, b] = [voxelVolume(before.affine), voxelVolume(after.affine)];
  const sum = (sizes: Int32Array, numbers: readonly number[]) =>
    numbers.reduce((total, number) => total + sizes[number], 0);
  const lesions = groups.map(([own, other]) => {
    const volumes = { volumeBefore: a * sum(first.sizes, own), volumeAfter: b * sum(second.sizes, other) };
    const alone =
      other.length === 0
        ? isOutside(before, first, own, after)
        : own.length === 0 && isOutside(after, second, other, before);
    return {
      before: own,
      after: other,
      ...volumes,
      fate: fateOf(volumes, smallestDetectable),
      outsideOther: alone,
    };
  });
  const total = (key: "volumeBefore" | "volumeAfter") =>
    lesions.reduce((all, lesion) => all + lesion[key], 0);
  return {
    lesions,
    volumeBefore: total("volumeBefore"),
    volumeAfter: total("volumeAfter"),
    smallestDetectable,
  };
}

function componentsOf(mask: Mask, label: number): Components {
  return connectedComponents({ ...mask, data: mask.data.map((value) => Number(value === label)) });
}

type Volumes = Pick<PairedLesions, "volumeBefore" | "volumeAfter">;

function fateOf({ volumeBefore, volumeAfter }: Volumes, smallest = 0): Fate {
  if (volumeBefore === 0) return "new";
  if (volumeAfter === 0) return "resolved";
  const change = volumeAfter - volumeBefore;
  if (Math.abs(change) <= smallest) return "stable";
  return change > 0 ? "grown" : "shrunk";
}

type Link = readonly [before: number, after: number];
const flip = ([a, b]: Link): Link => [b, a];

/** Pairs of components where a voxel centre of the first mask lies in a voxel of the second. */
function overlaps(from: Mask, parts: Components, to: Mask, others: Components): Link[] {
  const found = new Map<string, Link>();
  const at = voxelFinder(from, to);
  for (let n = 0; n < parts.labels.length; n++) {
    if (parts.labels[n] === 0) continue;
    const other = others.labels[at(n)] ?? 0;
    if (other > 0) found.set(`${parts.labels[n]} ${other}`, [parts.labels[n], other]);
  }
  return [...found.values()];
}

/** The voxel of `to` that holds the centre of a voxel of `from`; −1 outside. */
function voxelFinder(from: Mask, to: Mask): (voxel: number) => number {
  const affine = multiplyAffine(invertAffine(to.affine), from.affine);
  const axes = ([[1, 0, 0], [0, 1, 0], [0, 0, 1]] as const).map((axis) => along(affine, axis)); // prettier-ignore
  const [ni, nj] = from.size;
  return (voxel) => {
    const index = [voxel % ni, Math.floor(voxel / ni) % nj, Math.floor(voxel / (ni * nj))] as const;
    const [i, j, k] = axes.map((position) => Math.round(position(...index)));
    const inside = [i, j, k].every((place, axis) => place >= 0 && place < to.size[axis]);
    return inside ? i + to.size[0] * (j + to.size[1] * k) : -1;
  };
}

function isOutside(mask: Mask, { labels }: Components, numbers: readonly number[], other: Mask): boolean {
  const at = voxelFinder(mask, other);
  return !labels.some((label, n) => numbers.includes(label) && at(n) >= 0);
}

/** Connected groups of the graph whose edges are the links. */
function grouped(first: number, second: number, links: readonly Link[]): [number[], number[]][] {
  const parent = Array.from({ length: first + second + 2 }, (_, n) => n);
  const find = (n: number): number => (parent[n] === n ? n : (parent[n] = find(parent[n])));
  const node = (after: number) => first + after;
  for (const [a, b] of links) parent[find(node(b))] = find(a);
  const groups = new Map<number, [number[], number[]]>();
  const group = (n: number) => {
    const root = find(n);
    const own = groups.get(root) ?? [[], []];
    groups.set(root, own);
    return own;
  };
  for (let a = 1; a <= first; a++) group(a)[0].push(a);
  for (let b = 1; b <= second; b++) group(node(b))[1].push(b);
  return [...groups.values()];
}

/** The change as measurements: the patient's volumes, then each group of paired lesions. */
export function changeMeasurements(label: string, change: Change): Measurement[] {
  const all = { label, level: "patient", of: "all" } as const;
  const sdc: Measured =
    change.smallestDetectable ??
    notDefined("no smallest detectable change was given and no repeated readings");
  return [
    ...volumes(all, change),
    measurement("smallest-detectable-change", all, sdc),
    ...change.lesions.flatMap((lesion, n) => {
      const subject = { label, level: "lesion", of: `pair ${n + 1}` } as const;
      const fate = lesion.outsideOther ? `${lesion.fate} (outside the other field of view)` : lesion.fate;
      return [...volumes(subject, lesion), measurement("lesion-change", subject, fate)];
    }),
  ];
}

function volumes(
  subject: Parameters<typeof measurement>[1],
  { volumeBefore, volumeAfter }: Volumes,
): Measurement[] {
  return [
    measurement("volume-before", subject, volumeBefore),
    measurement("volume-after", subject, volumeAfter),
    measurement("volume-change", subject, volumeAfter - volumeBefore),
  ];
}
