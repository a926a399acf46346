import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Protocol } from "../../../src/reading/contract/index.js";
import { Store } from "../../../src/reading/database.js";
import {
  isDoubtful,
  longestSilenceMs,
  ReadingTime,
} from "../../../src/reading/reader-studies/reading-time.js";
import { ReaderStudies } from "../../../src/reading/reader-studies/reader-studies.js";
import { afterDays, SteadyClock } from "../../../src/reading/reader-studies/steady-clock.js";
import { folder } from "../../study/make-study.js";

const stores: Store[] = [];
afterEach(() => stores.splice(0).forEach((store) => store.close()));

async function openStore(dir?: string): Promise<{ store: Store; dir: string }> {
  const place = dir ?? (await folder());
  const store = Store.open(join(place, "reading.sqlite"));
  stores.push(store);
  return { store, dir: place };
}

describe("the steady clock", () => {
  it("stands still while the system's clock is behind, also after a restart", async () => {
    const { store, dir } = await openStore();
    let time = Date.parse("2026-03-01");
    const clock = new SteadyClock(store, () => new Date(time));
    const begun = clock.now();
    time -= 90 * 86_400_000;
    expect(clock.now()).toBe(begun);
    stores.splice(0).forEach((one) => one.close());
    const again = new SteadyClock((await openStore(dir)).store, () => new Date(time));
    expect(again.now()).toBe(begun);
    time = begun + 5;
    expect(again.now()).toBe(begun + 5);
    expect(afterDays(0, 2)).toBe(172_800_000);
  });
});

describe("the time of a reading", () => {
  async function reading() {
    const { store } = await openStore();
    let [wall, ticks] = [Date.parse("2026-03-01"), 1000];
    const studies = new ReaderStudies(store, new SteadyClock(store, () => new Date(wall)));
    const tasks = { segmentation: false, diagnosis: null, scoring: null, feedback: false };
    const protocol: Protocol = {
      ...{ name: "pilot", title: "Pilot", instructions: "", cases: ["sub-01"], readers: ["anna"], tasks },
      ...{
        arms: [{ name: "without", assisted: false }],
        washOutDays: 1,
        seed: 1,
        model: null,
        classifier: null,
      },
      order: "balanced",
    };
    const planned = [{ reader: "anna", case: "sub-01", arm: "without", part: 1, position: 1 }];
    const study = studies.insert(protocol, planned, "chief");
    const { id } = studies.next(study.id, "anna");
    const time = new ReadingTime(store, () => ticks);
    return {
      ...{ time, id, studies, study },
      row: () => studies.readings(study.id)[0],
      pass: (ms: number) => (ticks += ms),
      setWall: (ms: number) => (wall += ms),
    };
  }

  it("counts what is shown, not what is hidden or paused", async () => {
    const { time, id, pass, row } = await reading();
    pass(60_000);
    time.note(id, "show", 0);
    pass(4_000);
    time.note(id, "beat", 4_000);
    pass(3_000);
    time.note(id, "pause", 7_000);
    pass(600_000);
    time.note(id, "show", 7_000);
    pass(2_000);
    time.note(id, "hide", 9_000);
    pass(9_000);
    time.note(id, "show", 9_000);
    pass(1_000);
    expect(time.stop(id, 10_000)).toBe(10_000);
    expect(row()).toMatchObject({ ms: 10_000, page_ms: 10_000, pauses: 1, hides: 1, strays: 0, silences: 0 });
    expect(isDoubtful(row())).toBe(false);
  });

  it("cannot be bent by the system's clock, and is never negative", async () => {
    const { time, id, pass, setWall, row, studies, study } = await reading();
    time.note(id, "show", 0);
    setWall(-86_400_000 * 400);
    pass(5_000);
    time.note(id, "beat", 5_000);
    pass(-50_000);
    time.note(id, "beat", 5_000);
    expect(time.stop(id, 5_000)).toBe(5_000);
    studies.finish(row(), { comment: "", pageMs: 5_000 });
    const { begun, finished } = row();
    expect((finished ?? 0) - (begun ?? 0)).toBe(0);
    expect(studies.mine(study.id, "anna").state).toBe("done");
  });

  it("cannot be bent by the page: silences, strokes beside the clock and other counts are told", async () => {
    const first = await reading();
    first.time.note(first.id, "show", 0);
    first.pass(20 * longestSilenceMs);
    expect(first.time.stop(first.id, 300_000)).toBe(longestSilenceMs);
    expect([first.row().silences, isDoubtful(first.row())]).toEqual([1, true]);

    const second = await reading();
    second.time.note(second.id, "show", 0);
    second.pass(10_000);
    second.time.note(second.id, "pause", 10_000);
    second.pass(1_000);
    second.time.noteStroke(second.id);
    expect(second.row().strays).toBe(0);
    second.pass(10_000);
    second.time.noteStroke(second.id);
    expect([second.row().strays, isDoubtful(second.row())]).toEqual([1, true]);

    const third = await reading();
    third.time.note(third.id, "show", 0);
    third.pass(14_000);
    third.time.stop(third.id, 5_000);
    expect(isDoubtful(third.row())).toBe(true);

    const fourth = await reading();
    expect(fourth.time.stop(fourth.id, 0)).toBe(0);
    expect(isDoubtful(fourth.row())).toBe(true);
  });
});
