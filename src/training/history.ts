/** The course of a training: one record an epoch, and how far along it is. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly trainLoss: number;
  /** Soft Dice of the training batches, foreground. */
  readonly trainDice: number;
  /** Mean foreground Dice over the validation cases, whole images. */
  readonly validationDice?: number;
  readonly learningRate: number;
  /** Batches; the last epoch of a time budget may be short. */
  readonly steps: number;
  readonly seconds: number;
}

const columns = [
  "epoch",
  "trainLoss",
  "trainDice",
  "validationDice",
  "learningRate",
  "steps",
  "seconds",
] as const;

/** The log: tab-separated, one line an epoch. */
export function historyTable(history: readonly EpochRecord[]): string {
  const line = (record: EpochRecord) => columns.map((c) => formatted(c, record[c])).join("\t");
  return [columns.join("\t"), ...history.map(line), ""].join("\n");
}

function formatted(column: (typeof columns)[number], value: number | undefined): string {
  if (value === undefined) return "";
  if (column === "epoch" || column === "steps") return String(value);
  return column === "learningRate" ? value.toExponential(3) : value.toFixed(column === "seconds" ? 1 : 5);
}

/**
 * How many iterations the learning rate is planned for. With a time budget the number is estimated anew at the start of
 * every epoch from the pace so far; it is part of the checkpoint, so a resumed epoch goes on as it began.
 */
export interface Pace {
  readonly totalIterations: number;
}

/**
 * Iterations that fit in `budgetSeconds` at the pace of the last epoch, at least those done plus one. The pace since the
 * start would be wrong for long on a machine that has other work at times.
 */
export function paceWithin(
  budgetSeconds: number,
  iteration: number,
  seconds: number,
  lastEpochRate: number,
): Pace {
  const left = Math.max(1, Math.floor((budgetSeconds - seconds) * lastEpochRate));
  return { totalIterations: iteration + left };
}
