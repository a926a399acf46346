/**
 * Temperature scaling of one logit for each case (Guo et al., ICML 2017), around a known prior, fitted to Platt's smoothed
 * targets.
 */

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
 * What each case is fitted towards: not 1 and 0, but the mean of the posterior under a uniform prior, as if one more case of
 * each kind had been seen. Platt 1999, "Probabilistic outputs for support vector machines", section 2.2; Lin, Lin and Weng
 * 2007, Machine Learning 68, eq. 3.
 */
function smoothedTargets(truth: readonly number[]): number[] {
  const positive = truth.filter((y) => y === 1).length;
  const negative = truth.length - positive;
  const [high, low] = [(positive + 1) / (positive + 2), 1 / (negative + 2)];
  return truth.map((y) => (y === 1 ? high : low));
}

/**
 * The temperature with the least cross-entropy towards the smoothed targets of these cases (truth 1 or 0). The cross-entropy
 * is convex in 1 / temperature, so the golden section finds its only minimum. Maximum likelihood would make every probability
 * 0 or 1 where the logits separate the classes, as they often do in twenty validation cases; the smoothed targets keep it
 * finite. Logits of the wrong order give the upper end of the range, 100; without cases of both kinds there is nothing to fit: 1.
 */
export function fitTemperature(
  truth: readonly number[],
  logit: readonly number[],
  priorLogit: number,
): number {
  if (!truth.includes(1) || !truth.includes(0)) return 1;
  const targets = smoothedTargets(truth);
  const loss = (logTemperature: number) => {
    const scale = Math.exp(-logTemperature);
    return targets.reduce((sum, target, n) => {
      const z = logit[n] * scale + priorLogit;
      return sum + softplus(z) - target * z;
    }, 0);
  };
  let [low, high] = range;
  for (let round = 0; round < rounds; round++) {
    const [a, b] = [high - goldenRatio * (high - low), low + goldenRatio * (high - low)];
    if (loss(a) <= loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}
