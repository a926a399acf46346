/** Figures of merit and their covariances over the same cases. */
export interface MrmcInput {
  readonly arms: readonly string[];
  readonly readers: readonly string[];
  /** merit[arm][reader] */
  readonly merit: readonly (readonly number[])[];
  /** covariance[arm · readers + reader][…] of the figures of merit, over cases. */
  readonly covariance: readonly (readonly number[])[];
  /** Cases that were read. */
  readonly cases: number;
}

/** Mean squares of arm × reader, and the averaged error covariances of Obuchowski & Rockette (1995). */
export interface OrComponents {
  readonly armSquare: number;
  readonly readerSquare: number;
  readonly interactionSquare: number;
  /** Error variance; covariance of one reader in two arms, two readers in one arm, two readers in two arms. */
  readonly variance: number;
  readonly cov1: number;
  readonly cov2: number;
  readonly cov3: number;
  /** The same from each arm alone. */
  readonly ofArm: readonly {
    readonly readerSquare: number;
    readonly variance: number;
    readonly cov2: number;
  }[];
}

export function orComponents({ merit, covariance }: MrmcInput): OrComponents {
  const [t, r] = [merit.length, merit[0]?.length ?? 0];
  const armMeans = merit.map(mean);
  const readerMeans = Array.from({ length: r }, (_, j) => mean(merit.map((row) => row[j])));
  const grand = mean(armMeans);
  const squares = (values: readonly number[], centre: number) =>
    values.reduce((s, v) => s + (v - centre) ** 2, 0);
  const rest = merit.flatMap((row, i) => row.map((v, j) => v - armMeans[i] - readerMeans[j] + grand));
  const averaged = (keep: (sameArm: boolean, sameReader: boolean) => boolean, arm?: number) =>
    mean(
      covariance.flatMap((row, a) =>
        row.filter((_, b) => {
          const [i, k] = [Math.floor(a / r), Math.floor(b / r)];
          return (arm === undefined || (i === arm && k === arm)) && keep(i === k, a % r === b % r);
        }),
      ),
    );
  /** No pair of arms or readers to average over: the covariance does not enter and is 0. */
  const orZero = (value: number, exists: boolean) => (exists ? value : 0);
  return {
    armSquare: (r * squares(armMeans, grand)) / (t - 1),
    readerSquare: (t * squares(readerMeans, grand)) / (r - 1),
    interactionSquare: r < 2 ? 0 : squares(rest, 0) / ((t - 1) * (r - 1)),
    variance: averaged((arm, reader) => arm && reader),
    cov1: orZero(
      averaged((arm, reader) => !arm && reader),
      t > 1,
    ),
    cov2: orZero(
      averaged((arm, reader) => arm && !reader),
      r > 1,
    ),
    cov3: orZero(
      averaged((arm, reader) => !arm && !reader),
      t > 1 && r > 1,
    ),
    ofArm: merit.map((row, i) => ({
      readerSquare: squares(row, armMeans[i]) / (r - 1),
      variance: averaged((arm, reader) => arm && reader, i),
      cov2: orZero(
        averaged((arm, reader) => arm && !reader, i),
        r > 1,
      ),
    })),
  };
}

export const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
