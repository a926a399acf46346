/** Frames of many files become stacks: one stack is one volume. Order of files and their names play no part. */
import { dot, normalOf, type Frame, type FrameKinds } from "./frame.js";

export interface Stack {
  /** In the order of instance numbers; the geometry sorts them. */
  readonly frames: readonly Frame[];
  /** Kinds that were split by and differ within the series, e.g. `echo`. */
  readonly splitBy: readonly (keyof FrameKinds)[];
  /** Slices that lie where another one lies already and were left out. */
  readonly duplicates: readonly Frame[];
  /** Which of several volumes this is, from 0, where only the order of instance numbers told them apart. */
  readonly order?: number;
}

/** Differences that always mean another volume. */
export const always: readonly (keyof FrameKinds)[] = [
  "imageType",
  "stack",
  "component",
  "echo",
  "inversion",
  "bValue",
  "label",
];
/** Differences that mean another volume only where slices would otherwise lie in the same place. */
const whereNeeded: readonly (keyof FrameKinds)[] = [
  "temporal",
  "direction",
  "phase",
  "acquisition",
  "trigger",
];

/** Stacks of all series; the same file twice (same SOP instance) counts once, the copies are returned. */
export function stacksOf(frames: readonly Frame[]): { stacks: Stack[]; copies: Frame[] } {
  const { unique, copies } = withoutCopies(frames);
  const stacks = [
    ...groupBy(unique, ({ of }) => `${of.studyUid}|${of.seriesUid}|${of.seriesNumber}`).values(),
  ].flatMap(stacksOfSeries);
  return { stacks, copies };
}

function withoutCopies(frames: readonly Frame[]) {
  const owners = new Map<string, string>();
  const unique: Frame[] = [];
  const copies: Frame[] = [];
  for (const frame of frames) {
    const { sopInstanceUid, file } = frame.of;
    const owner = owners.get(sopInstanceUid) ?? file;
    owners.set(sopInstanceUid, owner);
    (owner === file ? unique : copies).push(frame);
  }
  return { unique, copies };
}

function stacksOfSeries(frames: readonly Frame[]): Stack[] {
  const ordered = [...frames].sort((a, b) => a.of.instanceNumber - b.of.instanceNumber || a.index - b.index);
  const differing = always.filter((kind) => new Set(ordered.map((one) => one.kinds[kind])).size > 1);
  const key = (frame: Frame) => differing.map((kind) => frame.kinds[kind]).join("|");
  return sameGeometry(ordered)
    .flatMap((group) => [...groupBy(group, key).values()])
    .flatMap((group) => separate(group, differing));
}

const sameAngle = 0.99999;

function sameGeometry(frames: readonly Frame[]): Frame[][] {
  const groups: Frame[][] = [];
  for (const frame of frames) {
    const group = groups.find(([first]) => fits(first, frame));
    if (group) group.push(frame);
    else groups.push([frame]);
  }
  return groups;
}

function fits(a: Frame, b: Frame): boolean {
  return (
    a.columns === b.columns &&
    a.rows === b.rows &&
    dot(a.rowAxis, b.rowAxis) > sameAngle &&
    dot(a.columnAxis, b.columnAxis) > sameAngle &&
    a.spacing.every((mm, n) => Math.abs(mm - b.spacing[n]) < 1e-3 * mm)
  );
}

/** Splits until no two slices lie in the same place; what cannot be told apart is a duplicate. */
function separate(frames: readonly Frame[], splitBy: readonly (keyof FrameKinds)[]): Stack[] {
  const surplus = surplusOf(frames);
  if (surplus === 0) return [{ frames, splitBy, duplicates: [] }];
  for (const kind of whereNeeded) {
    const parts = [...groupBy(frames, (frame) => frame.kinds[kind]).values()];
    const rest = parts.reduce((sum, part) => sum + surplusOf(part), 0);
    if (parts.length > 1 && rest < surplus)
      return parts.flatMap((part) => separate(part, [...splitBy, kind]));
  }
  return byOrder(frames, splitBy);
}

const surplusOf = (frames: readonly Frame[]) => frames.length - new Set(frames.map(placeOf)).size;

/** A slice's place along the normal, to a hundredth of a millimetre. */
function placeOf(frame: Frame): string {
  return dot(frame.position, normalOf(frame)).toFixed(2);
}

/** As many slices in every place: so many volumes, in order. Otherwise the first of each place counts. */
function byOrder(frames: readonly Frame[], splitBy: readonly (keyof FrameKinds)[]): Stack[] {
  const places = [...groupBy(frames, placeOf).values()];
  const count = places[0].length;
  const isEven = places.length > 1 && places.every(({ length }) => length === count);
  if (isEven)
    return Array.from({ length: count }, (_, n) => ({
      frames: places.map((place) => place[n]),
      splitBy,
      duplicates: [],
      order: n,
    }));
  return [
    {
      frames: places.map(([first]) => first),
      splitBy,
      duplicates: places.flatMap((place) => place.slice(1)),
    },
  ];
}

export function groupBy<T>(list: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const name = key(one);
    const group = groups.get(name);
    if (group) group.push(one);
    else groups.set(name, [one]);
  }
  return groups;
}
