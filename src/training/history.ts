/** The course of a training: one record an epoch, and how far along it is. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly trainLoss: number;
  /** Of the training batches: soft Dice of the foreground, or the share of cases classified rightly. */
  readonly trainScore: number;
  /** Of the validation cases: mean foreground Dice of whole images, or AUC. */
  readonly validationScore?: number;
  readonly learningRate: number;
  /** Batches; the last epoch of a time budget may be short. */
  readonly steps: number;
  readonly seconds: number;
}

const columns = [
  "epoch",
  "trainLoss",
  "trainScore",
  "validationScore",
  "learningRate",
  "steps",
  "seconds",
] as const;

/** What training and validation are scored by. */
export interface ScoreNames {
  readonly train: string;
  readonly validation: string;
}

/** The log: tab-separated, one line an epoch. */
export function historyTable(history: readonly EpochRecord[], names: ScoreNames): string {
  const titles: Readonly<Record<string, string>> = {
    trainScore: `train${names.train}`,
    validationScore: `validation${names.validation}`,
  };
  const line = (record: EpochRecord) => columns.map((c) => formatted(c, record[c])).join("\t");
  return [columns.map((c) => titles[c] ?? c).join("\t"), ...history.map(line), ""].join("\n");
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
