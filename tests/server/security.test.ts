import { cp, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { csrfHeader, routes, type RouteSpec } from "../../src/reading/contract/index.js";
import { makeStudy, writeImage } from "../study/make-study.js";
import { goodPassword, outcome, staffedRoom, testRoom } from "./open-room.js";

interface Document {
  paths: Record<
    string,
    Record<string, { operationId: string; security: unknown[]; "x-marrow-access": string }>
  >;
}

const examples: Record<string, string> = {
  case: "sub-01",
  channel: "T1w",
  source: "consensus",
  id: "x",
  name: "anna",
  subject: "sub-01",
  result: "x",
  file: "x.csv",
};
const open = ["session", "setup", "login"];

describe("every route of the OpenAPI document", () => {
  it("answers nobody without a session", async () => {
    const { admin, client } = await staffedRoom();
    const document = (await admin.get("/api/openapi.json")).json<Document>();
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(routes).sort());
    for (const { path, method, operationId } of operations) {
      if (open.includes(operationId)) continue;
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => examples[name]);
      const answer = await client().send({
        method: method.toUpperCase(),
        url,
        ...(method === "get" ? {} : { payload: {} }),
      });
      expect(`${operationId}: ${outcome(answer)}`).toBe(`${operationId}: 401 SESSION_NONE`);
    }
  });

  it("is refused to roles below its own", async () => {
    const { anna, senior } = await staffedRoom();
    for (const [name, spec] of Object.entries(routes) as [string, RouteSpec][]) {
      if (spec.access === "anyone" || spec.access === "reader") continue;
      const url = spec.path.replace(/:(\w+)/g, (_, part: string) => examples[part]);
      const body = spec.method === "GET" ? {} : { payload: {} };
      const lower = spec.access === "administrator" ? senior : anna;
      const refused = outcome(await lower.send({ method: spec.method, url, ...body }));
      expect(`${name}: ${refused}`).toBe(`${name}: 403 SESSION_ROLE`);
    }
  });

  it("has no sibling that the document does not know", async () => {
    const { app } = await testRoom();
    const known = Object.values(routes).map(({ method, path }) => `${method} ${path}`);
    const served = servedRoutes(app.printRoutes({ commonPrefix: false }));
    expect(served).toEqual([...known, "GET /", "GET /api/openapi.json"].sort());
  });
});

/** Methods and paths from Fastify's drawing of its tree: four columns a level, methods in brackets. */
function servedRoutes(tree: string): string[] {
  const path: string[] = [];
  return tree
    .split("\n")
    .flatMap((line) => {
      const match = /^((?:[│ ] {3})*)[├└]── (\S*)(?: \((.*)\))?$/.exec(line);
      if (!match) return [];
      const [, indent, part, methods = ""] = match;
      path.splice(indent.length / 4, Infinity, part);
      const names = methods
        .split(", ")
        .filter((name) => name !== "" && name !== "HEAD" && name !== "OPTIONS");
      return names.map((name) => `${name} ${path.join("")}`);
    })
    .sort();
}

describe("cross-site requests", () => {
  it("are refused without the token, with another session's, and from another origin", async () => {
    const { anna, ben } = await staffedRoom();
    const url = "/api/cases/sub-01/open";
    expect(outcome(await anna.post(url, {}, { [csrfHeader]: "" }))).toBe("403 REQUEST_ORIGIN");
    expect(outcome(await anna.post(url, {}, { [csrfHeader]: ben.csrf }))).toBe("403 REQUEST_ORIGIN");
    expect(outcome(await anna.post(url, {}, { origin: "http://evil.example" }))).toBe("403 REQUEST_ORIGIN");
    expect(outcome(await anna.post(url, {}, { "sec-fetch-site": "cross-site" }))).toBe("403 REQUEST_ORIGIN");
    expect(outcome(await anna.post(url))).toBe("200");
  });

  it("cannot log a victim in or set the study up", async () => {
    const { client } = await testRoom();
    const body = { name: "chief", password: goodPassword };
    for (const url of ["/api/setup", "/api/login"])
      expect(outcome(await client().post(url, body, { origin: "http://evil.example" }))).toBe(
        "403 REQUEST_ORIGIN",
      );
  });

  it("are refused under a foreign name that resolves to this machine", async () => {
    const { client } = await testRoom();
    const headers = { host: "evil.example", origin: "http://evil.example" };
    expect(outcome(await client().post("/api/setup", {}, headers))).toBe("403 REQUEST_ORIGIN");
    expect(outcome(await client().get("/api/session", headers))).toBe("403 REQUEST_ORIGIN");
  });

  it("are told nothing: every answer forbids framing and foreign scripts", async () => {
    const { client } = await testRoom();
    const { headers } = await client().get("/api/session");
    expect(headers["content-security-policy"]).toMatch(/default-src 'self';.*frame-ancestors 'none'/);
    expect(headers["content-security-policy"]).not.toMatch(/unsafe-inline|unsafe-eval'.*\*/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });
});

const traversals = ["..", "../..", "..%2f..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..", "%00", "sub-01%2f..%2fsub-02", "sub-01\u0000", "/etc/passwd", "reader...%2f..", "round.1...%2f.."]; // prettier-ignore

describe("path traversal", () => {
  let shared: Awaited<ReturnType<typeof staffedRoom>>;
  beforeAll(async () => {
    shared = await staffedRoom();
  });

  it.each(traversals)("%s is refused in every part of every address", async (part) => {
    const { admin } = shared;
    for (const [name, spec] of Object.entries(routes) as [string, RouteSpec][])
      for (const victim of spec.path.match(/:[a-z]+/gi) ?? []) {
        const url = spec.path.replace(/:([a-z]+)/gi, (whole, known: string) =>
          whole === victim ? part : examples[known],
        );
        const body = spec.method === "GET" ? {} : { payload: {} };
        const { statusCode } = await admin.send({
          method: spec.method,
          url: encodeURI(decodeURI(url)),
          ...body,
        });
        expect([400, 404, 405], `${name} ${url}: ${statusCode}`).toContain(statusCode);
      }
  });

  it("is refused in bodies, and nothing is written outside", async () => {
    const { admin, anna, dir } = shared;
    const before = await readdir(`${dir}/..`);
    const names = ["../evil", "..", "a/b", "a\\b", "", ".hidden", "a".repeat(100), "x\u0000y"];
    for (const name of names) {
      expect(outcome(await admin.post("/api/users", { name, password: goodPassword, role: "reader" }))).toBe(
        "400 REQUEST_INVALID",
      );
      expect(outcome(await anna.post("/api/cases/sub-01/open", { from: `reader.${name}/..` }))).toBe(
        "400 REQUEST_INVALID",
      );
      expect(outcome(await admin.post("/api/jobs", { kind: "segment", run: `${name}/x` }))).toBe(
        "400 REQUEST_INVALID",
      );
      expect(outcome(await admin.post("/api/jobs", { kind: "train", run: `${name}/x` }))).toBe(
        "400 REQUEST_INVALID",
      );
    }
    expect(await readdir(`${dir}/..`)).toEqual(expect.arrayContaining(before));
  });
});

describe("requests that are too large or malformed", () => {
  it("are refused as problems", async () => {
    const { anna, client } = await staffedRoom();
    const large = { name: "x", password: "y".repeat(2 ** 21) };
    expect(outcome(await client().post("/api/login", large))).toBe("413 REQUEST_TOO_LARGE");
    const json = { "content-type": "application/json" };
    const broken = await anna.send({
      method: "POST",
      url: "/api/cases/sub-01/open",
      payload: "{",
      headers: json,
    });
    expect(outcome(broken)).toBe("400 REQUEST_INVALID");
    const form = await anna.send({
      ...{ method: "POST", url: "/api/cases/sub-01/open", payload: "from=consensus" },
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(outcome(form)).toBe("400 REQUEST_INVALID");
    const polluted = await anna.send({
      ...{ method: "POST", url: "/api/cases/sub-01/open", payload: '{"__proto__":{"role":"administrator"}}' },
      headers: json,
    });
    expect(outcome(polluted)).toBe("400 REQUEST_INVALID");
    expect(outcome(await anna.get("/api/nothing"))).toBe("404 REQUEST_NOT_FOUND");
  });
});

describe("script in names and remarks", () => {
  it("is refused in names and comes back from remarks as JSON alone", async () => {
    const { admin, senior, anna } = await staffedRoom();
    const script = "<script>alert(1)</script>";
    expect(
      outcome(await admin.post("/api/users", { name: script, password: goodPassword, role: "reader" })),
    ).toBe("400 REQUEST_INVALID");
    await anna.post("/api/cases/sub-01/open", { from: "run.none" });
    await anna.post("/api/cases/sub-01/open");
    const round = await senior.post("/api/rounds", { comment: script });
    expect(round.json<{ comment: string }>().comment).toBe(script);
    for (const answer of [round, await senior.get("/api/rounds"), await admin.get("/api/audit")]) {
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    }
  });
});

describe("script in names of files and in a study's tables", () => {
  it("never becomes the name of a case, and comes back as JSON alone", async () => {
    const script = "<img src=x onerror=alert(1)>";
    const dir = await makeStudy(["01"]);
    await cp(join(dir, "sub-01"), join(dir, `sub-${script}`), { recursive: true });
    await writeImage(join(dir, "sub-01", "anat", `sub-01_run-${script}_T1w.nii.gz`), 3);
    await writeFile(
      join(dir, "participants.tsv"),
      `participant_id\tsex\nsub-01\t${script}\nsub-${script}\tM\n`,
    );
    const { anna, admin } = await staffedRoom(dir);
    for (const answer of [
      await anna.get("/api/cases"),
      await anna.get("/api/study"),
      await admin.get("/api/audit"),
    ]) {
      expect(answer.statusCode).toBe(200);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    }
    const { cases } = (await anna.get("/api/cases")).json<{ cases: { case: string }[] }>();
    expect(cases.map((one) => one.case)).toEqual(["sub-01"]);
  });
});

describe("faults of the server's own", () => {
  it("tell a client no path", async () => {
    const { anna, room, dir, faults } = await staffedRoom();
    room.images.payload = () => Promise.reject(Object.assign(new Error(`EIO ${dir}`), { code: "EIO" }));
    const answer = await anna.get("/api/cases/sub-01/images/T1w/meta");
    expect(outcome(answer)).toBe("500 INTERNAL");
    expect(answer.body).not.toContain(dir);
    expect(faults.join()).toContain(dir);
  });
});
