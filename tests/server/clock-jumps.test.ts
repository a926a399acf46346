/** A clock that is set, hours forwards or back, while people work: nobody is locked out, nothing stays open for ever. */
import { describe, expect, it } from "vitest";
import type { Job, Opened } from "../../src/reading/contract/index.js";
import { loginLimits } from "../../src/server/auth/login-limits.js";
import { goodPassword, outcome, staffedRoom } from "./open-room.js";

const day = 24 * 3_600_000;

async function roomWithClock() {
  const clock = { now: Date.parse("2026-03-01T12:00:00Z") };
  return { clock, ...(await staffedRoom(undefined, { now: () => new Date(clock.now) })) };
}

describe.each([
  ["forwards", 1],
  ["back", -1],
])("a clock that jumps %s", (_, direction) => {
  it("by less than a session's time ends no session; by more it does, and a login opens a new one", async () => {
    const { clock, anna } = await roomWithClock();
    clock.now += direction * 6 * 3_600_000;
    expect(outcome(await anna.get("/api/session"))).toBe("200");
    clock.now += direction * 2 * day;
    expect(outcome(await anna.get("/api/session"))).toBe("401 SESSION_NONE");
    expect(outcome(await anna.post("/api/login", { name: "anna", password: goodPassword }))).toBe("200");
    expect(outcome(await anna.get("/api/session"))).toBe("200");
  });

  it("leaves nobody locked out for longer than the limit says", async () => {
    const { clock, client } = await roomWithClock();
    for (let n = 0; n <= loginLimits.account; n++)
      await client().post("/api/login", { name: "anna", password: "wrong password" });
    const right = { name: "anna", password: goodPassword };
    expect(outcome(await client().post("/api/login", right))).toBe("429 LOGIN_BLOCKED");
    clock.now += direction * day;
    expect(outcome(await client().post("/api/login", right))).toBe("200");
  });

  it("takes strokes in their order, and no one counts as present for ever", async () => {
    const { clock, anna, senior } = await roomWithClock();
    const { token, version } = (await anna.post("/api/cases/sub-01/open")).json<Opened>();
    const stroke = (sequence: number) => ({
      ...{ token, baseVersion: version + sequence - 1, sequence, changes: [10 * sequence, 5, 1] },
    });
    expect(outcome(await anna.post("/api/cases/sub-01/strokes", stroke(1)))).toBe("200");
    clock.now += direction * 3_600_000;
    expect(outcome(await anna.post("/api/cases/sub-01/strokes", stroke(2)))).toBe("200");
    const others = async () => (await senior.post("/api/cases/sub-01/open")).json<Opened>().others;
    expect((await others()).map(({ user }) => user)).toContain("anna");
    clock.now += direction * 3_600_000;
    expect((await others()).map(({ user }) => user)).not.toContain("anna");
    const mask = await anna.get("/api/cases/sub-01/masks/reader.anna");
    expect([...mask.rawPayload.subarray(10, 26)]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0]);
  });

  it("keeps jobs in the order in which they were asked for", async () => {
    const { clock, senior } = await roomWithClock();
    const add = async () => (await senior.post("/api/jobs", { kind: "train" })).json<Job>().id;
    const first = await add();
    clock.now += direction * 6 * 3_600_000;
    const second = await add();
    const { jobs } = (await senior.get("/api/jobs")).json<{ jobs: Job[] }>();
    expect(jobs.map(({ id }) => id)).toEqual([second, first]);
  });
});
