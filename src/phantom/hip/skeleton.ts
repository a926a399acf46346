/**
 * Bones of the hips in coronal slices. The origin lies between the centres of the femoral heads; p is lateral (the left
 * half is given), q downwards, w posterior; millimetres of an average adult.
 */
import { capsule, ellipsoid, loft, symmetric, type Shape } from "../shapes.js";

export const headCentre = [90, 0, 0] as const;
export const headRadius = 24;

/** What the socket holds: here the joint space is narrow and little fluid gathers. */
export const socket: Shape = ellipsoid([74, -14, 3], [30, 28, 27]);

export const head: Shape = ellipsoid(headCentre, [headRadius, headRadius, headRadius]);

/** Where head and neck meet, and where the neck meets the trochanters. */
export const neckFrom = [96, 5, 1] as const;
export const neckTo = [126, 30, 8] as const;

export const neck: Shape = capsule(neckFrom, neckTo, 15.5, 16.5);

/** The femur without the head. */
export const femur: Shape = {
  op: "or",
  of: [
    neck,
    ellipsoid([140, 20, 12], [13, 19, 15]),
    capsule([132, 36, 9], [127, 70, 7], 18, 15),
    capsule([127, 66, 7], [112, 200, 0], 15.5, 14),
    ellipsoid([115, 62, 17], [9, 10, 9]),
  ],
};

/** Bare shaft, whose cortex is thick. */
export const shaft: Shape = capsule([125, 84, 6], [112, 200, 0], 15, 14);

/** Half pelvis over the acetabulum: lateral lip, roof, medial wall; pelvic surface up to the crest; outer surface down. */
// prettier-ignore
const iliumLoft = loft(
  [-44, [104, -34, 98, -36, 92, -37, 87, -37, 83, -36, 80, -34, 78, -36, 80, -42, 84, -48, 90, -56, 96, -66, 103, -78, 110, -92, 116, -98, 121, -94, 119, -84, 114, -70, 110, -56, 107, -44, 106, -37]],
  [-28, [108, -24, 100, -27, 91, -28, 81, -27, 72, -22, 66, -14, 60, -12, 58, -20, 62, -30, 70, -42, 80, -58, 92, -76, 105, -96, 116, -110, 123, -108, 119, -92, 110, -72, 106, -54, 108, -38, 111, -27]],
  [-10, [114, -19, 107, -23, 92, -28.5, 75, -24, 65, -12, 63, 8, 59, 22, 54, 14, 53, -4, 57, -24, 66, -42, 80, -64, 97, -90, 113, -114, 122, -116, 118, -98, 107, -72, 104, -50, 109, -34, 115, -23]],
  [5, [115, -17, 108, -22, 92, -28.5, 75, -24, 64, -10, 65, 12, 66, 26, 59, 22, 55, 0, 57, -22, 63, -40, 76, -64, 93, -92, 110, -119, 120, -121, 116, -102, 104, -74, 102, -50, 108, -32, 115, -22]],
  [20, [113, -17, 107, -22, 92, -29, 76, -25, 66, -12, 68, 12, 72, 34, 62, 34, 57, 8, 57, -16, 61, -38, 71, -62, 85, -90, 101, -118, 111, -121, 107, -102, 98, -76, 98, -52, 105, -34, 112, -23]],
  [34, [98, -24, 92, -26, 86, -26, 80, -22, 76, -8, 78, 14, 80, 36, 66, 36, 62, 12, 60, -14, 59, -36, 64, -60, 73, -86, 85, -112, 95, -116, 94, -100, 88, -76, 87, -54, 92, -40, 97, -30]],
  [50, [70, -48, 69, -48, 68, -47, 67, -47, 66, -47, 65, -48, 64, -50, 62, -53, 60, -58, 58, -64, 57, -72, 58, -82, 62, -94, 68, -104, 76, -106, 80, -98, 79, -84, 77, -70, 75, -58, 72, -50]],
);

/** Superior pubic ramus in front, ischium behind, with the obturator foramen between. */
const pubis: Shape = {
  op: "or",
  of: [
    capsule([66, 12, -22], [38, 32, -44], 10, 8),
    capsule([38, 32, -44], [12, 42, -54], 9, 13),
    capsule([12, 44, -54], [34, 74, -28], 9, 7),
    capsule([34, 74, -28], [58, 80, 8], 7, 11),
  ],
};

const ischium: Shape = {
  op: "or",
  of: [capsule([74, 24, 26], [66, 56, 34], 14, 16), ellipsoid([62, 70, 34], [16, 20, 15])],
};

export const pelvis: Shape = { op: "or", of: [iliumLoft, pubis, ischium] };

/** The marrow cavity, narrowing into the shaft. */
export const medulla: Shape = {
  op: "or",
  of: [capsule([130, 44, 9], [124, 100, 6], 15, 10.5), capsule([124, 100, 6], [112, 200, 0], 10.5, 9.5)],
};

// prettier-ignore
export const sacrum = symmetric([
  [24, [0, -132, 18, -132, 30, -130, 26, -116, 18, -112, 0, -110]],
  [36, [0, -136, 30, -136, 48, -130, 50, -110, 36, -92, 0, -84]],
  [52, [0, -136, 34, -136, 52, -128, 54, -100, 38, -66, 0, -48]],
  [70, [0, -100, 22, -96, 34, -84, 32, -60, 20, -36, 0, -24]],
]);
