/**
 * Twenty readers at once: they open cases, fetch images, scroll and draw over HTTP, while a training may run, until the server is
 * killed with kill -9; then every stroke that was answered must be there.
 *
 *     node bench/reading-room-load.mjs [--readers 20] [--seconds 60] [--train] [--study FOLDER]
 *
 * Prints the time of saving a stroke (median, p95, largest; goal: p95 under 200 ms), of opening a case, the server's memory,
 * and whether a stroke was lost. Exit code 1 where one was lost or the goal was missed. A study is made unless one is given;
 * its database must be new.
 */
import { spawn, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    readers: { type: "string", default: "20" },
    seconds: { type: "string", default: "60" },
    train: { type: "boolean", default: false },
    study: { type: "string" },
  },
});
const readers = Number(values.readers);
const seconds = Number(values.seconds);
const goalMs = 200;
const password = "a password for the load test";
const marrow = resolve(import.meta.dirname, "../bin/marrow.js");
const temporary = mkdtempSync(join(tmpdir(), "marrow-load-"));
const study = values.study ?? makeStudy(join(temporary, "study"));

function makeStudy(dir) {
  const run = (...args) => execFileSync(process.execPath, [marrow, ...args], { stdio: "ignore" });
  run("phantom", dir, "--size", "full", "--subjects", "4");
  if (values.train) {
    run("plan", dir, "--minutes", "5");
    run("split", dir);
  }
  return dir;
}

/** Starts the server; resolves with its process and address. */
function start() {
  const child = spawn(process.execPath, [marrow, "serve", study, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((done, failed) => {
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
    child.stdout.on("data", (text) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(text))?.[0];
      if (url) done({ child, url });
    });
  });
}

let server = await start();

async function logIn(path, body) {
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  const cookie = response.headers.get("set-cookie").split(";")[0];
  return { cookie, csrf: (await response.json()).csrf };
}

/** A session's requests. */
function client({ cookie, csrf }) {
  const send = async (method, path, body) => {
    const headers = { cookie, origin: server.url, "x-marrow-csrf": csrf };
    const options = body && {
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    const response = await fetch(server.url + path, { method, headers, ...options });
    if (!response.ok) throw new Refused(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    json: async (method, path, body) => (await send(method, path, body)).json(),
    bytes: async (path) => new Uint8Array(await (await send("GET", path)).arrayBuffer()),
  };
}

class Refused extends Error {}

const strokeMs = [];
const openMs = [];
const timed = async (into, work) => {
  const begun = performance.now();
  const result = await work();
  into.push(performance.now() - begun);
  return result;
};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const between = (least, most) => least + Math.random() * (most - least);
let isOver = false;

/** A brush of five dabs, as runs of voxels. */
function brushStroke([ni, nj, nk], value) {
  const radius = Math.round(between(3, 8));
  const k = Math.floor(between(0, nk));
  const changes = [];
  let [i, j] = [between(20, ni - 20), between(20, nj - 20)];
  for (let dab = 0; dab < 5; dab++) {
    for (let dy = -radius; dy <= radius; dy++) {
      const half = Math.floor(Math.sqrt(radius ** 2 - dy ** 2));
      const from = Math.max(0, Math.round(i) - half);
      const row = Math.min(nj - 1, Math.max(0, Math.round(j) + dy));
      changes.push(from + ni * (row + nj * k), Math.min(2 * half + 1, ni - from), value);
    }
    [i, j] = [i + between(-6, 6), j + between(-6, 6)].map((v, n) =>
      Math.min([ni, nj][n] - 20, Math.max(20, v)),
    );
  }
  return changes;
}

function draw(mask, changes) {
  for (let n = 0; n < changes.length; n += 3)
    mask.fill(changes[n + 2], changes[n], changes[n] + changes[n + 1]);
}

/** What a reader knows to be saved, and the stroke that was under way when the server died. */
class Reader {
  masks = new Map();
  unsure = undefined;

  constructor(name, session, cases) {
    Object.assign(this, { name, http: client(session), cases });
  }

  async work() {
    while (!isOver) {
      const { case: id, channels } = this.cases[Math.floor(Math.random() * this.cases.length)];
      const { meta, opened } = await timed(openMs, () => this.open(id, channels[0]));
      await this.drawOn(id, meta, opened);
      await this.http.json("POST", `/api/cases/${id}/close`, { token: opened.token });
    }
  }

  async open(id, channel) {
    const image = `/api/cases/${id}/images/${channel}`;
    const meta = await this.http.json("GET", `${image}/meta`);
    await this.http.bytes(`${image}/voxels`);
    const opened = await this.http.json("POST", `/api/cases/${id}/open`, {});
    const mask = await this.http.bytes(`/api/cases/${id}/masks/reader.${this.name}`);
    if (!this.masks.has(id)) this.masks.set(id, mask);
    return { meta, opened };
  }

  async drawOn(id, { size }, { token, version }) {
    for (let sequence = 1; sequence <= 10 && !isOver; sequence++) {
      await pause(between(200, 1200));
      const changes = brushStroke(size, Math.random() < 0.8 ? 1 : 0);
      this.unsure = { id, changes };
      const stroke = { token, baseVersion: version, sequence, changes, tool: "brush" };
      ({ version } = await timed(strokeMs, () => this.http.json("POST", `/api/cases/${id}/strokes`, stroke)));
      draw(this.masks.get(id), changes);
      this.unsure = undefined;
      if (Math.random() < 0.3) await this.http.json("GET", "/api/cases");
    }
  }

  /** Masks that are not as this reader knows them. */
  async lost() {
    const wrong = [];
    for (const [id, expected] of this.masks) {
      const found = Buffer.from(await this.http.bytes(`/api/cases/${id}/masks/reader.${this.name}`));
      if (found.equals(Buffer.from(expected))) continue;
      if (this.unsure?.id === id) draw(expected, this.unsure.changes);
      if (!found.equals(Buffer.from(expected))) wrong.push(`${this.name} ${id}`);
    }
    return wrong;
  }
}

/** Memory of the server's process, MB. */
function memoryOf(pid) {
  const text = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? NaN) / 1024);
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const [middle, high, most] = [at(sorted, 0.5), at(sorted, 0.95), at(sorted, 1)].map((ms) => ms.toFixed(0));
  return `${sorted.length} times, median ${middle} ms, p95 ${high} ms, largest ${most} ms`;
}

const loadBefore = loadavg()[0];
const chief = client(await logIn("/api/setup", { name: "chief", password }));
const { cases } = await chief.json("GET", "/api/cases");
if (values.train)
  await chief.json("POST", "/api/jobs", { kind: "train", minutes: Math.max(1, seconds / 60) });
const people = [];
for (let n = 1; n <= readers; n++) {
  await chief.json("POST", "/api/users", { name: `reader${n}`, password, role: "reader" });
  people.push(new Reader(`reader${n}`, await logIn("/api/login", { name: `reader${n}`, password }), cases));
}

const memory = [];
const watching = setInterval(() => memory.push(memoryOf(server.child.pid)), 1000);
const refusals = [];
const working = people.map((person) =>
  person.work().catch((error) => {
    if (!isOver) refusals.push(`${person.name}: ${error.message}`);
  }),
);
await pause(seconds * 1000);
isOver = true;
clearInterval(watching);
server.child.removeAllListeners("exit");
const gone = new Promise((done) => server.child.once("exit", done));
server.child.kill("SIGKILL");
await gone;
await Promise.all(working);

server = await start();
const lost = (await Promise.all(people.map((person) => person.lost()))).flat();
server.child.removeAllListeners("exit");
server.child.kill("SIGTERM");
await new Promise((done) => server.child.once("exit", done));

const half = Math.floor(memory.length / 2);
const sorted = [...strokeMs].sort((a, b) => a - b);
console.log(`${readers} readers, ${seconds} s${values.train ? ", a training beside them" : ""}`);
console.log(
  `machine: ${availableParallelism()} processors, load ${loadBefore.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after; others' work beside it lengthens every time`,
);
console.log(`saving a stroke: ${summary(strokeMs)} (goal: p95 < ${goalMs} ms)`);
console.log(`opening a case:  ${summary(openMs)}`);
console.log(
  `memory of the server: ${memory[0]} MB at first, at most ${Math.max(...memory.slice(0, half))} MB in the first half, ${Math.max(...memory.slice(half))} MB in the second`,
);
console.log(`refused: ${refusals.length}${refusals.map((text) => `\n  ${text}`).join("")}`);
console.log(
  `lost after kill -9: ${lost.length} of ${strokeMs.length} answered strokes' masks ${lost.join(", ")}`,
);
rmSync(temporary, { recursive: true, force: true });
if (lost.length > 0 || refusals.length > 0 || !(at(sorted, 0.95) < goalMs)) process.exitCode = 1;
