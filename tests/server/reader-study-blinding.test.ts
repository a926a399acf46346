import { rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { outcome } from "./open-room.js";
import { next, readerStudyRoom, readOne, type ReaderStudyRoom } from "./reader-study-room.js";

let test: ReaderStudyRoom;
beforeEach(async () => {
  test = await readerStudyRoom(4);
});

describe("blinding", () => {
  /** Everything that an account is answered, headers included. */
  async function answers(requests: readonly (() => Promise<{ body: string; headers: object }>)[]) {
    const all = [];
    for (const send of requests) {
      const { body, headers } = await send();
      all.push(`${body}\n${JSON.stringify(headers)}`);
    }
    return all.join("\n");
  }

  it("answers a reader with no case, arm, reader, model, diagnosis or clinical value", async () => {
    const { create, anna, room } = test;
    const { id } = await create();
    for (let n = 0; n < 4; n++) {
      const reading = await next(anna, id);
      const url = `/api/readings/${reading.id}`;
      const said = await answers([
        () => anna.get("/api/my-reader-studies"),
        () => anna.post(`/api/my-reader-studies/${id}/next`),
        () => anna.get(`${url}/images/T1w/meta`),
        () => anna.get(`${url}/images/STIR/meta`),
        () => anna.get(`${url}/masks/own`),
        () => anna.get(`${url}/masks/model`),
        () => anna.get(`${url}/masks/reference`),
        () => anna.post(`${url}/clock`, { event: "show", pageMs: 0 }),
        () => anna.post(`${url}/finish`, { pageMs: 0 }),
        () => anna.get("/api/cases"),
        () => anna.get("/api/study"),
      ]);
      expect(said).not.toMatch(/sub-0|"without"|anna-with|"with"|\bben\b|axSpA\b(?!\?)|other"|"crp"|etag/);
      const { headers } = await anna.get(`${url}/images/T1w/voxels`);
      expect(headers["etag"]).toBeUndefined();
      expect(headers["cache-control"]).toBe("no-store");
      await readOne(test, anna, id);
    }
    // Ids say nothing: random, of equal length, in another order than cases, arms or positions.
    const rows = room.readerStudies.readings(id);
    expect(new Set(rows.map((row) => row.id)).size).toBe(16);
    for (const row of rows) expect(row.id).toMatch(/^[\w-]{24}$/);
    expect(rows.map((row) => row.id).sort()).not.toEqual(rows.map((row) => row.id));
  });

  it("hides the cases everywhere else while the study is open, from readers and seniors alike", async () => {
    const { create, admin, anna, sara, ben } = { ...test, sara: test.senior };
    const opened = (await anna.post("/api/cases/sub-01/open")).json<{ token: string; version: number }>();
    const { id } = await create({ readers: ["anna", "sara"] });
    const stroke = { token: opened.token, baseVersion: opened.version, sequence: 1, changes: [0, 1, 1] };
    const requests: ["GET" | "POST", string, object?][] = [
      ["GET", "/api/cases/sub-01/masks"],
      ["GET", "/api/cases/sub-01/masks/segmentation.unet"],
      ["GET", "/api/cases/sub-01/masks/reader.anna"],
      ["GET", "/api/cases/sub-01/masks/reader.anna-without"],
      ["GET", "/api/cases/sub-01/masks/reader.sara-with"],
      ["GET", "/api/cases/sub-01/masks/consensus"],
      ["GET", "/api/cases/sub-01/images/T1w/meta"],
      ["GET", "/api/cases/sub-01/images/T1w/voxels"],
      ["GET", "/api/cases/sub-01/thumbnails/T1w.png"],
      ["GET", "/api/cases/sub-01/export?source=segmentation.unet"],
      ["GET", "/api/cases/sub-01/scores/himriss"],
      ["POST", "/api/cases/sub-01/quantify", { source: "segmentation.unet", analyses: ["lesions"] }],
      ["POST", "/api/cases/sub-01/open"],
      ["POST", "/api/cases/sub-01/strokes", stroke],
    ];
    for (const client of [anna, sara]) {
      for (const [method, url, payload = {}] of requests) {
        const answer = await client.send({
          method: method,
          url,
          ...(method === "POST" && { payload }),
        });
        expect(`${url} ${outcome(answer)}`).toBe(`${url} 403 READER_STUDY_BLINDED`);
      }
      expect((await client.get("/api/cases")).json<{ cases: unknown[] }>().cases).toEqual([]);
    }
    for (const url of ["/api/rounds", "/api/scores"])
      expect(outcome(await sara.get(url))).toBe("403 READER_STUDY_BLINDED");
    expect(outcome(await sara.post("/api/rounds", { comment: "" }))).toBe("403 READER_STUDY_BLINDED");
    // Made administrator in the middle of it, a reader sees no more.
    await admin.patch("/api/users/sara", { role: "administrator" });
    test.logIn();
    for (const url of ["/api/audit", "/api/reader-studies", "/api/users"])
      expect(outcome(await sara.get(url))).toBe("403 READER_STUDY_BLINDED");
    // Whoever does not read in it works on.
    expect(outcome(await ben.get("/api/cases/sub-01/images/T1w/meta"))).toBe("200");
    await admin.post(`/api/reader-studies/${id}/lock`, { unfinished: "drop" });
    expect(outcome(await anna.get("/api/cases/sub-01/images/T1w/meta"))).toBe("200");
  });

  it("tells nothing of the model in the arm without it, whether or not there is a mask", async () => {
    const { create, anna, dir } = test;
    const { id } = await create({ order: "first-arm-first" });
    const reading = await next(anna, id);
    expect(reading).toMatchObject({ isAssisted: false, layers: ["own"], probability: null });
    const ask = async () => {
      const { body, statusCode, headers } = await anna.get(`/api/readings/${reading.id}/masks/model`);
      const plain = Object.fromEntries(
        Object.entries(headers).filter(([name]) => name !== "date" && !name.startsWith("x-ratelimit")),
      );
      return { body, statusCode, plain };
    };
    const before = await ask();
    expect(before.statusCode).toBe(403);
    await rm(join(dir, "derivatives/marrow/reader-study/pilot/model"), { recursive: true });
    expect(await ask()).toEqual(before);
    expect(
      (await anna.get(`/api/readings/${reading.id}/masks/own`)).rawPayload.every((label) => label === 0),
    ).toBe(true);
  });

  it("shows nobody another's readings, their own earlier ones, or ones to come", async () => {
    const { create, anna, ben, admin, senior, room } = test;
    const { id } = await create();
    const { reading: first } = await readOne(test, anna, id);
    const current = await next(anna, id);
    const waiting =
      room.readerStudies.readings(id, "anna").find(({ state }) => state === "waiting")?.id ?? "";
    const paths = ["/images/T1w/meta", "/images/T1w/voxels", "/masks/own", "/masks/model", "/score"];
    for (const path of paths) {
      for (const client of [ben, admin, senior])
        expect(outcome(await client.get(`/api/readings/${current.id}${path}`))).toBe("404 READING_UNKNOWN");
      expect(outcome(await anna.get(`/api/readings/${first.id}${path}`))).toBe("409 READING_LOCKED");
      expect(outcome(await anna.get(`/api/readings/${waiting}${path}`))).toBe("404 READING_UNKNOWN");
      expect(outcome(await anna.get(`/api/readings/nonsense${path}`))).toBe("404 READING_UNKNOWN");
    }
    expect(outcome(await senior.post(`/api/my-reader-studies/${id}/next`))).toBe("404 READER_STUDY_UNKNOWN");
    const finish = { pageMs: 0, diagnosis: { decision: true, confidence: 5 } };
    expect(outcome(await ben.post(`/api/readings/${current.id}/finish`, finish))).toBe("404 READING_UNKNOWN");
    expect(outcome(await ben.post(`/api/readings/${current.id}/clock`, { event: "show", pageMs: 0 }))).toBe(
      "404 READING_UNKNOWN",
    );
  });

  it("draws with no other reading's token, and with no token elsewhere", async () => {
    const { create, anna, ben } = test;
    const { id } = await create();
    const [a, b] = [await next(anna, id), await next(ben, id)];
    const stroke = { token: b.token, baseVersion: b.version, sequence: 1, changes: [0, 1, 1] };
    expect(outcome(await anna.post(`/api/readings/${a.id}/strokes`, stroke))).toBe("409 DRAW_SESSION");
    await anna.post(`/api/readings/${a.id}/finish`, {
      pageMs: 0,
      diagnosis: { decision: true, confidence: 5 },
    });
    const second = await next(anna, id);
    expect(
      outcome(await anna.post(`/api/readings/${second.id}/strokes`, { ...stroke, token: a.token })),
    ).toBe("409 DRAW_SESSION");
  });

  it("tells a reader nothing of these cases as it happens", async () => {
    const { create, room } = test;
    const heard: string[] = [];
    for (const name of ["anna", "sara"] as const)
      room.events.listen({ name, role: name === "anna" ? "reader" : "senior" }, (text) =>
        heard.push(`${name} ${text}`),
      );
    await create({ readers: ["anna"] });
    room.events.tell("case", { case: "sub-01" });
    room.events.tell("stroke", { case: "sub-01", reader: "ben", version: 1, by: "ben" });
    room.events.tell("presence", { case: "sub-01", open: ["ben"] });
    expect(heard.map((text) => text.split(" ")[0])).toEqual(["sara", "sara", "sara"]);
  });

  it("does not let details of a fault out", async () => {
    const { create, anna, dir, faults } = test;
    const { id } = await create();
    const reading = await next(anna, id);
    await rm(join(dir, test.room.readerStudies.readings(id, "anna")[0].case_id), { recursive: true });
    const answer = await anna.get(`/api/readings/${reading.id}/images/T1w/voxels`);
    expect(outcome(answer)).toBe("500 READING_FAULT");
    expect(answer.body).not.toMatch(/sub-|nii|derivatives/);
    expect(faults.join()).toMatch(/sub-0/);
  });
});
