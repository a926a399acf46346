/** Images through the API: sent, kept apart, imported by the real command in a process stood in for by this one. */
import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importArguments } from "../../src/reading/import.js";
import type { ImportReport, Job } from "../../src/reading/contract/index.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import { writeConfig } from "../../src/study/config.js";
import { stackOf } from "../dicom/make-dicom.js";
import { runMarrow } from "../cli/run-marrow.js";
import { zip } from "../dicom/make-zip.js";
import { folder } from "../study/make-study.js";
import { outcome, staffedRoom, type Client } from "./open-room.js";

const incoming = "derivatives/marrow/.incoming";

/** A program that leaves a job waiting, so that what was sent stays. */
const idle = [process.execPath, "-e", "setTimeout(() => undefined, 60000)"];

async function emptyStudy(): Promise<string> {
  const dir = await folder();
  await writeConfig(dir, {
    ...{ task: "custom", reader: "consensus", channels: ["T1w"] },
    labels: [{ value: 1, name: "lesion" }],
  });
  return dir;
}

const slices = stackOf([0, 1, 2, 3, 4, 5], [0, 0, 4], {
  patient: "Doe^Jane",
  texts: {
    "00081030": "SIJ",
    "0008103E": "t1_tse_cor",
    "00180020": "SE",
    "00100020": "PID-4711",
  },
  numbers: { "00180080": [550], "00180081": [12] },
  rows: 8,
  columns: 6,
}).map((slice) => Uint8Array.from(writeDicom(slice)));

const begin = async (client: Client, body: object = {}) =>
  (await client.post("/api/imports", body)).json<{ id: string; bytes: number }>();

function send(client: Client, id: string, number: number, bytes: Uint8Array) {
  return client.send({
    method: "POST",
    url: `/api/imports/${id}/files?number=${number}`,
    payload: Buffer.from(bytes),
    headers: { "content-type": "application/octet-stream" },
  });
}

describe("files sent for import", () => {
  it("lie in a hidden folder that only the server's account can read, under their numbers", async () => {
    const { senior, dir } = await staffedRoom(await emptyStudy());
    const { id } = await begin(senior);
    for (const [n, bytes] of slices.entries())
      expect(outcome(await send(senior, id, n + 1, bytes))).toBe("200");
    const place = join(dir, incoming, id);
    expect(await readdir(join(place, "files"))).toEqual(slices.map((_, n) => `00000${n + 1}`));
    expect((await stat(place)).mode & 0o077).toBe(0);
    expect(new Uint8Array(await readFile(join(place, "files", "000003")))).toEqual(slices[2]);
    await send(senior, id, 3, slices[0]);
    expect(new Uint8Array(await readFile(join(place, "files", "000003")))).toEqual(slices[0]);
    expect(outcome(await senior.send({ method: "DELETE", url: `/api/imports/${id}` }))).toBe("200");
    expect(existsSync(place)).toBe(false);
  });

  it("are refused beyond the limit, and what was begun is removed", async () => {
    const { senior, dir } = await staffedRoom(await emptyStudy(), { maxUpload: 1000 });
    const { id, bytes } = await begin(senior);
    expect(bytes).toBe(1000);
    expect(outcome(await send(senior, id, 1, new Uint8Array(600)))).toBe("200");
    expect(outcome(await send(senior, id, 2, new Uint8Array(600)))).toBe("413 REQUEST_TOO_LARGE");
    expect(outcome(await send(senior, id, 3, new Uint8Array(400)))).toBe("200");
    expect(await readdir(join(dir, incoming, id, "files"))).toEqual(["000001", "000003"]);
  });

  it("are taken from the account that began alone, under numbers alone, and as files alone", async () => {
    const { senior, admin, anna } = await staffedRoom(await emptyStudy());
    const { id } = await begin(senior);
    expect(outcome(await send(admin, id, 1, slices[0]))).toBe("404 IMPORT_UNKNOWN");
    expect(outcome(await send(anna, id, 1, slices[0]))).toBe("403 SESSION_ROLE");
    expect(outcome(await send(senior, "..", 1, slices[0]))).toMatch(/^40[04]/);
    for (const number of ["0", "1.5", "../1", "100001"])
      expect(
        outcome(
          await senior.send({
            method: "POST",
            url: `/api/imports/${id}/files?number=${encodeURIComponent(number)}`,
            payload: Buffer.from("x"),
            headers: { "content-type": "application/octet-stream" },
          }),
        ),
      ).toBe("400 REQUEST_INVALID");
    const json = await senior.post(`/api/imports/${id}/files?number=1`, { some: "json" });
    expect(outcome(json)).toBe("400 REQUEST_INVALID");
    const elsewhere = await senior.send({
      method: "POST",
      url: "/api/login",
      payload: Buffer.from("x"),
      headers: { "content-type": "application/octet-stream" },
    });
    expect(elsewhere.statusCode).toBeGreaterThanOrEqual(400);
  });

  it("are kept while their job is open, imported once, and removed when it has ended", async () => {
    const { senior, room, dir } = await staffedRoom(await emptyStudy(), { command: idle });
    const { id } = await begin(senior);
    await send(senior, id, 1, slices[0]);
    const job = (await senior.post("/api/jobs", { kind: "import", upload: id })).json<Job>();
    expect(outcome(await senior.post("/api/jobs", { kind: "import", upload: id }))).toBe("409 CASE_STATE");
    expect(outcome(await senior.send({ method: "DELETE", url: `/api/imports/${id}` }))).toBe(
      "409 CASE_STATE",
    );
    await room.imports.sweep();
    expect(existsSync(join(dir, incoming, id))).toBe(true);
    await senior.send({ method: "DELETE", url: `/api/jobs/${job.id}` });
    await expect.poll(() => existsSync(join(dir, incoming, id))).toBe(false);
    expect(outcome(await senior.get(`/api/jobs/${job.id}/report`))).toBe("404 RESULT_UNKNOWN");
  });

  it("wait for each other where several workers could import at the same time", async () => {
    const { senior, room } = await staffedRoom(await emptyStudy(), { command: idle });
    const ids = [(await begin(senior)).id, (await begin(senior)).id];
    for (const id of ids) await send(senior, id, 1, slices[0]);
    const start = async (id: string) =>
      outcome(await senior.post("/api/jobs", { kind: "import", upload: id }));
    expect(await start(ids[0])).toBe("200");
    Object.assign(room, { queue: "redis://somewhere" });
    expect(await start(ids[1])).toBe("409 IMPORT_BUSY");
    for (const { id } of room.jobs.list()) room.jobs.cancel(id);
    expect(await start(ids[1])).toBe("200");
  });

  it("become de-identified cases, with a report of what was skipped and why", async () => {
    const { senior, dir, room } = await staffedRoom(await emptyStudy());
    const { id } = await begin(senior);
    for (const [n, bytes] of slices.entries()) await send(senior, id, n + 1, bytes);
    await send(senior, id, 7, Buffer.from("no image at all, whatever its name was"));
    const report = join(dir, "derivatives/marrow/jobs/j1/report.json");
    const outcomeOf = await runMarrow(...(await importArguments(dir, id, report)));
    expect(outcomeOf).toMatchObject({ code: 0, stderr: "" });
    const { skipped, ...rest } = (await senior.get("/api/jobs/j1/report")).json<ImportReport>();
    expect(rest).toMatchObject({
      files: 7,
      read: 6,
      written: 1,
      volumes: [{ subject: "sub-001", image: "T1w" }],
    });
    expect(skipped).toMatchObject([{ file: "000007", code: "DICOM_NOT_DICOM" }]);
    room.desk.lookAgain();
    expect((await senior.get("/api/cases")).json<{ cases: { case: string }[] }>().cases).toMatchObject([
      { case: "sub-001" },
    ]);
    await room.imports.incoming.remove(id);
    expect(await everyText(dir)).not.toMatch(/Doe|4711/);
  });

  it("are unpacked where they are archives, several at once; the same number sent again replaces either kind", async () => {
    const { senior, dir } = await staffedRoom(await emptyStudy());
    const { id } = await begin(senior);
    await send(senior, id, 1, zip({ "one/IM1": slices[0], "one/IM2": slices[1], "one/IM3": slices[2] }));
    await send(senior, id, 2, slices[0]);
    await send(senior, id, 2, zip({ "IM1": slices[3], "IM2": slices[4], "IM3": slices[5], "notes.txt": Buffer.from("x") })); // prettier-ignore
    await send(senior, id, 3, zip({ a: slices[0] }));
    await send(senior, id, 3, Buffer.from("no image at all"));
    const files = join(dir, incoming, id, "files");
    expect(await readdir(files)).toEqual(["000001.zip", "000002.zip", "000003"]);
    const report = join(dir, "derivatives/marrow/jobs/j1/report.json");
    expect((await runMarrow(...(await importArguments(dir, id, report)))).code).toBe(0);
    const told = (await senior.get("/api/jobs/j1/report")).json<ImportReport>();
    expect(told).toMatchObject({ files: 8, read: 6, written: 1, volumes: [{ image: "T1w" }] });
    expect(told.skipped.map(({ file }) => file)).toEqual(["000002.zip/notes.txt", "000003"]);
  });

  it("that were forgotten are removed after a day", async () => {
    let now = new Date("2026-01-01T10:00:00Z");
    const { senior, room, dir } = await staffedRoom(await emptyStudy(), { now: () => now });
    const { id } = await begin(senior);
    now = new Date("2026-01-02T09:00:00Z");
    await room.imports.sweep();
    expect(existsSync(join(dir, incoming, id))).toBe(true);
    now = new Date("2026-01-02T11:00:00Z");
    await room.imports.sweep();
    expect(existsSync(join(dir, incoming, id))).toBe(false);
  });
});

async function everyText(dir: string): Promise<string> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const texts = await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), "latin1")));
  return [...texts, ...files.map(({ name }) => name)].join("\n");
}

describe("a PACS", () => {
  const config = async () => {
    const file = join(await folder(), "pacs.yaml");
    await writeFile(
      file,
      "connections: { archive: { dimse: { host: 127.0.0.1, port: 1, title: A, timeout: 1 } } }\n",
    );
    return file;
  };

  it("is there for seniors, by the name of its connection", async () => {
    const { senior, anna } = await staffedRoom(await emptyStudy(), { pacs: await config() });
    expect((await senior.get("/api/pacs")).json()).toEqual({ connections: ["archive"], originals: false });
    expect(outcome(await anna.get("/api/pacs"))).toBe("403 SESSION_ROLE");
    const none = await staffedRoom(await emptyStudy(), { pacs: "/nowhere/pacs.yaml" });
    expect((await none.senior.get("/api/pacs")).json()).toEqual({ connections: [], originals: false });
  });

  it("that does not answer, or is none, is told in words", async () => {
    const { senior } = await staffedRoom(await emptyStudy(), { pacs: await config() });
    expect(outcome(await senior.post("/api/pacs/find", { connection: "archive" }))).toBe(
      "502 PACS_UNREACHABLE",
    );
    expect(outcome(await senior.post("/api/pacs/find", { connection: "other" }))).toBe("400 REQUEST_INVALID");
  });

  it("names neither patient nor study in what is kept: only the folder that is removed has the UID", async () => {
    const { senior, admin, dir, room } = await staffedRoom(await emptyStudy(), {
      pacs: await config(),
      command: idle,
    });
    const study = "1.2.840.99.4711";
    const { id } = await begin(senior, { pacs: { connection: "archive", study } });
    expect(outcome(await send(senior, id, 1, slices[0]))).toBe("404 IMPORT_UNKNOWN");
    const args = await importArguments(dir, id, "r.json");
    expect(args.slice(-6, -3)).toEqual(["--connection", "archive", "--config"]);
    expect(args.slice(-2)).toEqual(["--pacs-study", study]);
    await senior.post("/api/jobs", { kind: "import", upload: id });
    expect((await admin.get("/api/audit")).body).not.toContain("4711");
    expect(JSON.stringify(room.jobs.list())).not.toContain("4711");
  });
});
