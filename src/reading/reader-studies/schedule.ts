/** Who reads what in which order, drawn from the protocol's seed. */
import { Random } from "../../base/random.js";
import type { Protocol } from "../contract/index.js";

/** One reading to come. */
export interface Planned {
  readonly reader: string;
  readonly case: string;
  readonly arm: string;
  /** 1, or 2 after the wash-out. */
  readonly part: number;
  /** From 1, through both parts. */
  readonly position: number;
}

type Drawn = Pick<Protocol, "cases" | "readers" | "arms" | "order" | "seed">;

/**
 * Every reader reads every case once in each arm. With `balanced` a random half of each reader's cases is read in the first
 * arm first, the rest in the second; where the number is odd, readers take turns in which arm gets one more. Order within
 * each part is drawn anew, for each reader by itself.
 */
export function scheduleOf(protocol: Drawn): Planned[] {
  return protocol.readers.flatMap((reader, n) => {
    const parts = protocol.arms.map((_, part) => partOf(protocol, reader, n, part));
    return parts.flat().map((planned, position) => ({ ...planned, position: position + 1 }));
  });
}

function partOf(drawn: Drawn, reader: string, n: number, part: number): Omit<Planned, "position">[] {
  const { cases, arms, order, seed } = drawn;
  const firstHalf = new Set(order === "balanced" ? halfOf(drawn, reader, n) : cases);
  const shuffled = new Random(seed, "reader study", reader, "part", part).shuffle([...cases].sort());
  return shuffled.map((id) => {
    const arm = arms.length === 1 || firstHalf.has(id) === (part === 0) ? arms[0] : arms[1];
    return { reader, case: id, arm: arm.name, part: part + 1 };
  });
}

/** Cases that a reader reads in the first arm first. */
function halfOf({ cases, seed }: Drawn, reader: string, n: number): string[] {
  const shuffled = new Random(seed, "reader study", reader, "half").shuffle([...cases].sort());
  const count = n % 2 === 0 ? Math.ceil(cases.length / 2) : Math.floor(cases.length / 2);
  return shuffled.slice(0, count);
}
