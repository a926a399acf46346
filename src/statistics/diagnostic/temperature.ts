/** Temperature scaling of one logit for each case (Guo et al., ICML 2017), around a known prior. */

export interface Calibrator {
  /** Divides the logit: above 1 where the network was too sure. */
  readonly temperature: number;
  /** Log odds of the positive class that the balanced loss took out: added after the division. */
  readonly priorLogit: number;
}

/** P(positive) = 1 / (1 + exp(−(logit / temperature + prior))). */
export function calibrated(logit: number, { temperature, priorLogit }: Calibrator): number {
  return 1 / (1 + Math.exp(-(logit / temperature + priorLogit)));
}

/** log(1 + eˣ) without overflow. */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Temperatures tried: a network is hardly a hundred times too sure or unsure. */
const range: readonly [number, number] = [Math.log(0.01), Math.log(100)];
const goldenRatio = (Math.sqrt(5) - 1) / 2;
const rounds = 80;

/**
 * The temperature with the least mean cross-entropy on these cases (truth 1 or 0). The cross-entropy is convex in
 * 1 / temperature, so the golden section finds its only minimum. Perfect separation has none within reason and gives the
 * lower end of the range, 0.01; without cases of both kinds there is nothing to fit: 1.
 */
export function fitTemperature(
  truth: readonly number[],
  logit: readonly number[],
  priorLogit: number,
): number {
  if (!truth.includes(1) || !truth.includes(0)) return 1;
  const loss = (logTemperature: number) => {
    const scale = Math.exp(-logTemperature);
    return truth.reduce(
      (sum, y, n) => sum + softplus((y === 1 ? -1 : 1) * (logit[n] * scale + priorLogit)),
      0,
    );
  };
  let [low, high] = range;
  for (let round = 0; round < rounds; round++) {
    const [a, b] = [high - goldenRatio * (high - low), low + goldenRatio * (high - low)];
    if (loss(a) <= loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}
