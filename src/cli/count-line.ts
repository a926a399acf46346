/** A counter on the terminal's last line, e.g. `12/260 cases`; silent where output is not a terminal. */
export function countLine(what: string): (done: number, total: number) => void {
  return (done, total) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r${done}/${total} ${what}${done === total ? "\n" : ""}`);
  };
}
