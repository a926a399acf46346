/**
 * The server as its own process, killed with SIGKILL at random moments while strokes are being sent, jobs run and cases are
 * handed in: whatever it has answered is there afterwards. Runs the compiled command line. MARROW_KILLS is how often it is
 * killed (6 where it is not given).
 */
import { spawn, type ChildProcess } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import {
  csrfHeader,
  jobStates,
  type CaseEntry,
  type Job,
  type Opened,
  type Session,
} from "../../src/reading/contract/index.js";
import { count, makeStudy, maskPath } from "../study/make-study.js";
import { readMask } from "../../src/volume/nifti.js";
import { goodPassword } from "./open-room.js";

const kills = Number(process.env["MARROW_KILLS"] ?? 6);
const account = { name: "chief", password: goodPassword };

let server: ChildProcess | undefined;
afterEach(() => server?.kill("SIGKILL"));

/** Starts the server and resolves with its address. */
async function start(dir: string): Promise<string> {
  const child = spawn(process.execPath, ["bin/marrow.js", "serve", dir, "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  server = child;
  let output = "";
  return new Promise((resolve, reject) => {
    const read = (bytes: Buffer) => {
      output += bytes.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (address) resolve(address[0]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", () => reject(new Error(`the server ended: ${output}`)));
  });
}

async function kill(): Promise<void> {
  if (server?.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server?.once("exit", resolve));
  server.kill("SIGKILL");
  await gone;
}

/** What the page does: log in, then send with cookie and token. */
async function logIn(url: string, path: string) {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify(account),
  });
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect(answer.status).toBe(200);
  const { csrf } = (await answer.json()) as Session;
  const post = async (route: string, body: object) => {
    const headers = { "content-type": "application/json", origin: url, cookie, [csrfHeader]: csrf };
    const response = await fetch(`${url}${route}`, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
  const get = async <T>(route: string) =>
    (await (await fetch(`${url}${route}`, { headers: { cookie } })).json()) as T;
  return { post, get };
}

type Connection = Awaited<ReturnType<typeof logIn>>;

/** Jobs and states of cases that were answered, to be found again after each restart. */
class Promises {
  private readonly jobs = new Set<string>();
  private readonly submitted = new Set<string>();

  /** A training of a study without a plan: it is run, and fails, again after each kill that came in between. */
  async make({ post }: Connection, round: number): Promise<void> {
    const asked = await post("/api/jobs", { kind: "train", run: `round-${round}` });
    this.jobs.add((asked.body as Job).id);
    const id = "sub-02";
    if (this.submitted.has(id)) return;
    const { body } = await post(`/api/cases/${id}/open`, {});
    await post(`/api/cases/${id}/close`, { token: (body as Opened).token });
    if ((await post(`/api/cases/${id}/submit`, {})).status === 200) this.submitted.add(id);
  }

  async check({ get }: Connection): Promise<void> {
    const { jobs } = await get<{ jobs: Job[] }>("/api/jobs");
    expect(jobs.map(({ id }) => id)).toEqual(expect.arrayContaining([...this.jobs]));
    for (const { state, error } of jobs) {
      expect(jobStates).toContain(state);
      if (state === "failed") expect(error?.code).toBe("PLAN_MISSING");
    }
    const { cases } = await get<{ cases: CaseEntry[] }>("/api/cases");
    for (const id of this.submitted) {
      const progress = cases.find((one) => one.case === id)?.progress ?? [];
      expect(progress.find(({ reader }) => reader === account.name)?.state).toBe("submitted");
    }
  }
}

describe("a server that is killed at random", () => {
  it(
    "has every stroke that it answered, in order, after each restart",
    async () => {
      const dir = await makeStudy(["01", "02"]);
      const promises = new Promises();
      const random = Math.random;
      const certain = new Uint8Array(count);
      /** The stroke on its way when the server was killed: it may be there or not. */
      let unsure: number[] = [];
      let answered = 0;
      for (let round = 0; round < kills; round++) {
        const url = await start(dir);
        const connection = await logIn(url, round === 0 ? "/api/setup" : "/api/login");
        const { post } = connection;
        await promises.check(connection);
        if (round % 8 === 0) await promises.make(connection, round);
        const opened = (await post("/api/cases/sub-01/open", {})).body as Opened;
        const address = `/api/cases/sub-01/masks/reader.${account.name}`;
        checkMask(await voxelsAt(url, address), certain, unsure);
        const timer = setTimeout(() => void kill(), 40 + random() * 600);
        let version = opened.version;
        for (let sequence = 1; ; sequence++) {
          unsure = [
            Math.floor(random() * (count - 9)),
            1 + Math.floor(random() * 9),
            Math.floor(random() * 3),
          ];
          const request = { token: opened.token, baseVersion: version, sequence, changes: unsure };
          const answer = await post("/api/cases/sub-01/strokes", request).catch(() => undefined);
          if (!answer) break;
          expect(answer.status).toBe(200);
          ({ version } = answer.body as { version: number });
          certain.fill(unsure[2], unsure[0], unsure[0] + unsure[1]);
          answered++;
        }
        clearTimeout(timer);
        await kill();
      }
      expect(answered).toBeGreaterThan(kills);
      await promises.check(await logIn(await start(dir), "/api/login"));
      checkMask((await readMask(maskPath(dir, "01", account.name))).data, certain, unsure);
    },
    kills * 60_000,
  );
});

/** Equal to what is certain, or to that with the one stroke that was on its way; that then is certain. */
function checkMask(
  found: Uint8Array,
  certain: Uint8Array,
  [start = 0, length = 0, value = 0]: number[],
): void {
  const drawn = Uint8Array.from(certain).fill(value, start, start + length);
  if (Buffer.from(found).equals(Buffer.from(drawn))) certain.set(drawn);
  expect(Buffer.from(found).equals(Buffer.from(certain))).toBe(true);
}

async function voxelsAt(url: string, path: string): Promise<Uint8Array> {
  const { status, headers } = await fetch(`${url}/api/login`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify(account),
  });
  expect(status).toBe(200);
  const cookie = headers.get("set-cookie")?.split(";")[0] ?? "";
  return new Uint8Array(await (await fetch(`${url}${path}`, { headers: { cookie } })).arrayBuffer());
}
