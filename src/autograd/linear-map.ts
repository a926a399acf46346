/**
 * Average pooling and linear resampling: linear maps along each axis, written as products with constant matrices, so
 * that the gradient is exact and the same operator runs on every device.
 */
import { matmul, swapLast } from "./operators/matmul.js";
import { reshape } from "./operators/shape.js";
import { constant, type Shape, sizeOf, type Tensor } from "./tensor.js";

/** A dense matrix, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Applies `matrix` [out × in] along one axis of x. */
export function mapAxis(x: Tensor, axis: number, matrix: Matrix): Tensor {
  const shape = x.shape.map((n, i) => (i === axis ? matrix.rows : n));
  const weights = constant(matrix.data, [matrix.rows, matrix.columns]);
  const outer = sizeOf(x.shape.slice(0, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  if (inner === 1) return reshape(matmul(reshape(x, [outer, matrix.columns]), swapLast(weights)), shape);
  return reshape(matmul(weights, reshape(x, [outer, matrix.columns, inner])), shape);
}

/** A matrix from what `fill` sets in each row; what is set twice is added. */
export function matrixOf(
  rows: number,
  columns: number,
  fill: (row: number, set: (column: number, weight: number) => void) => void,
): Matrix {
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    fill(row, (column, weight) => {
      data[row * columns + column] = (data[row * columns + column] ?? 0) + weight;
    });
  }
  return { rows, columns, data };
}

/** Weights of linear interpolation from `size` to `target` points (PyTorch's two conventions). */
export function linearWeights(size: number, target: number, alignCorners: boolean): Matrix {
  return matrixOf(target, size, (row, set) => {
    const aligned = target > 1 ? (row * (size - 1)) / (target - 1) : 0;
    const centred = Math.min(Math.max(((row + 0.5) * size) / target - 0.5, 0), size - 1);
    const position = alignCorners ? aligned : centred;
    const low = Math.min(Math.floor(position), size - 1);
    const fraction = position - low;
    set(low, 1 - fraction);
    if (fraction > 0) set(Math.min(low + 1, size - 1), fraction);
  });
}

/** Weights of adaptive average pooling: output i averages [floor(i·n/m), ceil((i+1)·n/m)). */
export function adaptiveWeights(size: number, target: number): Matrix {
  return matrixOf(target, size, (row, set) => {
    const start = Math.floor((row * size) / target);
    const end = Math.ceil(((row + 1) * size) / target);
    for (let i = start; i < end; i++) set(i, 1 / (end - start));
  });
}

/** Weights of average pooling with zero padding counted (PyTorch's default). */
export function averageWeights(size: number, kernel: number, stride: number, padding: number): Matrix {
  const target = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  return matrixOf(target, size, (row, set) => {
    for (let k = 0; k < kernel; k++) {
      const i = row * stride - padding + k;
      if (i >= 0 && i < size) set(i, 1 / kernel);
    }
  });
}

type Weights = (size: number, axis: number) => Matrix;

function mapSpatialAxes(x: Tensor, weights: Weights): Tensor {
  return x.shape.slice(2).reduce((result, size, axis) => {
    const map = weights(size, axis);
    const isIdentity =
      map.rows === map.columns && map.data.every((v, i) => v === (i % (map.columns + 1) === 0 ? 1 : 0));
    return isIdentity ? result : mapAxis(result, axis + 2, map);
  }, x);
}

/** Linear (bi-, trilinear) resampling of x [N, C, …] to spatial extents `target`. */
export function resize(x: Tensor, target: Shape, alignCorners: boolean): Tensor {
  return mapSpatialAxes(x, (size, axis) => linearWeights(size, target[axis] ?? size, alignCorners));
}

export function averagePool(
  x: Tensor,
  kernel: Shape,
  stride: Shape = kernel,
  padding: Shape = kernel.map(() => 0),
): Tensor {
  return mapSpatialAxes(x, (size, axis) =>
    averageWeights(size, kernel[axis] ?? 1, stride[axis] ?? 1, padding[axis] ?? 0),
  );
}

export function adaptiveAveragePool(x: Tensor, target: Shape): Tensor {
  return mapSpatialAxes(x, (size, axis) => adaptiveWeights(size, target[axis] ?? size));
}
