export type Point = readonly [x: number, y: number];

/**
 * Convex hull, counter-clockwise, without points on its edges (Andrew's monotone chain, Inf. Process. Lett. 9:216, 1979).
 * Fewer than three points, or points on one line: the ends. No points: none.
 *
 * @example convexHull([[0, 0], [2, 0], [1, 0], [1, 1]]) // [[0, 0], [2, 0], [1, 1]]
 */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const distinct = sorted.filter(([x, y], n) => n === 0 || x !== sorted[n - 1][0] || y !== sorted[n - 1][1]);
  if (distinct.length < 3) return distinct;
  return [...chain(distinct), ...chain(distinct.reverse())];
}

/** Half of the hull, without its last point. */
function chain(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    while (hull.length > 1 && turn(hull[hull.length - 2], hull[hull.length - 1], point) <= 0) hull.pop();
    hull.push(point);
  }
  return hull.slice(0, -1);
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/** True where the point lies inside a counter-clockwise hull or on its edge. A hull of fewer than three points has no inside. */
export function isInside(hull: readonly Point[], point: Point): boolean {
  return (
    hull.length > 2 && hull.every((corner, n) => turn(corner, hull[(n + 1) % hull.length], point) >= -1e-9)
  );
}
