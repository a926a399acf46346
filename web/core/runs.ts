/** Changes of a mask as runs: what is sent to the server, and what undo and redo keep. */

/** From voxel `start` on, `length` voxels get `value`. */
export type Run = readonly [start: number, length: number, value: number];

/** Runs for some voxels: neighbours in storage that get the same value are joined. */
export function runsOf(indices: readonly number[], valueAt: (index: number) => number): Run[] {
  const sorted = [...indices].sort((a, b) => a - b);
  const runs: [number, number, number][] = [];
  for (const index of sorted) {
    const value = valueAt(index);
    const last = runs.at(-1);
    if (last && last[0] + last[1] === index && last[2] === value) last[1]++;
    else runs.push([index, 1, value]);
  }
  return runs;
}

/** Writes runs into a mask. */
export function applyRuns(data: Uint8Array, runs: readonly Run[]): void {
  for (const [start, length, value] of runs) data.fill(value, start, start + length);
}

export const runLength = (runs: readonly Run[]) => runs.reduce((sum, [, length]) => sum + length, 0);
