/** One line on the terminal that is written over; on anything else than a terminal, one line every few seconds. */
export class ProgressBar {
  private lastLine = 0;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  /** Shows `share` (0 to 1) as a bar between a title and some details. */
  show(title: string, share: number, details: string): void {
    const now = Date.now();
    const isTerminal = this.stream.isTTY;
    if (now - this.lastLine < (isTerminal ? 100 : 15_000)) return;
    this.lastLine = now;
    const done = Math.round(Math.min(1, Math.max(0, share)) * 20);
    const bar = "█".repeat(done) + "░".repeat(20 - done);
    const line = `${title} ${bar} ${details}`;
    this.stream.write(
      isTerminal ? `\r${line.slice(0, (this.stream.columns || 120) - 1)}\u001b[K` : `${line}\n`,
    );
  }

  /** Ends the line, so that other output can follow. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write("\r\u001b[K");
    this.lastLine = 0;
  }
}

/** 3725 → "1:02:05", 65 → "1:05". */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}
