/** Learning-rate schedules: the rate at an iteration, counted from 0. */
export interface Schedule {
  readonly name: "constant" | "step" | "polynomial" | "cosine";
  /** Iterations of linear warm-up from 0. */
  readonly warmup?: number;
  /** `step`: iterations between drops, and the factor of each. */
  readonly every?: number;
  readonly factor?: number;
  /** `polynomial`: the exponent. */
  readonly power?: number;
}

type Shape = (progress: number, iteration: number, schedule: Schedule) => number;

/** Multiplier of the base rate; `progress` runs from 0 to 1 over the iterations after warm-up. */
const shapes: Readonly<Record<Schedule["name"], Shape>> = {
  constant: () => 1,
  step: (_, iteration, { every = 3800, factor = 0.5 }) => factor ** Math.floor(iteration / every),
  polynomial: (progress, _, { power = 0.9 }) => (1 - progress) ** power,
  cosine: (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)),
};

export function learningRate(base: number, schedule: Schedule, iteration: number, total: number): number {
  const { warmup = 0 } = schedule;
  if (iteration < warmup) return (base * (iteration + 1)) / warmup;
  const progress = Math.min(1, (iteration - warmup) / Math.max(1, total - warmup));
  return base * shapes[schedule.name](progress, iteration, schedule);
}
