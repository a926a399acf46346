/**
 * A zero of `f` between `low` and `high`, where it has opposite signs, by Brent's method (R. Brent, Algorithms for
 * Minimization without Derivatives, 1973, chapter 4), to the last digits of x. NaN where the signs are the same.
 */
export function findRoot(f: (x: number) => number, low: number, high: number, tolerance = 0): number {
  let [a, b, fa, fb] = [low, high, f(low), f(high)];
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (!(fa * fb < 0)) return NaN;
  let [c, fc, step, before] = [a, fa, b - a, b - a];
  for (let n = 0; n < 200; n++) {
    if (fb * fc > 0) [c, fc, step, before] = [a, fa, b - a, b - a];
    if (Math.abs(fc) < Math.abs(fb)) [a, b, c, fa, fb, fc] = [b, c, b, fb, fc, fb];
    const least = 2 * Number.EPSILON * Math.abs(b) + tolerance / 2;
    const middle = (c - b) / 2;
    if (Math.abs(middle) <= least || fb === 0) return b;
    const tried = Math.abs(before) >= least && Math.abs(fa) > Math.abs(fb);
    const move = tried ? interpolate(a, b, c, fa, fb, fc) : NaN;
    const good = Math.abs(move) < Math.min(1.5 * Math.abs(middle), Math.abs(before) / 2) && move * middle > 0;
    [before, step] = good ? [step, move] : [middle, middle];
    [a, fa] = [b, fb];
    b += Math.abs(step) > least ? step : Math.sign(middle) * least;
    fb = f(b);
  }
  return b;
}

/** Step of the secant or of inverse quadratic interpolation. */
function interpolate(a: number, b: number, c: number, fa: number, fb: number, fc: number): number {
  const s = fb / fa;
  if (a === c) return (-(c - b) * s) / (1 - s);
  const [q, r] = [fa / fc, fb / fc];
  const numerator = s * ((c - b) * q * (q - r) - (b - a) * (r - 1));
  return -numerator / ((q - 1) * (r - 1) * (s - 1));
}
