/**
 * Solution of A x = b for a symmetric positive definite A, by Cholesky decomposition; undefined where A is singular to
 * about ten digits, relative to its diagonal.
 */
export function solveSymmetric(
  a: readonly (readonly number[])[],
  b: readonly number[],
): number[] | undefined {
  const size = b.length;
  const l = a.map((row) => row.map(() => 0));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i][j];
      for (let k = 0; k < j; k++) rest -= l[i][k] * l[j][k];
      if (i !== j) l[i][j] = rest / l[j][j];
      else if (rest > 1e-10 * a[i][i]) l[i][i] = Math.sqrt(rest);
      else return undefined;
    }
  }
  const y: number[] = [];
  for (let i = 0; i < size; i++)
    y.push((b[i] - y.reduce((sum, value, k) => sum + l[i][k] * value, 0)) / l[i][i]);
  const x = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let rest = y[i];
    for (let k = i + 1; k < size; k++) rest -= l[k][i] * x[k];
    x[i] = rest / l[i][i];
  }
  return x;
}
