import { describe, expect, it } from "vitest";
import { StrokeQueue, StrokeRefused, type SaveState, type Stroke } from "../../../web/core/stroke-queue.js";

/** A queue whose sends are answered by a list: "ok", "fail" or "refuse", then always "ok". */
function queueWith(...outcomes: string[]) {
  const sent: number[] = [];
  const kept: number[][] = [];
  const states: SaveState[] = [];
  const waits: number[] = [];
  const queue = new StrokeQueue({
    send: ({ sequence }: Stroke) => {
      sent.push(sequence);
      const outcome = outcomes.shift() ?? "ok";
      if (outcome === "refuse") return Promise.reject(new StrokeRefused("conflict"));
      return outcome === "ok" ? Promise.resolve() : Promise.reject(new Error("offline"));
    },
    keep: (waiting) => kept.push(waiting.map(({ sequence }) => sequence)),
    onState: (state) => states.push(state),
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  return { queue, sent, kept, states, waits };
}

describe("StrokeQueue", () => {
  it("sends strokes one after the other, in order", async () => {
    const { queue, sent, kept, states } = queueWith();
    queue.add([[0, 1, 1]]);
    queue.add([[1, 1, 1]]);
    await queue.settled();
    expect(sent).toEqual([1, 2]);
    expect(kept).toEqual([[1], [1, 2], [2], []]);
    expect([states.at(0), states.at(-1)]).toEqual(["saving", "saved"]);
  });

  it("tries again with the same number, waiting longer each time, and keeps the stroke meanwhile", async () => {
    const { queue, sent, states, waits, kept } = queueWith("fail", "fail", "fail");
    queue.add([[0, 1, 1]]);
    await queue.settled();
    expect(sent).toEqual([1, 1, 1, 1]);
    expect(waits).toEqual([500, 1000, 2000]);
    expect(states).toEqual(["saving", "offline", "offline", "offline", "saved"]);
    expect(kept).toEqual([[1], []]);
  });

  it("stops at a refusal and keeps what is not saved", async () => {
    const { queue, sent, states, kept } = queueWith("ok", "refuse");
    for (const n of [0, 1, 2]) queue.add([[n, 1, 1]]);
    await queue.settled();
    queue.add([[9, 1, 1]]);
    expect(sent).toEqual([1, 2]);
    expect(states.at(-1)).toBe("refused");
    expect(kept.at(-1)).toEqual([2, 3]);
    expect(queue.pending).toBe(2);
  });
});
