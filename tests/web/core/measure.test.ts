import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../../src/volume/volume.js";
import { angleDegrees, areaMm2, isMeasured, measureText } from "../../../web/core/measure.js";

/** A plane turned about two axes: where (u, v) mm of it lie in the patient. */
const [c, s] = [Math.cos(0.6), Math.sin(0.6)];
const inPlane = (u: number, v: number): Vec3 => [10 + u * c, -4 + u * s * c - v * s, 30 + u * s * s + v * c];

const circle = Array.from({ length: 720 }, (_, n) => {
  const angle = (2 * Math.PI * n) / 720;
  return inPlane(5 * Math.cos(angle), 5 * Math.sin(angle));
});

describe("measurements in the patient", () => {
  it("are areas in an oblique plane: a square, an L, a circle, in either direction", () => {
    const square = [inPlane(0, 0), inPlane(7, 0), inPlane(7, 3), inPlane(0, 3)];
    expect(areaMm2(square)).toBeCloseTo(21, 9);
    expect(areaMm2([...square].reverse())).toBeCloseTo(21, 9);
    const ell = ([[0, 0], [4, 0], [4, 1], [1, 1], [1, 5], [0, 5]] as const).map(([u, v]) => inPlane(u, v)); // prettier-ignore
    expect(areaMm2(ell)).toBeCloseTo(8, 9);
    // A regular polygon of 720 corners: n r² sin(2π/n) / 2.
    expect(areaMm2(circle)).toBeCloseTo((720 * 25 * Math.sin((2 * Math.PI) / 720)) / 2, 9);
    expect(areaMm2(square.slice(0, 2))).toBe(0);
  });

  it.each([
    [[1, 0], [0, 1], 90],
    [[1, 0], [-1, 0], 180],
    [[1, 0], [1, 1], 45],
    [[2, 0], [5, 0], 0],
    [[1, 0], [-1, Math.sqrt(3)], 120],
  ] as const)("are angles: from %j to %j are %d°", ([u, v], [x, y], degrees) => {
    expect(angleDegrees(inPlane(u, v), inPlane(0, 0), inPlane(x, y))).toBeCloseTo(degrees, 9);
  });

  it("are written with their unit, and left out where a click measures nothing", () => {
    const [a, b, d] = [inPlane(0, 0), inPlane(3, 4), inPlane(3, 0)];
    expect(measureText({ kind: "distance", points: [a, b] })).toBe("5.0 mm");
    expect(measureText({ kind: "angle", points: [b, d, a] })).toBe("90.0°");
    expect(measureText({ kind: "area", points: [a, b, d] })).toBe("6.0 mm²");
    expect(measureText({ kind: "angle", points: [a, b] })).toBe("");
    expect(isMeasured({ kind: "distance", points: [a, a] })).toBe(false);
    expect(isMeasured({ kind: "area", points: [a, b, a] })).toBe(false);
    expect(isMeasured({ kind: "angle", points: [a, a, b] })).toBe(false);
    expect(isMeasured({ kind: "angle", points: [b, d, a] })).toBe(true);
  });
});
