/**
 * STAPLE: the hidden truth behind several readers' masks of one structure, and how sensitive and specific each reader is,
 * by expectation maximisation. Source: Warfield, Zou, Wells, IEEE Trans Med Imaging 23:903 (2004), section II (binary
 * case, equations 14–19), with one prior for all voxels: the mean share of foreground over readers, as the paper
 * suggests. It starts from the share of readers who chose the structure, as ITK does: from three readers on the start does
 * not matter, two leave the truth open to it. Voxels on which all readers decide alike have the same probability, so the sums run over the
 * patterns of decisions that occur, not over voxels; the result is the same.
 */

/** Sensitivity p and specificity q. */
export interface Performance {
  readonly sensitivity: number;
  readonly specificity: number;
}

export interface Staple {
  /** Probability of the structure in each voxel. */
  readonly probability: Float64Array<ArrayBuffer>;
  /** In the order of the masks. NaN where a reader's rate is not defined (no voxel has the structure, or all have). */
  readonly performance: readonly Performance[];
  readonly iterations: number;
}

export interface StapleOptions {
  /** Stops when no rate changes by more than this. */
  readonly tolerance?: number;
  readonly maximalIterations?: number;
}

/** Decisions of up to this many readers fit into one number. */
export const maximalReaders = 50;

interface Pattern {
  /** Whether each reader chose the structure. */
  readonly decisions: readonly boolean[];
  count: number;
  /** Probability of the structure, W in the paper. */
  weight: number;
}

/**
 * @param masks one array a reader, all of one length; a voxel that is not 0 has the structure.
 * Empty input: no voxel or no reader gives no probability. Where no reader marked a voxel, all probabilities are 0.
 */
export function staple(masks: readonly Uint8Array[], options: StapleOptions = {}): Staple {
  const { tolerance = 1e-10, maximalIterations = 10_000 } = options;
  if (masks.length > maximalReaders) throw new RangeError(`more than ${maximalReaders} readers`);
  const { patterns, patternOf } = patternsIn(masks);
  const prior = priorOf(patterns, masks.length);
  let performance: Performance[] = masks.map(() => ({ sensitivity: Infinity, specificity: Infinity }));
  let iterations = 0;
  for (let change = Infinity; change > tolerance && iterations < maximalIterations; iterations++) {
    const next = maximisation(patterns, masks.length);
    change = largestChange(performance, next);
    performance = next;
    for (const pattern of patterns) pattern.weight = expectation(pattern, performance, prior);
  }
  const probability = Float64Array.from(patternOf, (n) => patterns[n].weight);
  return { probability, performance, iterations };
}

function patternsIn(masks: readonly Uint8Array[]): { patterns: Pattern[]; patternOf: Uint32Array } {
  const patternOf = new Uint32Array(masks[0]?.length ?? 0);
  const known = new Map<number, number>();
  const patterns: Pattern[] = [];
  for (let n = 0; n < patternOf.length; n++) {
    let key = 0;
    for (const mask of masks) key = key * 2 + (mask[n] > 0 ? 1 : 0);
    let index = known.get(key);
    if (index === undefined) {
      const decisions = masks.map((mask) => mask[n] > 0);
      const weight = decisions.filter(Boolean).length / masks.length;
      index = patterns.push({ decisions, count: 0, weight }) - 1;
      known.set(key, index);
    }
    patterns[index].count++;
    patternOf[n] = index;
  }
  return { patterns, patternOf };
}

/** Share of foreground over all readers. */
function priorOf(patterns: readonly Pattern[], readers: number): number {
  let [marked, all] = [0, 0];
  for (const { decisions, count } of patterns) {
    marked += count * decisions.filter(Boolean).length;
    all += count * readers;
  }
  return all === 0 ? 0 : marked / all;
}

/** Equations 14 to 16: a = f(T=1) Π p^D (1−p)^(1−D), b = f(T=0) Π q^(1−D) (1−q)^D, W = a / (a + b). */
function expectation({ decisions }: Pattern, performance: readonly Performance[], prior: number): number {
  if (prior === 0 || prior === 1) return prior;
  let [a, b] = [prior, 1 - prior];
  decisions.forEach((marked, reader) => {
    const { sensitivity, specificity } = performance[reader];
    a *= marked ? sensitivity : 1 - sensitivity;
    b *= marked ? 1 - specificity : specificity;
  });
  return a === 0 ? 0 : a / (a + b);
}

/** Equations 18 and 19: p = Σ W D / Σ W, q = Σ (1−W)(1−D) / Σ (1−W). */
function maximisation(patterns: readonly Pattern[], readers: number): Performance[] {
  let [structure, background] = [0, 0];
  for (const { count, weight } of patterns) {
    structure += count * weight;
    background += count * (1 - weight);
  }
  return Array.from({ length: readers }, (_, reader) => {
    let [hit, rejected] = [0, 0];
    for (const { decisions, count, weight } of patterns)
      if (decisions[reader]) hit += count * weight;
      else rejected += count * (1 - weight);
    return { sensitivity: hit / structure, specificity: rejected / background };
  });
}

function largestChange(before: readonly Performance[], after: readonly Performance[]): number {
  const changes = after.flatMap(({ sensitivity, specificity }, reader) => [
    Math.abs(sensitivity - before[reader].sensitivity),
    Math.abs(specificity - before[reader].specificity),
  ]);
  return Math.max(0, ...changes.filter((change) => !Number.isNaN(change)));
}
