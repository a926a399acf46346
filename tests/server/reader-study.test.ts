import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { buildSections } from "../../src/report/study/study-report.js";
import { readStudyData } from "../../src/report/study/study-data.js";
import { writeText } from "../../src/study/files.js";
import { parseTsv } from "../../src/study/tsv.js";
import { readMask } from "../../src/volume/nifti.js";
import { maskPath } from "../study/make-study.js";
import type { AuditEntry, ReaderStudyEntry } from "../../src/reading/contract/index.js";
import { outcome, testRoom } from "./open-room.js";
import {
  accountsOf,
  day,
  mine,
  next,
  protocolOf,
  readerStudyRoom,
  readOne,
  type ReaderStudyRoom,
} from "./reader-study-room.js";

let test: ReaderStudyRoom;
beforeEach(async () => {
  test = await readerStudyRoom(4);
});

const tableOf = async (dir: string, name: string) =>
  parseTsv(await readFile(join(dir, "derivatives/marrow/reader-study", name), "utf8"), name).rows;

/** Everything in both parts of both readers, the wash-out between. */
async function readAll(study: string) {
  const { anna, ben, pass } = test;
  for (const client of [anna, ben])
    for (let n = 0; n < 4; n++) await readOne(test, client, study, { decision: n < 2 });
  pass(28 * day);
  for (const client of [anna, ben])
    for (let n = 0; n < 4; n++) await readOne(test, client, study, { seconds: 8 });
}

describe("a reader study", () => {
  it("runs from protocol to locked tables that the report reads", async () => {
    const { admin, anna, dir, create, cases } = test;
    const { id } = await create();
    expect(await mine(anna)).toMatchObject([
      { id, title: "Pilot study", state: "ready", done: 0, of: 8, opens: null },
    ]);
    await readAll(id);
    expect(await mine(anna)).toMatchObject([{ state: "locked", done: 8, of: 8 }]);
    const { studies } = (await admin.get("/api/reader-studies")).json<{ studies: ReaderStudyEntry[] }>();
    expect(studies).toMatchObject([
      {
        state: "locked",
        readers: [
          { done: 8, doubtful: 0 },
          { done: 8, doubtful: 0 },
        ],
      },
    ]);

    const rows = await tableOf(dir, "readings.tsv");
    expect(rows).toHaveLength(16);
    for (const arm of ["without", "with"])
      for (const reader of ["anna", "ben"])
        expect(
          rows
            .filter((row) => row.arm === arm && row.reader === reader)
            .map((row) => row.case)
            .sort(),
        ).toEqual(cases);
    for (const row of rows) {
      const isDiseased = cases.indexOf(row.case) % 2 === 0;
      expect(row).toMatchObject({
        truth: String(Number(isDiseased)),
        patient: row.case,
        confidence: "4",
        doubtful: "0",
      });
      expect(row).toMatchObject(
        row.part === "1" ? { seconds: "10.0", date: "2026-03-01" } : { seconds: "8.0", date: "2026-03-29" },
      );
      expect(row.score).toBe(row.decision === "1" ? "9" : "2");
    }
    const drawn = await readMask(maskPath(dir, "02", "anna-without"));
    expect([...drawn.data.subarray(0, 4)]).toEqual([2, 0, 0, 0]);
    // With the model: its mask, then the reader's stroke on top.
    expect([...(await readMask(maskPath(dir, "02", "anna-with"))).data.subarray(0, 4)]).toEqual([2, 0, 2, 0]);

    const data = await readStudyData(dir);
    const blocks = (await buildSections(data)).find(({ name }) => name === "readers")?.blocks ?? [];
    const titles = blocks.flatMap((block) => (block.kind === "table" ? [block.table.title] : []));
    expect(titles).toEqual(
      expect.arrayContaining([
        "Segmentation by the model and by readers without and with it",
        "Diagnosis by readers without and with the model",
        "Time per case",
        "Order and wash-out",
      ]),
    );
    const order = blocks.find(
      (block) => block.kind === "table" && block.table.title === "Order and wash-out",
    );
    expect(JSON.stringify(order)).not.toMatch(/read again within|always came first|no dates/);
  });

  it("keeps to the order that its seed draws, half of the cases in either arm first", async () => {
    const { create, anna, admin } = test;
    const { id } = await create();
    for (let n = 0; n < 4; n++) await readOne(test, anna, id);
    const entries = (await admin.get("/api/audit?limit=500")).json<{ entries: AuditEntry[] }>().entries;
    const opened = entries.filter(({ action }) => action === "open-reading").reverse();
    const expected = test.room.readerStudies.readings(id, "anna").slice(0, 4);
    expect(opened.map(({ details }) => details["case"])).toEqual(expected.map(({ case_id }) => case_id));
    expect(expected.filter(({ arm }) => arm === "with")).toHaveLength(2);
  });

  it("refuses protocols that cannot be carried out, and creates nothing", async () => {
    const { admin, cases, dir } = test;
    const fault = async (changes: object) => {
      const answer = await admin.post("/api/reader-studies", protocolOf({ cases, ...changes }));
      return answer.statusCode === 200
        ? "none"
        : `${answer.json<{ code: string; found?: string }>().code}: ${answer.json<{ found?: string }>().found}`;
    };
    const tasks = { segmentation: false, diagnosis: null, scoring: null, feedback: false };
    const refused: [object, string][] = [
      [{ tasks }, "READER_STUDY_PROTOCOL: no task"],
      [{ cases: ["sub-01", "sub-01"] }, "READER_STUDY_PROTOCOL: sub-01 twice in pilot"],
      [{ cases: ["sub-99"] }, "CASE_UNKNOWN: sub-99"],
      [
        { readers: ["anna", "nobody"] },
        "READER_STUDY_PROTOCOL: nobody is no reader or senior reader with an account",
      ],
      [{ readers: ["chief"] }, "READER_STUDY_PROTOCOL: chief is no reader or senior reader with an account"],
      [{ model: null }, "READER_STUDY_PROTOCOL: no model is named whose masks are shown"],
      [{ model: "segmentation.other" }, "READER_STUDY_PROTOCOL: segmentation.other has no mask of sub-01"],
      [{ model: "reader.ben" }, "READER_STUDY_PROTOCOL: reader.ben is no model"],
      [
        { tasks: { ...tasks, feedback: true } },
        "READER_STUDY_PROTOCOL: feedback shows model and reference: it needs a study of its own with one arm",
      ],
      [
        { tasks: { ...tasks, diagnosis: { question: "Sick?", column: "ill", positive: "yes" } } },
        "READER_STUDY_PROTOCOL: participants.tsv has no ill of sub-01",
      ],
    ];
    for (const [changes, expected] of refused) expect(await fault(changes)).toBe(expected);
    expect(existsSync(join(dir, "derivatives/marrow/reader-study"))).toBe(false);
    expect(await fault({})).toBe("none");
    expect(await fault({ name: "Pilot", readers: ["sara"] })).toBe(
      "READER_STUDY_PROTOCOL: a reader study Pilot exists",
    );
    expect(await fault({ name: "second" })).toBe(
      "READER_STUDY_PROTOCOL: anna reads some of these cases in another open study",
    );
    const body = { name: "anna-with", password: "correct horse battery", role: "reader" };
    expect(outcome(await admin.post("/api/users", body))).toBe("400 ACCOUNT_NAME");
  });

  it("needs every answer, takes it once, and nothing after", async () => {
    const { create, anna } = test;
    const { id } = await create();
    const reading = await next(anna, id);
    const url = `/api/readings/${reading.id}`;
    const answer = { pageMs: 0, diagnosis: { decision: true, confidence: 3 } };
    expect(outcome(await anna.post(`${url}/finish`, { pageMs: 0 }))).toBe("400 READING_INCOMPLETE");
    expect(outcome(await anna.post(`${url}/finish`, { ...answer, feedback: [] }))).toBe(
      "400 READING_INCOMPLETE",
    );
    expect(
      outcome(await anna.post(`${url}/finish`, { pageMs: 0, diagnosis: { decision: true, confidence: 6 } })),
    ).toBe("400 REQUEST_INVALID");
    expect((await next(anna, id)).id).toBe(reading.id);
    expect(outcome(await anna.post(`${url}/finish`, answer))).toBe("200");
    const stroke = { token: reading.token, baseVersion: 0, sequence: 1, changes: [0, 1, 1] };
    expect(outcome(await anna.post(`${url}/finish`, answer))).toBe("409 READING_LOCKED");
    expect(outcome(await anna.post(`${url}/strokes`, stroke))).toBe("409 READING_LOCKED");
    expect(outcome(await anna.post(`${url}/clock`, { event: "show", pageMs: 0 }))).toBe("409 READING_LOCKED");
    expect((await next(anna, id)).number).toBe(2);
  });

  it("is locked without what was not finished only where that is asked for", async () => {
    const { create, admin, anna, dir } = test;
    const { id } = await create();
    await readOne(test, anna, id);
    const { id: left, token, version } = await next(anna, id);
    await anna.post(`/api/readings/${left}/strokes`, {
      token,
      baseVersion: version,
      sequence: 1,
      changes: [3, 1, 1],
    });
    expect(outcome(await admin.post(`/api/reader-studies/${id}/lock`))).toBe("409 READER_STUDY_UNFINISHED");
    expect(outcome(await admin.post(`/api/reader-studies/${id}/lock`, { unfinished: "drop" }))).toBe("200");
    expect(outcome(await admin.post(`/api/reader-studies/${id}/lock`, { unfinished: "drop" }))).toBe(
      "409 READER_STUDY_LOCKED",
    );
    const rows = await tableOf(dir, "readings.tsv");
    expect(rows).toHaveLength(1);
    const [kept, dropped] = test.room.readerStudies.readings(id, "anna");
    expect(existsSync(maskPath(dir, kept.case_id.slice(4), `anna-${kept.arm}`))).toBe(true);
    expect(existsSync(maskPath(dir, dropped.case_id.slice(4), `anna-${dropped.arm}`))).toBe(false);
    expect(
      outcome(
        await anna.post(`/api/readings/${left}/strokes`, {
          token,
          baseVersion: version,
          sequence: 2,
          changes: [3, 1, 1],
        }),
      ),
    ).toBe("409 READING_LOCKED");
  });

  it("keeps a table of readings that came from elsewhere", async () => {
    const { create, admin, anna, dir } = test;
    const { id } = await create();
    await readOne(test, anna, id);
    const file = join(dir, "derivatives/marrow/reader-study/readings.tsv");
    await writeText(file, "reader\tcase\tarm\n");
    await admin.post(`/api/reader-studies/${id}/lock`, { unfinished: "drop" });
    expect(await tableOf(dir, "readings.tsv")).toHaveLength(1);
    expect(await readdir(join(dir, "derivatives/marrow/replaced/reader-study"))).toHaveLength(1);
  });
});

describe("the wash-out", () => {
  it("opens the second part on its day and not before, whatever the clock does", async () => {
    const { create, anna, setClock, pass } = test;
    const { id } = await create();
    const tryNext = async () => outcome(await anna.post(`/api/my-reader-studies/${id}/next`));
    for (let n = 0; n < 3; n++) await readOne(test, anna, id);
    // The clock jumps back by a year while the last reading of the first part is finished, and is set right again.
    setClock(-365 * day);
    const { state } = await readOne(test, anna, id);
    expect(state).toMatchObject({ state: "washing-out", done: 4, opens: "2026-03-29T09:00:30.000Z" });
    expect(await tryNext()).toBe("409 READER_STUDY_WASH_OUT");
    setClock(365 * day);
    expect(await tryNext()).toBe("409 READER_STUDY_WASH_OUT");
    pass(27 * day);
    expect(await tryNext()).toBe("409 READER_STUDY_WASH_OUT");
    // Back before the first reading: still closed, and the wash-out is not shorter afterwards.
    setClock(-200 * day);
    expect(await tryNext()).toBe("409 READER_STUDY_WASH_OUT");
    setClock(200 * day);
    expect((await mine(anna))[0]).toMatchObject({ state: "washing-out" });
    pass(day);
    expect(await tryNext()).toBe("200");
    for (const { begun, finished, ms } of test.room.readerStudies.readings(id, "anna")) {
      if (finished !== null) expect(finished).toBeGreaterThanOrEqual(begun ?? Infinity);
      expect(ms).toBeGreaterThanOrEqual(0);
    }
  });

  it("is not shortened by a restart with a clock that is behind", async () => {
    const { create, anna, close, dir, clock } = test;
    const { id } = await create();
    for (let n = 0; n < 4; n++) await readOne(test, anna, id);
    await close();
    clock.wall -= 1000 * day;
    const again = await testRoom(dir, { now: () => new Date(clock.wall) });
    const client = accountsOf(again).anna;
    expect(outcome(await client.post(`/api/my-reader-studies/${id}/next`))).toBe("409 READER_STUDY_WASH_OUT");
  });
});

describe("expert feedback", () => {
  it("shows model and reference, needs an answer for each finding, and gives a table", async () => {
    const { create, anna, dir } = test;
    const tasks = { segmentation: false, diagnosis: null, scoring: null, feedback: true };
    const { id } = await create({
      name: "feedback",
      tasks,
      readers: ["anna"],
      arms: [{ name: "feedback", assisted: true }],
    });
    const answer = (feedback: object[]) => ({ pageMs: 0, feedback });
    const found = { label: "lesion", present: true, marked: true, outlined: "partly" };
    const missed = { label: "lesion", present: true, marked: false, outlined: null };
    const reading = await next(anna, id);
    expect(reading).toMatchObject({ layers: ["model", "reference"], token: null });
    expect((await anna.get(`/api/readings/${reading.id}/masks/reference`)).rawPayload[2]).toBe(2);
    const finish = async (feedback: object[]) =>
      outcome(await anna.post(`/api/readings/${(await next(anna, id)).id}/finish`, answer(feedback)));
    for (const wrong of [
      [],
      [found, found],
      [{ ...found, label: "bone" }],
      [{ ...missed, outlined: "rightly" }],
      [{ ...found, outlined: null }],
    ])
      expect(await finish(wrong)).toBe("400 READING_INCOMPLETE");
    for (const one of [
      found,
      missed,
      { ...missed, present: false },
      { ...found, present: false, outlined: null },
    ])
      expect(await finish([one])).toBe("200");
    const rows = await tableOf(dir, "feedback.tsv");
    expect(
      rows.map(({ expert, label, present, marked, outlined }) => [expert, label, present, marked, outlined]),
    ).toEqual([
      ["anna", "lesion", "1", "1", "partly"],
      ["anna", "lesion", "1", "0", undefined],
      ["anna", "lesion", "0", "0", undefined],
      ["anna", "lesion", "0", "1", undefined],
    ]);
  });
});
