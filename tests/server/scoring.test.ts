import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { AuditEntry, SavedScore, ScoreSheet, Suggestion } from "../../src/reading/contract/index.js";
import { readReaderScores } from "../../src/report/study/reader-scores.js";
import { pairsOf } from "../../src/report/study/parts/score-agreement.js";
import { parseTsv } from "../../src/study/tsv.js";
import { outcome, type Client } from "./open-room.js";
import { next, readerStudyRoom, type ReaderStudyRoom } from "./reader-study-room.js";

/** 6 × 5 mm, 8 slices: too small for a joint, large enough for a sheet. */
const place = (slice: number) => [0, 4 * slice, 0] as [number, number, number];
const sheet = (changes: Partial<ScoreSheet> = {}): ScoreSheet => ({
  channel: "T1w",
  slices: { slices: [1, 2, 3, 4, 5, 6] },
  frames: [1, 2, 3, 4, 5, 6].flatMap((slice) =>
    (["right", "left"] as const).map((side) => ({ slice, side, from: place(slice), to: place(slice) })),
  ),
  unscorable: [],
  cells: [{ item: "oedema", slice: 2, side: "left", region: 1, points: 1 }],
  ...changes,
});
const url = "/api/cases/sub-01/scores/sparcc-inflammation";

let test: ReaderStudyRoom;
beforeEach(async () => {
  test = await readerStudyRoom(2);
});

const save = (client: Client, baseVersion: number, changes: object = {}, isDone = false) =>
  client.post(url, { sheet: sheet(changes), baseVersion, isDone });

describe("score sheets", () => {
  it("are each reader's own, with totals, versions and a trace in the audit log", async () => {
    const { anna, ben, senior, admin } = test;
    expect((await anna.get(url)).json<SavedScore>()).toMatchObject({ sheet: null, version: 0, totals: [] });
    const saved = (await save(anna, 0)).json<SavedScore>();
    expect(saved).toMatchObject({ version: 1, isDone: false });
    expect(saved.totals.find(({ item, side }) => item === "total" && side === "both")).toMatchObject({
      points: 1,
      maximum: 72,
    });
    expect((await ben.get(url)).json<SavedScore>().sheet).toBeNull();
    expect(outcome(await save(anna, 0))).toBe("409 SCORE_CONFLICT");
    expect((await save(anna, 1, { cells: [] })).json<SavedScore>().version).toBe(2);
    const { scores } = (await senior.get("/api/scores")).json<{ scores: { reader: string }[] }>();
    expect(scores).toMatchObject([
      { case: "sub-01", reader: "anna", template: "sparcc-inflammation", isDone: false },
    ]);
    const { entries } = (await admin.get("/api/audit")).json<{ entries: AuditEntry[] }>();
    expect(
      entries
        .filter(({ action }) => action === "save-score")
        .map(({ user, subject, details }) => [user, subject, details["version"]]),
    ).toEqual([
      ["anna", "sub-01", 2],
      ["anna", "sub-01", 1],
    ]);
  });

  it("are refused where they do not fit, and finished only when whole", async () => {
    const { anna } = test;
    expect(outcome(await save(anna, 0, { slices: { slices: [6, 7, 8] }, frames: [], cells: [] }))).toBe(
      "400 SCORE_SHEET",
    );
    expect(outcome(await save(anna, 0, { frames: [] }, true))).toBe("400 SCORE_SHEET");
    expect(outcome(await save(anna, 0, { frames: [] }))).toBe("200");
    expect(outcome(await save(anna, 1, { channel: "STIR" }))).toBe("404 CASE_CHANNEL");
    expect(
      outcome(await anna.post("/api/cases/sub-01/scores/caries", { sheet: sheet(), baseVersion: 0 })),
    ).toBe("400 REQUEST_INVALID");
    expect(
      outcome(await anna.post("/api/cases/sub-99/scores/himriss", { sheet: sheet(), baseVersion: 0 })),
    ).toBe("404 CASE_UNKNOWN");
  });

  it("become files when they are finished, which the report sets against each other", async () => {
    const { anna, ben, dir } = test;
    await save(anna, 0, {}, true);
    await save(ben, 0, { cells: [] });
    const rows = async () =>
      parseTsv(await readFile(join(dir, "derivatives/marrow/scores/sparcc-inflammation.tsv"), "utf8"), "")
        .rows;
    expect(await rows()).toMatchObject([
      {
        reader: "anna",
        case: "sub-01",
        patient: "sub-01",
        assisted: "0",
        slices: "2 3 4 5 6 7",
        oedema: "1",
        oedema_left: "1",
        oedema_right: "0",
        total: "1",
      },
    ]);
    await save(ben, 1, { cells: [] }, true);
    expect(await rows()).toHaveLength(2);
    const file = join(dir, "derivatives/marrow/scores/sparcc-inflammation/anna/sub-01.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      researchUseOnly: true,
      reader: "anna",
      cells: sheet().cells,
    });
    // Opened again: no longer among the finished ones.
    await save(ben, 2, { cells: [] });
    await save(anna, 1, {}, true);
    expect((await rows()).map(({ reader }) => reader)).toEqual(["anna"]);
    await save(ben, 3, { cells: [] }, true);
    const pairs = pairsOf(await readReaderScores(dir));
    expect(pairs.find(({ item }) => item === "total")).toEqual({
      template: "sparcc-inflammation",
      item: "total",
      raters: "anna − ben",
      a: [1],
      b: [0],
    });
  });
});

describe("suggestions", () => {
  it("come from masks that the account may see, and are left to the reader where the mask tells nothing", async () => {
    const { anna } = test;
    const suggest = (source: string) => anna.post(`${url}/suggestion`, { sheet: sheet(), source });
    expect((await suggest("segmentation.unet")).json<Suggestion>()).toEqual({
      cells: [],
      left: ["oedema", "intense", "deep"],
    });
    expect(outcome(await suggest("consensus"))).toBe("403 MASK_HIDDEN");
    expect(outcome(await suggest("reader.ben"))).toBe("403 MASK_HIDDEN");
  });

  const tasks = (suggestions: boolean) => ({
    ...{ segmentation: false, diagnosis: null, feedback: false },
    scoring: { template: "sparcc-inflammation" as const, suggestions },
  });

  it("are shown in a reader study only in the arm and where the protocol says so", async () => {
    const { anna, ben, create } = test;
    const of = async (client: Client, study: string) => {
      const seen: string[] = [];
      for (let n = 0; n < 2; n++) {
        const reading = await next(client, study);
        const base = `/api/readings/${reading.id}`;
        const answer = outcome(await client.post(`${base}/suggestion`, { sheet: sheet() }));
        expect(reading.tasks.scoring?.suggestions).toBe(answer === "200");
        seen.push(`${reading.isAssisted ? "with" : "without"} ${answer}`);
        expect(outcome(await client.post(`${base}/finish`, { pageMs: 0 }))).toBe("400 READING_INCOMPLETE");
        expect(
          outcome(await client.post(`${base}/score`, { sheet: sheet(), baseVersion: 0, isDone: true })),
        ).toBe("200");
        expect(outcome(await client.post(`${base}/finish`, { pageMs: 0 }))).toBe("200");
      }
      return seen.sort();
    };
    const shown = await create({ name: "shown", tasks: tasks(true), readers: ["anna"] });
    expect(await of(anna, shown.id)).toEqual(["with 200", "without 403 SCORE_SUGGESTION"]);
    const hidden = await create({ name: "hidden", tasks: tasks(false), readers: ["ben"] });
    expect(await of(ben, hidden.id)).toEqual(["with 403 SCORE_SUGGESTION", "without 403 SCORE_SUGGESTION"]);
  });

  it("scores of a locked study stand in the table with their arm, those of an open one do not", async () => {
    const { anna, admin, create, dir } = test;
    const { id } = await create({ name: "scored", tasks: tasks(true), readers: ["anna"] });
    const reading = await next(anna, id);
    await anna.post(`/api/readings/${reading.id}/score`, { sheet: sheet(), baseVersion: 0, isDone: true });
    expect(await readReaderScores(dir)).toEqual([]);
    await admin.post(`/api/reader-studies/${id}/lock`, { unfinished: "drop" });
    expect(await readReaderScores(dir)).toMatchObject([
      { reader: "anna", isAssisted: reading.isAssisted, arm: reading.isAssisted ? "with" : "without" },
    ]);
  });
});
