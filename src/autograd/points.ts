/**
 * Points of two-dimensional maps. Coordinates [N, 2, K] hold row and column of each point as shares of the map's extents,
 * 0 at the outer edge of the first pixel and 1 at that of the last, so that they mean the same on maps of any resolution.
 */
import { add, cast, floor, maximum, minimum, mul, sub } from "./operators/elementwise.js";
import { gatherAt } from "./operators/points.js";
import { concat, reshape, slice } from "./operators/shape.js";
import { scalar, type Tensor } from "./tensor.js";

/** Row (0) or column (1) of each point, [N, 1, K]. */
function part(coordinates: Tensor, axis: 0 | 1): Tensor {
  const [n = 1, , k = 1] = coordinates.shape;
  return slice(coordinates, [0, axis, 0], [n, 1, k]);
}

const clamped = (x: Tensor, last: number) => minimum(maximum(x, scalar(0)), scalar(last));

/** Place of row r and column c in a map of `width` columns, [N, K]. */
function placeOf(row: Tensor, column: Tensor, width: number): Tensor {
  const [n = 1, , k = 1] = row.shape;
  return cast(reshape(add(mul(row, scalar(width)), column), [n, k]), "int64");
}

const flat = (x: Tensor) => {
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  return reshape(x, [n, c, h * w]);
};

/**
 * x [N, C, H, W] at points, bilinear between the centres of pixels and constant beyond the outermost ones (PyTorch's
 * grid_sample with border padding, corners not aligned) → [N, C, K].
 */
export function samplePoints(x: Tensor, coordinates: Tensor): Tensor {
  const [, , height = 1, width = 1] = x.shape;
  const along = (axis: 0 | 1, size: number) => {
    const position = clamped(sub(mul(part(coordinates, axis), scalar(size)), scalar(0.5)), size - 1);
    const low = floor(position);
    const share = sub(position, low);
    const high = minimum(add(low, scalar(1)), scalar(size - 1));
    return [
      [low, sub(scalar(1), share)],
      [high, share],
    ] as const;
  };
  const corners = along(0, height).flatMap(([row, rowShare]) =>
    along(1, width).map(([column, columnShare]) =>
      mul(gatherAt(flat(x), placeOf(row, column, width)), mul(rowShare, columnShare)),
    ),
  );
  return corners.reduce((a, b) => add(a, b));
}

/** Labels [N, H, W] of the pixels in which the points lie → [N, K]. */
export function labelsAt(labels: Tensor, coordinates: Tensor): Tensor {
  const [n = 1, height = 1, width = 1] = labels.shape;
  const index = (axis: 0 | 1, size: number) =>
    clamped(floor(mul(part(coordinates, axis), scalar(size))), size - 1);
  const places = placeOf(index(0, height), index(1, width), width);
  return reshape(gatherAt(reshape(labels, [n, 1, height * width]), places), places.shape);
}

/** Coordinates of the centres of the pixels at places [N, K] (int64) of a map. */
export function centresOf(places: Tensor, [height = 1, width = 1]: readonly number[]): Tensor {
  const [n = 1, k = 1] = places.shape;
  const index = reshape(cast(places, "float32"), [n, 1, k]);
  const row = floor(mul(add(index, scalar(0.5)), scalar(1 / width)));
  const column = sub(index, mul(row, scalar(width)));
  const share = (position: Tensor, size: number) => mul(add(position, scalar(0.5)), scalar(1 / size));
  return concat([share(row, height), share(column, width)], 1);
}

/** How close the two best classes of logits [N, C, S] are: 0 at a tie, else below (Kirillov et al. 2020) → [N, S]. */
export function uncertainty(logits: Tensor): Tensor {
  const [n = 1, classes = 1, length = 1] = logits.shape;
  const score = (c: number) => reshape(slice(logits, [0, c, 0], [n, 1, length]), [n, length]);
  let [best, second] = [maximum(score(0), score(1)), minimum(score(0), score(1))];
  for (let c = 2; c < classes; c++) {
    second = maximum(second, minimum(best, score(c)));
    best = maximum(best, score(c));
  }
  return sub(second, best);
}
