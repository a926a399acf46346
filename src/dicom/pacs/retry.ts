/** Tries again what failed for a passing reason, waiting longer each time. */
import { setTimeout as sleep } from "node:timers/promises";

export interface RetryOptions {
  readonly attempts: number;
  /** Wait before the second attempt; doubled for each further one, plus up to a quarter at random. */
  readonly firstWaitMs: number;
  /** Longest wait. */
  readonly mostWaitMs: number;
}

export const defaultRetry: RetryOptions = { attempts: 5, firstWaitMs: 500, mostWaitMs: 30_000 };

/** A failure that may pass; `afterMs` is what the other side asked to wait. */
export class Transient extends Error {
  constructor(
    message: string,
    readonly afterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Result of `action`; a Transient failure is tried again, the last one and any other is thrown. */
export async function withRetry<T>(
  action: () => Promise<T>,
  options: RetryOptions = defaultRetry,
): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Transient) || attempt >= options.attempts) throw error;
      await sleep(waitOf(error, attempt, options));
    }
}

function waitOf({ afterMs }: Transient, attempt: number, { firstWaitMs, mostWaitMs }: RetryOptions): number {
  const backoff = firstWaitMs * 2 ** (attempt - 1) * (1 + Math.random() / 4);
  return Math.min(mostWaitMs, Math.max(backoff, afterMs ?? 0));
}
