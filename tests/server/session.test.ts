import { describe, expect, it } from "vitest";
import { loginLimits } from "../../src/server/auth/login-limits.js";
import type { AuditEntry, Session } from "../../src/reading/contract/index.js";
import { goodPassword, outcome, staffedRoom, testRoom } from "./open-room.js";

const setup = { name: "chief", password: goodPassword };

describe("first run", () => {
  it("asks for the administrator, makes one, and never a second", async () => {
    const { client } = await testRoom();
    const first = client();
    expect(outcome(await first.get("/api/session"))).toBe("401 SESSION_SETUP");
    expect(outcome(await first.post("/api/setup", { name: "chief", password: "short" }))).toBe(
      "400 REQUEST_INVALID",
    );
    const answer = await first.post("/api/setup", setup);
    expect(answer.json<Session>().user).toEqual({ name: "chief", role: "administrator" });
    expect((await first.get("/api/session")).statusCode).toBe(200);
    expect(outcome(await client().post("/api/setup", { ...setup, name: "thief" }))).toBe("409 SETUP_DONE");
    expect(outcome(await client().get("/api/session"))).toBe("401 SESSION_NONE");
  });

  it("makes one administrator of two that are asked for at once", async () => {
    const { client, room } = await testRoom();
    const answers = await Promise.all([
      client().post("/api/setup", setup),
      client().post("/api/setup", { ...setup, name: "two" }),
    ]);
    expect(answers.map(outcome).sort()).toEqual(["200", "409 SETUP_DONE"]);
    expect(room.accounts.all()).toHaveLength(1);
  });

  it("needs the printed code where a network could be first", async () => {
    const { client } = await testRoom(undefined, { setupCode: "printed" });
    expect(outcome(await client().post("/api/setup", setup))).toBe("403 SETUP_CODE");
    expect(outcome(await client().post("/api/setup", { ...setup, code: "guessed" }))).toBe("403 SETUP_CODE");
    expect(outcome(await client().post("/api/setup", { ...setup, code: "printed" }))).toBe("200");
  });
});

describe("login", () => {
  it("begins a new session each time: an id planted before is worth nothing", async () => {
    const { client, anna } = await staffedRoom();
    const planted = anna.cookie;
    const victim = client();
    victim.cookie = planted;
    await victim.post("/api/login", { name: "ben", password: goodPassword });
    expect(victim.cookie).not.toBe(planted);
    const attacker = client();
    attacker.cookie = planted;
    expect(outcome(await attacker.get("/api/session"))).toBe("401 SESSION_NONE");
  });

  it("sets a cookie that scripts and other sites cannot use", async () => {
    const { client } = await testRoom();
    const answer = await client().post("/api/setup", setup);
    expect(answer.headers["set-cookie"]).toMatch(/HttpOnly/);
    expect(answer.headers["set-cookie"]).toMatch(/SameSite=Strict/);
  });

  it("keeps no session id and no password in the database", async () => {
    const { room, anna } = await staffedRoom();
    const secret = anna.cookie.replace("marrow=", "");
    const rows = JSON.stringify([
      room.desk.store.all("SELECT * FROM sessions"),
      room.desk.store.all("SELECT * FROM users"),
      room.audit.entries({ limit: 1000 }),
    ]);
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(goodPassword);
    expect(rows).toContain("$argon2id$v=19$m=19456,t=2,p=1$");
  });

  it("blocks an account after too many failures, a right password included, and opens again later", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const { client, room } = await testRoom(undefined, { now: () => new Date(now) });
    await client().post("/api/setup", setup);
    const attack = () => client().post("/api/login", { name: "Chief", password: "wrong password" });
    const outcomes = [];
    for (let n = 0; n < loginLimits.account + 1; n++) outcomes.push(outcome(await attack()));
    expect(new Set(outcomes.slice(0, -1))).toEqual(new Set(["401 LOGIN_WRONG"]));
    expect(outcomes.at(-1)).toBe("429 LOGIN_BLOCKED");
    expect(outcome(await client().post("/api/login", setup))).toBe("429 LOGIN_BLOCKED");
    now += (loginLimits.minutes + 1) * 60_000;
    expect(outcome(await client().post("/api/login", setup))).toBe("200");
    expect(room.audit.entries({ limit: 100 }).filter(({ action }) => action === "login-failed")).toHaveLength(
      loginLimits.account,
    );
  });

  it("blocks an address that tries many names", async () => {
    const { client, room } = await testRoom();
    await client().post("/api/setup", setup);
    for (let n = 0; n < loginLimits.address; n++) room.limits.noteFailure(`name-${n}`, "127.0.0.1");
    expect(outcome(await client().post("/api/login", setup))).toBe("429 LOGIN_BLOCKED");
  });

  it("does not block an address from which many people log in, but one that only sometimes is right", async () => {
    const { room } = await testRoom();
    const { limits } = room;
    const attempt = (name: string, right: boolean) => {
      limits.check(name, "192.0.2.1");
      limits.noteFailure(name, "192.0.2.1");
      if (right) limits.forget(name, "192.0.2.1");
    };
    for (let n = 0; n < 3 * loginLimits.address; n++) attempt(`reader-${n}`, true);
    for (let n = 0; n < loginLimits.address; n++) {
      attempt(`victim-${n}`, false);
      if (n % 5 === 0) attempt("own", true);
    }
    expect(() => attempt("victim", false)).toThrow(
      expect.objectContaining({ code: "LOGIN_BLOCKED" }) as Error,
    );
  });

  it("counts tries that come at once", async () => {
    const { client } = await testRoom();
    await client().post("/api/setup", setup);
    const tries = Array.from({ length: loginLimits.account + 5 }, () =>
      client().post("/api/login", { name: "chief", password: "wrong password" }),
    );
    const outcomes = (await Promise.all(tries)).map(outcome);
    expect(outcomes.filter((one) => one === "401 LOGIN_WRONG")).toHaveLength(loginLimits.account);
  });

  it("ends with the session's time, with a clock that jumps back, and with logout", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const { client } = await testRoom(undefined, { now: () => new Date(now) });
    const chief = client();
    await chief.post("/api/setup", setup);
    now += 11 * 3_600_000;
    expect(outcome(await chief.get("/api/session"))).toBe("200");
    now += 14 * 3_600_000;
    expect(outcome(await chief.get("/api/session"))).toBe("401 SESSION_NONE");
    await chief.post("/api/login", setup);
    now -= 30 * 24 * 3_600_000;
    expect(outcome(await chief.get("/api/session"))).toBe("401 SESSION_NONE");
    await chief.post("/api/login", setup);
    const before = chief.cookie;
    await chief.post("/api/logout");
    chief.cookie = before;
    expect(outcome(await chief.get("/api/session"))).toBe("401 SESSION_NONE");
  });
});

describe("accounts", () => {
  it("are made and changed by administrators alone", async () => {
    const { senior, anna } = await staffedRoom();
    for (const client of [senior, anna])
      expect(
        outcome(await client.post("/api/users", { name: "x", password: goodPassword, role: "reader" })),
      ).toBe("403 SESSION_ROLE");
  });

  it("have a name once, whatever its capitals, and never that of the consensus", async () => {
    const { admin } = await staffedRoom();
    for (const name of ["Anna", "reference", "Consensus"])
      expect(outcome(await admin.post("/api/users", { name, password: goodPassword, role: "reader" }))).toBe(
        "400 ACCOUNT_NAME",
      );
  });

  it("lose their sessions when they are closed or get another password", async () => {
    const { admin, anna, ben } = await staffedRoom();
    await admin.patch("/api/users/anna", { active: false });
    expect(outcome(await anna.get("/api/study"))).toBe("401 SESSION_NONE");
    expect(outcome(await anna.post("/api/login", { name: "anna", password: goodPassword }))).toBe(
      "401 LOGIN_WRONG",
    );
    await admin.patch("/api/users/ben", { password: "another password" });
    expect(outcome(await ben.get("/api/study"))).toBe("401 SESSION_NONE");
  });

  it("keep one administrator", async () => {
    const { admin } = await staffedRoom();
    for (const change of [{ role: "reader" }, { active: false }])
      expect(outcome(await admin.patch("/api/users/chief", change))).toBe("409 ACCOUNT_LAST");
  });
});

describe("audit log", () => {
  it("says who did what, to administrators, without passwords", async () => {
    const { admin, senior } = await staffedRoom();
    await admin.patch("/api/users/ben", { password: "another password" });
    const { entries } = (await admin.get("/api/audit")).json<{ entries: AuditEntry[] }>();
    expect(entries[0]).toMatchObject({
      user: "chief",
      action: "change-account",
      subject: "ben",
      details: { password: "changed" },
    });
    expect(entries.at(-1)).toMatchObject({ action: "setup", subject: "chief" });
    expect(outcome(await senior.get("/api/audit"))).toBe("403 SESSION_ROLE");
  });
});
