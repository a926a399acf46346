import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convexHull, isInside, type Point } from "../../src/quantify/convex-hull.js";

describe("convexHull", () => {
  it("is the corners, counter-clockwise, without points on edges", () => {
    expect(convexHull([[0, 0], [2, 0], [1, 0], [1, 1], [1, 0.5]])).toEqual([[0, 0], [2, 0], [1, 1]]); // prettier-ignore
  });

  it.each([
    [[], []],
    [[[1, 2]], [[1, 2]]],
    [[[1, 2], [1, 2]], [[1, 2]]],
    [[[0, 0], [1, 1], [2, 2]], [[0, 0], [2, 2]]],
  ] as [Point[], Point[]][])("of %j is %j", (points, hull) => expect(convexHull(points)).toEqual(hull)); // prettier-ignore

  it("holds every point and only given ones, and its farthest pair is the points' farthest pair", () => {
    const point = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }));
    const farthest = (points: readonly Point[]) =>
      Math.max(0, ...points.flatMap((a) => points.map((b) => Math.hypot(a[0] - b[0], a[1] - b[1]))));
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 20 }), (points) => {
        const hull = convexHull(points);
        expect(farthest(hull)).toBe(farthest(points));
        if (hull.length > 2) expect(points.every((one) => isInside(hull, one))).toBe(true);
        for (const corner of hull) expect(points).toContainEqual(corner);
      }),
    );
  });
});
