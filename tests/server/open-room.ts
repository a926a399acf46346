/** A reading room over real files for tests: a study, an application, clients that log in. */
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { afterAll } from "vitest";
import { buildApp } from "../../src/server/app.js";
import { closeRoom, openRoom, type Room, type RoomOptions } from "../../src/server/room.js";
import { csrfHeader, type Role, type Session } from "../../src/reading/contract/index.js";
import { makeStudy } from "../study/make-study.js";

export const goodPassword = "correct horse battery";
export const origin = "http://localhost";

const opened: { app: FastifyInstance; room: Room }[] = [];
afterAll(async () => {
  for (const { app, room } of opened.splice(0)) {
    await app.close();
    await closeRoom(room);
  }
});

export interface TestRoom {
  readonly dir: string;
  readonly room: Room;
  readonly app: FastifyInstance;
  /** What the server wrote about faults of its own. */
  readonly faults: string[];
  readonly client: () => Client;
  readonly close: () => Promise<void>;
}

/** A study of two cases with 6 × 5 × 8 voxels and its application, on loopback. */
export async function testRoom(dir?: string, options: Partial<RoomOptions> = {}): Promise<TestRoom> {
  const folder = dir ?? (await makeStudy(["01", "02"]));
  const faults: string[] = [];
  const room = await openRoom(folder, {
    ...{ version: "test", command: [process.execPath], log: (text: string) => void faults.push(text) },
    ...options,
  });
  const app = await buildApp(room, { loopback: true, page: "/nowhere" });
  opened.push({ app, room });
  const close = async () => {
    opened.splice(
      opened.findIndex((one) => one.room === room),
      1,
    );
    await app.close();
    await closeRoom(room);
  };
  return { dir: folder, room, app, faults, client: () => new Client(app), close };
}

/** A room with an administrator, a senior and two readers, all logged in. */
export async function staffedRoom(dir?: string, options: Partial<RoomOptions> = {}) {
  const test = await testRoom(dir, options);
  const admin = test.client();
  await admin.post("/api/setup", { name: "chief", password: goodPassword });
  const enter = async (name: string, role: Role) => {
    await admin.post("/api/users", { name, password: goodPassword, role });
    const client = test.client();
    await client.post("/api/login", { name, password: goodPassword });
    return client;
  };
  const senior = await enter("sara", "senior");
  const [anna, ben] = [await enter("anna", "reader"), await enter("ben", "reader")];
  return { ...test, admin, senior, anna, ben };
}

/** Keeps the cookie and the CSRF token, as the page does. */
export class Client {
  cookie = "";
  csrf = "";

  constructor(private readonly app: FastifyInstance) {}

  get(url: string, headers: Record<string, string> = {}) {
    return this.send({ method: "GET", url, headers });
  }

  post(url: string, payload: object = {}, headers: Record<string, string> = {}) {
    return this.send({ method: "POST", url, payload, headers });
  }

  patch(url: string, payload: object) {
    return this.send({ method: "PATCH", url, payload });
  }

  async send(options: InjectOptions): Promise<LightMyRequestResponse> {
    const headers = {
      host: "localhost",
      origin,
      cookie: this.cookie,
      [csrfHeader]: this.csrf,
      ...options.headers,
    };
    const response = await this.app.inject({ ...options, headers });
    const set = response.cookies.find(({ name }) => name === "marrow");
    if (set) this.cookie = `marrow=${set.value}`;
    if (set?.value && response.statusCode === 200) this.csrf = response.json<Session>().csrf;
    return response;
  }
}

/** `status CODE` of an answer, or `200`. */
export function outcome(response: LightMyRequestResponse): string {
  const { statusCode } = response;
  return statusCode < 400 ? String(statusCode) : `${statusCode} ${response.json<{ code: string }>().code}`;
}
