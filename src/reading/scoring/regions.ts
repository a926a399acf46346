/**
 * Regions of a slice as polygons, from the two points by which a reader shows where the joint or the head is. The page draws
 * and asks with these, and points are suggested within them. Pure; millimetres to the patient's left and up.
 *
 * Quadrants and the rule of heights are those of `quantify/sparcc.ts`; fields divide the head and sectors its surroundings as
 * `quantify/himriss.ts` does.
 */
import type { RegionKind, ScoredSide } from "../contract/scoring.js";
import type { FlatPoint } from "./slice-frame.js";

/** The reader's two points: upper and lower end of the joint's line, or opposite corners of the head's box. */
export interface Anchor {
  readonly side: ScoredSide;
  readonly from: FlatPoint;
  readonly to: FlatPoint;
}

export type Polygon = readonly FlatPoint[];

/** How far quadrants are drawn beside the joint's line (mm). */
const reachMm = 25;
/** A joint lower than this (mm) is not scored; below the second limit it has no lower half (spa-imaging.org). */
const scoredFromMm = 10;
const halvedFromMm = 30;
/** Outer edge of the acetabulum's sectors, and of the hip, as multiples of the head's half width and height. */
const sectorReach = 1.7;
const hipReach = 1.8;

type Shaper = (anchor: Anchor, count: number) => (Polygon | undefined)[];

const shapers: Readonly<Record<RegionKind, Shaper>> = {
  quadrants: (anchor) => {
    const { upper, lower, across } = jointOf(anchor);
    const beside = (segment: Segment | undefined, sign: number) =>
      segment && [...segment, shift(segment[1], across, sign), shift(segment[0], across, sign)];
    return [beside(upper, 1), beside(lower, 1), beside(upper, -1), beside(lower, -1)];
  },
  halves: (anchor) => {
    const { upper, lower, across } = jointOf(anchor);
    return [upper, lower].map((segment) => segment && band(segment, across));
  },
  joint: (anchor) => {
    const { whole, across } = jointOf(anchor);
    return [whole && band(whole, across)];
  },
  fields: (anchor, count) => {
    const { medial, lateral, bottom, top } = headOf(anchor);
    const columns = count % 3 === 0 ? 3 : 1;
    const rows = count / columns;
    const x = (part: number) => medial + ((lateral - medial) * part) / columns;
    const y = (part: number) => top + ((bottom - top) * part) / rows;
    return Array.from({ length: count }, (_, n) => {
      const [column, row] = [n % columns, Math.floor(n / columns)];
      return withinBox(roundHead(anchor, 1), [x(column), y(row)], [x(column + 1), y(row + 1)]);
    });
  },
  sectors: (anchor, count) =>
    Array.from({ length: count }, (_, n) => {
      const angles = Array.from({ length: 9 }, (_, step) => (Math.PI * (n + step / 8)) / count);
      return [
        ...angles.map((angle) => onHead(anchor, angle, 1)),
        ...[...angles].reverse().map((angle) => onHead(anchor, angle, sectorReach)),
      ];
    }),
  hip: (anchor) => [roundHead(anchor, hipReach)],
};

/** Outline of each region of one side; undefined where the joint is too low to have it. */
export function regionsOf(kind: RegionKind, count: number, anchor: Anchor): (Polygon | undefined)[] {
  return shapers[kind](anchor, count);
}

type Segment = readonly [FlatPoint, FlatPoint];

function jointOf({ side, from, to }: Anchor) {
  const [top, bottom] = from[1] >= to[1] ? [from, to] : [to, from];
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const outwards = side === "left" ? 1 : -1;
  const [dx, dy] = [(top[0] - bottom[0]) / (length || 1), (top[1] - bottom[1]) / (length || 1)];
  // Of the two perpendiculars the one that leads away from the midline: to the ilium.
  const sign = Math.sign(dy * outwards) || 1;
  const across: FlatPoint = [sign * dy * reachMm, -sign * dx * reachMm];
  const middle: FlatPoint = [(top[0] + bottom[0]) / 2, (top[1] + bottom[1]) / 2];
  if (length < scoredFromMm) return { across, whole: undefined, upper: undefined, lower: undefined };
  const whole: Segment = [top, bottom];
  if (length < halvedFromMm) return { across, whole, upper: whole, lower: undefined };
  return { across, whole, upper: [top, middle] as Segment, lower: [middle, bottom] as Segment };
}

const shift = ([x, y]: FlatPoint, [dx, dy]: FlatPoint, by: number): FlatPoint => [x + by * dx, y + by * dy];

const band = ([a, b]: Segment, across: FlatPoint): Polygon => [
  shift(a, across, 1),
  shift(b, across, 1),
  shift(b, across, -1),
  shift(a, across, -1),
];

function headOf({ side, from, to }: Anchor) {
  const [low, high] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [medial, lateral] = side === "left" ? [low, high] : [high, low];
  return { medial, lateral, bottom: Math.min(from[1], to[1]), top: Math.max(from[1], to[1]) };
}

/** A point round the head: angle 0 lateral, a quarter turn up, half a turn medial. */
function onHead(anchor: Anchor, angle: number, reach: number): FlatPoint {
  const { medial, lateral, bottom, top } = headOf(anchor);
  const x = (medial + lateral) / 2 + ((lateral - medial) / 2) * reach * Math.cos(angle);
  return [x, (bottom + top) / 2 + ((top - bottom) / 2) * reach * Math.sin(angle)];
}

/** The head is round: an ellipse in the reader's box. */
const roundHead = (anchor: Anchor, reach: number): Polygon =>
  Array.from({ length: 48 }, (_, n) => onHead(anchor, (n / 24) * Math.PI, reach));

/** The part of a convex polygon within a box (Sutherland & Hodgman, Commun ACM 17:32, 1974). */
function withinBox(polygon: Polygon, from: FlatPoint, to: FlatPoint): Polygon {
  return ([0, 1] as const).reduce((kept, axis) => {
    const [low, high] = [Math.min(from[axis], to[axis]), Math.max(from[axis], to[axis])];
    return cut(
      cut(kept, (point) => point[axis] - low),
      (point) => high - point[axis],
    );
  }, polygon);
}

/** What lies where `inside` is not negative; it must be linear in the point. */
function cut(polygon: Polygon, inside: (point: FlatPoint) => number): Polygon {
  return polygon.flatMap((point, n) => {
    const before = polygon.at(n - 1) ?? point;
    const [a, b] = [inside(before), inside(point)];
    const share = a / (a - b);
    const crossing: FlatPoint = [
      before[0] + share * (point[0] - before[0]),
      before[1] + share * (point[1] - before[1]),
    ];
    return [...(a >= 0 !== b >= 0 ? [crossing] : []), ...(b >= 0 ? [point] : [])];
  });
}

/** Even-odd rule; a point on an edge belongs to one of the two sides. */
export function isWithin(polygon: Polygon, [x, y]: FlatPoint): boolean {
  let isInside = false;
  for (let n = 0, last = polygon.length - 1; n < polygon.length; last = n++) {
    const [[x1, y1], [x2, y2]] = [polygon[n], polygon[last]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
  }
  return isInside;
}

const quadrantTitles = ["upper iliac", "lower iliac", "upper sacral", "lower sacral"];
const rowTitles: Readonly<Record<number, readonly string[]>> = {
  1: [""],
  2: ["upper", "lower"],
  3: ["upper", "middle", "lower"],
};

/** What a region is called. */
export function regionTitle(kind: RegionKind, count: number, region: number): string {
  if (kind === "quadrants") return quadrantTitles[region] ?? "";
  if (kind === "halves") return rowTitles[2][region] ?? "";
  if (kind === "sectors") return count === 1 ? "roof" : `sector ${region + 1} from lateral`;
  if (kind !== "fields") return kind === "hip" ? "hip" : "joint";
  const columns = count % 3 === 0 ? 3 : 1;
  const row =
    rowTitles[count / columns]?.[Math.floor(region / columns)] ?? `row ${Math.floor(region / columns) + 1}`;
  return columns === 1 ? row : `${row} ${["medial", "central", "lateral"][region % 3]}`;
}
