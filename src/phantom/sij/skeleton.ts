/**
 * Bones of the sacroiliac region in oblique axial slices, perpendicular to the long axis of the sacrum. The origin lies in
 * the body of S2; p is lateral (the left half is given), q posterior, w cranial along the sacrum; millimetres of an
 * average adult. S1 is at w = 40 … 15, S2 at 10 … −10, S3 at −15 … −35.
 */
import { loft, symmetric, type Level, type Loft } from "../shapes.js";

interface Section {
  readonly w: number;
  /** The joint from its anterior to its posterior margin, through the middle of the joint space. */
  readonly joint: readonly number[];
  /** Sacrum from the midline in front to the joint, and from the joint's back to the midline behind. */
  readonly front: readonly number[];
  readonly back: readonly number[];
}

// prettier-ignore
const sections: readonly Section[] = [
  { w: 55, joint: [54, -5, 52.5, 0, 50.5, 5, 48.5, 10, 46, 15],
    front: [0, -28, 14, -27, 25, -20, 36, -11, 47, -8], back: [40, 17, 32, 18, 27, 25, 17, 28, 7, 33, 0, 36] },
  { w: 40, joint: [56, -11, 55, -3, 51.5, 5, 48.5, 12, 46, 18],
    front: [0, -27, 14, -26, 25, -19, 37, -14, 49, -14], back: [40, 19, 32, 18, 27, 26, 17, 28, 7, 33, 0, 37] },
  { w: 25, joint: [55, -13, 54.5, -4, 50.5, 5, 46.5, 13, 44, 20],
    front: [0, -22, 13, -22, 24, -17, 37, -14, 49, -15.5], back: [38, 22, 30, 19, 25, 27, 16, 27, 7, 32, 0, 37] },
  { w: 10, joint: [53, -13, 52.5, -4, 49, 5, 45, 13, 42, 20],
    front: [0, -18, 12, -18, 23, -15, 35, -13, 47, -15], back: [36, 21, 28, 18, 23, 25, 15, 25, 6, 30, 0, 34] },
  { w: -5, joint: [49, -12, 48.5, -3, 45.5, 5, 42, 12, 39, 18],
    front: [0, -15, 11, -15, 22, -14, 32, -12, 43, -13.5], back: [33, 19, 26, 16, 21, 22, 14, 22, 6, 27, 0, 31] },
  { w: -20, joint: [44, -9, 43.5, -2, 41, 5, 38, 11, 36, 16],
    front: [0, -13, 11, -13, 20, -12, 29, -10.5, 39, -10.5], back: [31, 17, 24, 14, 19, 19, 12, 19, 5, 24, 0, 27] },
  { w: -34, joint: [38, -4, 37, 0, 35.5, 4, 34, 8, 33, 11],
    front: [0, -10, 10, -10.5, 18, -10, 26, -8, 33.5, -6], back: [29, 13, 22, 12, 17, 16, 11, 16, 5, 20, 0, 22] },
];

/** S4, below the joint. */
const tail = [
  0, -6, 9, -7, 16, -6, 21, -4, 26, -2, 28, 0, 28, 2.5, 27, 5, 26, 7.5, 24, 9.5, 20, 11, 16, 12, 12, 14, 8,
  14, 4, 16, 0, 17,
];

// The ilium behind and beside the joint: posterior-medial border to the spine, lateral surface forwards to the tip of the
// wing, medial surface back to the joint's anterior margin.
// prettier-ignore
const iliumBehind: readonly Level[] = [
  [55, [45, 22, 42, 32, 40, 40, 45, 46.7, 53.6, 41.3, 62, 27.4, 69.6, 11.3, 76.6, -7.4, 86, -28, 100, -48, 116, -66, 121, -74, 112, -72, 96, -56, 82, -38, 70, -22, 60, -10]],
  [40, [44, 26, 40, 36, 37, 44, 42.2, 51.8, 52, 45.4, 61.5, 30.6, 69, 13.4, 75.8, -6.4, 85, -28, 100, -50, 115, -68, 119, -75, 110, -72, 95, -57, 80, -40, 69, -26, 60, -16]],
  [25, [42, 28, 38, 38, 35, 46, 40.5, 53.9, 51.5, 47.6, 61, 31.8, 68.5, 14.6, 74, -5.3, 83, -28, 97, -51, 110, -70, 114, -78, 105, -75, 91, -58, 77, -41, 67, -28, 59, -18]],
  [10, [40, 27, 36, 37, 34, 44, 40.5, 50.9, 51.5, 43.6, 60, 28.8, 65.5, 12.6, 71, -6.3, 80, -29, 93, -52, 104, -72, 106, -81, 98, -77, 86, -60, 74, -43, 64, -29, 57, -18]],
  [-5, [38, 25, 35, 32, 34, 38, 40, 43.7, 48.6, 37.3, 55, 23.4, 59.6, 9.3, 65.6, -8.4, 76, -31, 88, -53, 97, -72, 98, -80, 90, -76, 81, -60, 69, -43, 60, -29, 53, -17]],
  [-20, [36, 21, 34, 26, 33, 30, 38.2, 33.4, 44.2, 27.8, 48.5, 16.9, 51.2, 4.8, 53, -5.7, 56, -14, 60, -20, 62, -24, 61, -26, 59, -24, 56, -20, 53, -16, 50, -12, 47, -10]],
  [-34, [34, 13, 33.5, 15, 34, 17, 36, 18, 39, 15, 41, 11, 42, 8, 42.5, 4, 42.5, 1, 42, -2, 41.5, -3, 41, -4, 40.5, -4, 40, -4, 39.5, -4, 39, -4, 38.7, -4]],
];

/** The ilium in front of the greater sciatic notch, down to the roof of the acetabulum. */
// prettier-ignore
const iliumInFront = loft(
  [4, [72, -36, 78, -32, 88, -48, 97, -66, 99, -76, 90, -70, 80, -56]],
  [-20, [68, -34, 78, -33, 91, -50, 99, -70, 96, -82, 86, -76, 75, -56]],
  [-45, [64, -42, 77, -34, 94, -44, 104, -62, 99, -82, 84, -82, 69, -64]],
  [-62, [62, -42, 77, -32, 98, -42, 107, -62, 101, -84, 84, -86, 66, -66]],
);

export interface Skeleton {
  readonly sacrum: Loft;
  readonly joint: Loft;
  readonly iliumBehind: Loft;
  readonly iliumInFront: Loft;
}

/** The left half (the sacrum is whole) with a joint space of the given width (mm). */
export function skeleton(jointSpace: number): Skeleton {
  const half = jointSpace / 2;
  const aside = (joint: readonly number[], by: number) =>
    joint.map((value, n) => (n % 2 ? value : value + by));
  const backwards = (joint: readonly number[]) => joint;
  const sacrum = sections.map((s): Level => [
    s.w,
    [...s.front, ...aside(backwards(s.joint), -half), ...s.back],
  ]);
  const ilium = iliumBehind.map(([w, rest], n): Level => [w, [...aside(sections[n].joint, half), ...rest]]);
  return {
    sacrum: symmetric([...sacrum, [-50, tail], [-66, tail.map((value) => value * 0.8)]]),
    joint: { ...loft(...sections.map((s): Level => [s.w, s.joint])), open: true },
    iliumBehind: loft(...ilium),
    iliumInFront,
  };
}

// prettier-ignore
export const canal = symmetric([
  [60, [0, 9, 11, 9, 12, 13, 6, 22, 0, 26]],
  [25, [0, 8, 10, 8, 11, 12, 5, 20, 0, 24]],
  [-5, [0, 8, 8, 8, 8, 11, 4, 17, 0, 20]],
  [-20, [0, 8, 6, 8, 6, 10, 3, 14, 0, 16]],
  [-50, [0, 4, 4, 4, 4, 6, 2, 9, 0, 10]],
]);
