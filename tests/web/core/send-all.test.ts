import { describe, expect, it } from "vitest";
import { sendAll } from "../../../web/core/send-all.js";

const base = { isPassing: () => true, onSent: () => undefined, waitMs: () => 1 };
const go = new AbortController().signal;

describe("many files to be sent", () => {
  it("are all sent once, no more at a time than told", async () => {
    let [now, most] = [0, 0];
    const sent: number[] = [];
    const send = async (n: number) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now--;
      sent.push(n);
    };
    const told: number[] = [];
    await sendAll({ ...base, send, count: 23, parallel: 4, onSent: (n) => told.push(n), signal: go });
    expect(sent.sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, n) => n));
    expect(most).toBe(4);
    expect(told).toEqual(Array.from({ length: 23 }, (_, n) => n + 1));
  });

  it("are tried again after what passes, and given up after what does not", async () => {
    const tries = [0, 0, 0];
    const send = async (n: number) => {
      if (++tries[n] < 3 && n === 1) throw new Error("busy");
    };
    await sendAll({ ...base, send, count: 3, signal: go });
    expect(tries).toEqual([1, 3, 1]);
    const broken = sendAll({
      ...base,
      send: () => Promise.reject(new Error("too large")),
      isPassing: () => false,
      count: 3,
      signal: go,
    });
    await expect(broken).rejects.toThrow("too large");
  });

  it("stop when they are aborted", async () => {
    const stop = new AbortController();
    const sent: number[] = [];
    const send = async (n: number) => {
      sent.push(n);
      if (n === 2) stop.abort();
    };
    await expect(
      sendAll({ ...base, send, count: 50, parallel: 1, signal: stop.signal }),
    ).rejects.toMatchObject({ name: "AbortError" });
    expect(sent).toEqual([0, 1, 2]);
  });
});
