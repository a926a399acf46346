import { describe, expect, it } from "vitest";
import { scheduleOf, type Planned } from "../../../src/reading/reader-studies/schedule.js";

const cases = Array.from({ length: 11 }, (_, n) => `sub-${n + 1}`);
const arms = [
  { name: "without", assisted: false },
  { name: "with", assisted: true },
];
const protocol = { cases, readers: ["anna", "ben"], arms, order: "balanced" as const, seed: 7 };
const of = (planned: readonly Planned[], reader: string, part: number) =>
  planned.filter((one) => one.reader === reader && one.part === part);

describe("the schedule of a reader study", () => {
  const planned = scheduleOf(protocol);

  it("has every case once for each reader and arm, and once in each part", () => {
    expect(planned).toHaveLength(44);
    for (const reader of protocol.readers) {
      for (const part of [1, 2])
        expect(
          of(planned, reader, part)
            .map((one) => one.case)
            .sort(),
        ).toEqual([...cases].sort());
      for (const { name } of arms)
        expect(
          new Set(planned.filter((one) => one.reader === reader && one.arm === name).map((one) => one.case))
            .size,
        ).toBe(11);
      expect(planned.filter((one) => one.reader === reader).map(({ position }) => position)).toEqual(
        Array.from({ length: 22 }, (_, n) => n + 1),
      );
    }
  });

  it("balances which arm comes first, readers taking turns with the odd case", () => {
    const first = (reader: string) => of(planned, reader, 1).filter(({ arm }) => arm === "without").length;
    expect([first("anna"), first("ben")]).toEqual([6, 5]);
  });

  it("draws an order of its own for each reader and part, the same for the same seed", () => {
    const orders = [1, 2].flatMap((part) =>
      protocol.readers.map((reader) =>
        of(planned, reader, part)
          .map((one) => one.case)
          .join(),
      ),
    );
    expect(new Set([...orders, cases.join()]).size).toBe(5);
    expect(scheduleOf(protocol)).toEqual(planned);
    expect(scheduleOf({ ...protocol, seed: 8 })).not.toEqual(planned);
    expect(scheduleOf({ ...protocol, cases: [...cases].reverse() })).toEqual(planned);
  });

  it("puts one arm first where the protocol says so, and has one part with one arm", () => {
    const fixed = scheduleOf({ ...protocol, order: "first-arm-first" });
    expect(new Set(fixed.map(({ part, arm }) => `${part} ${arm}`))).toEqual(new Set(["1 without", "2 with"]));
    expect(new Set(scheduleOf({ ...protocol, arms: [arms[0]] }).map(({ part }) => part))).toEqual(
      new Set([1]),
    );
  });
});
