/**
 * The words in which the anatomy is written. Coordinates are anatomical millimetres (p, q, w): p grows to the patient's
 * left, q downwards in the picture, w along the slice axis. A shape stands on the left side; `mirror` sets it on the right.
 */
import type { Vec3 } from "../volume/volume.js";

/** A contour at one level w: p, q, p, q … The same number of points at every level, in the same order. */
export type Level = readonly [w: number, contour: readonly number[]];

export interface Loft {
  readonly op: "loft";
  readonly levels: readonly Level[];
  /** An open contour is a curve (the joint), without an inside. */
  readonly open?: boolean;
}

export interface Capsule {
  readonly op: "capsule";
  readonly from: Vec3;
  readonly to: Vec3;
  readonly radii: readonly [number, number];
}

export interface Ellipsoid {
  readonly op: "ellipsoid";
  readonly centre: Vec3;
  readonly radii: Vec3;
}

/** What lies within reach of a curve: `at` mm along it and at level w, reaching `radii` mm along, away, and across slices. */
export interface Near {
  readonly op: "near";
  readonly curve: Loft;
  readonly at: number;
  readonly level: number;
  readonly radii: Vec3;
}

/** Set operations; `by` grows (mm). `rough` moves the border by noise of an amplitude (mm) and a wavelength (mm). */
export type Shape =
  | Loft
  | Capsule
  | Ellipsoid
  | Near
  | { readonly op: "and" | "or"; readonly of: readonly Shape[] }
  | { readonly op: "cut"; readonly of: Shape; readonly by: Shape }
  | { readonly op: "grow"; readonly of: Shape; readonly by: number }
  | { readonly op: "rough"; readonly of: Shape; readonly amplitude: number; readonly wavelength: number };

export type Side = 1 | -1;

/** A texture adds gain × noise, with features of the given size in mm; with `above`, only what exceeds it. */
export interface Texture {
  readonly gain: number;
  readonly size: Vec3;
  readonly above?: number;
  /** Direction of the first axis in the picture as [p, q], for fibres; length 1. */
  readonly along?: readonly [number, number];
}

export interface Tissue {
  readonly value: number;
  readonly textures?: readonly Texture[];
}

/** One coat of paint. Later coats cover earlier ones. */
export interface Coat {
  readonly shape: Shape;
  readonly tissue: Tissue;
  /** Paints only what lies deeper than this (mm), e.g. marrow inside cortex. */
  readonly inset?: number;
  /** Width of the border (mm); a voxel's width when absent. */
  readonly soft?: number;
  readonly opacity?: number;
  readonly side?: Side;
  /** Value in the bones mask of what is painted. */
  readonly bone?: number;
  /** Number (from 1) of the lesion that is painted. */
  readonly lesion?: number;
  /** Texture inside a structure: leaves the masks as they are. */
  readonly decor?: boolean;
}

/** The same shape on the other side. */
export function mirror<S extends Shape>(shape: S): S {
  return mirrored(shape) as S;
}

function mirrored(shape: Shape): Shape {
  switch (shape.op) {
    case "loft":
      return {
        ...shape,
        levels: shape.levels.map(([w, contour]) => [w, contour.map((x, n) => (n % 2 ? x : -x))]),
      };
    case "capsule":
      return { ...shape, from: flip(shape.from), to: flip(shape.to) };
    case "ellipsoid":
      return { ...shape, centre: flip(shape.centre) };
    case "near":
      return { ...shape, curve: mirror(shape.curve) };
    case "and":
    case "or":
      return { ...shape, of: shape.of.map(mirrored) };
    case "cut":
      return { ...shape, of: mirrored(shape.of), by: mirrored(shape.by) };
    case "grow":
    case "rough":
      return { ...shape, of: mirrored(shape.of) };
  }
}

function flip([p, q, w]: Vec3): Vec3 {
  return [-p, q, w];
}

/** A tube through ellipses, e.g. a muscle or a vessel: each row is w, centre p, centre q, radius p, radius q. */
export function tube(...rows: readonly (readonly [number, number, number, number, number])[]): Loft {
  const ring = [
    [1, 0],
    [0.707, 0.707],
    [0, 1],
    [-0.707, 0.707],
    [-1, 0],
    [-0.707, -0.707],
    [0, -1],
    [0.707, -0.707],
  ] as const;
  const level = (row: (typeof rows)[number]): Level => [
    row[0],
    ring.flatMap(([x, y]) => [row[1] + x * row[3], row[2] + y * row[4]]),
  ];
  return { op: "loft", levels: rows.map(level) };
}

/** A closed contour over the midline from its left half, given from the front midline to the back midline. */
export function symmetric(levels: readonly Level[]): Loft {
  const close = (half: readonly number[]) => {
    const other: number[] = [];
    for (let n = half.length - 4; n >= 2; n -= 2) other.push(-half[n], half[n + 1]);
    return [...half, ...other];
  };
  return { op: "loft", levels: levels.map(([w, half]) => [w, close(half)]) };
}

export function loft(...levels: readonly Level[]): Loft {
  return { op: "loft", levels };
}

export function capsule(from: Vec3, to: Vec3, radius: number, end = radius): Capsule {
  return { op: "capsule", from, to, radii: [radius, end] };
}

export function ellipsoid(centre: Vec3, radii: Vec3): Ellipsoid {
  return { op: "ellipsoid", centre, radii };
}
