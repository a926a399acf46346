/** Many files sent to the server, a few at a time; what fails in passing is tried again. */

export interface SendOptions {
  /** Sends the n-th, from 0. */
  readonly send: (n: number) => Promise<unknown>;
  readonly count: number;
  /** Whether a failure may pass: trying again makes sense. */
  readonly isPassing: (error: unknown) => boolean;
  readonly onSent: (sent: number) => void;
  readonly signal: AbortSignal;
  readonly parallel?: number;
  /** Before the n-th new attempt, ms. */
  readonly waitMs?: (attempt: number) => number;
}

/** After so many attempts a file counts as failed. */
const attempts = 6;

/** Resolves when all are sent; rejects with the first failure that does not pass, or when it is aborted. */
export async function sendAll(options: SendOptions): Promise<void> {
  const { count, parallel = 4, onSent, signal } = options;
  let [next, sent] = [0, 0];
  const worker = async () => {
    while (next < count) {
      signal.throwIfAborted();
      await sendOne(next++, options);
      onSent(++sent);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, worker));
}

async function sendOne(
  n: number,
  { send, isPassing, signal, waitMs = doubling }: SendOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await send(n);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === attempts || !isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs(attempt)));
    }
}

const doubling = (attempt: number) => 500 * 2 ** attempt;
