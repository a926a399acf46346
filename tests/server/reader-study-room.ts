/** A reading room with coronal cases, a model's masks, diagnoses, and clocks that a test sets. */
import { join } from "node:path";
import type {
  MyStudy,
  OpenReading,
  Protocol,
  ReaderStudyEntry,
  ReadingAnswer,
} from "../../src/reading/contract/index.js";
import { writeText } from "../../src/study/files.js";
import { makeStudy, writeMask } from "../study/make-study.js";
import type { Role } from "../../src/reading/contract/index.js";
import { outcome, testRoom, type Client } from "./open-room.js";

/** i to the patient's left, j down, slices 4 mm to the back. */
export const coronal = { affine: [1, 0, 0, 0, 0, 0, 4, 0, 0, -1, 0, 0, 0, 0, 0, 1] };
export const day = 86_400_000;

export const protocolOf = (changes: Partial<Protocol> = {}): Protocol => ({
  ...{
    name: "pilot",
    title: "Pilot study",
    instructions: "Read as usual.",
    cases: [],
    readers: ["anna", "ben"],
  },
  tasks: {
    segmentation: true,
    diagnosis: { question: "Is it axSpA?", column: "diagnosis", positive: "axSpA" },
    scoring: null,
    feedback: false,
  },
  arms: [
    { name: "without", assisted: false },
    { name: "with", assisted: true },
  ],
  ...{ order: "balanced", washOutDays: 28, seed: 3, model: "segmentation.unet", classifier: null },
  ...changes,
});

/** Cases 01, 02 … of which odd ones have axSpA; the model marks voxel n + 1 of case n. */
export async function readerStudyRoom(count: number) {
  const subjects = Array.from({ length: count }, (_, n) => String(n + 1).padStart(2, "0"));
  const dir = await makeStudy(subjects, coronal);
  const rows = subjects.map((name, n) => `sub-${name}\t${n % 2 === 0 ? "axSpA" : "other"}\t${20 + n}\n`);
  await writeText(join(dir, "participants.tsv"), `participant_id\tdiagnosis\tcrp\n${rows.join("")}`);
  for (const [n, name] of subjects.entries()) {
    const values = Array.from({ length: n + 2 }, (_, k) => (k === n + 1 ? 2 : 0));
    await writeMask(
      join(dir, "derivatives/marrow/segmentations/unet", `sub-${name}.nii.gz`),
      values,
      coronal,
    );
  }
  const clock = { wall: Date.parse("2026-03-01T09:00:00Z"), ticks: 0 };
  const test = await testRoom(dir, { now: () => new Date(clock.wall), monotonic: () => clock.ticks });
  const clients = accountsOf(test);
  const cases = subjects.map((name) => `sub-${name}`);
  /** Both clocks go on. */
  const pass = (ms: number) => {
    clock.wall += ms;
    clock.ticks += ms;
    if (ms > 3_600_000) clients.logIn();
  };
  /** The system's clock is set. */
  const setClock = (ms: number) => {
    clock.wall += ms;
    clients.logIn();
  };
  const create = async (changes: Partial<Protocol> = {}) => {
    const answer = await clients.admin.post("/api/reader-studies", protocolOf({ cases, ...changes }));
    if (outcome(answer) !== "200") throw new Error(answer.body);
    return answer.json<ReaderStudyEntry>();
  };
  return { ...test, ...clients, dir, cases, clock, pass, setClock, create };
}

const people = { admin: "chief", senior: "sara", anna: "anna", ben: "ben" } as const;
const roles: Readonly<Record<keyof typeof people, Role>> = {
  ...{ admin: "administrator", senior: "senior", anna: "reader", ben: "reader" },
};

/** Accounts with sessions, made without passwords: hashing them is most of the time of such a test. */
export function accountsOf({ room, client }: Pick<Awaited<ReturnType<typeof testRoom>>, "room" | "client">) {
  const names = Object.keys(people) as (keyof typeof people)[];
  const clients = Object.fromEntries(names.map((name) => [name, client()])) as Record<
    keyof typeof people,
    Client
  >;
  for (const name of names)
    room.desk.store.run(
      "INSERT OR IGNORE INTO users (name, role, password, created) VALUES (?, ?, 'none', '2026-01-01')",
      ...[people[name], roles[name]],
    );
  const logIn = () => {
    for (const name of names) {
      const secret = room.sessions.begin({ name: people[name], role: roles[name] }, undefined);
      Object.assign(clients[name], { cookie: `marrow=${secret}`, csrf: room.sessions.find(secret)?.csrf });
    }
  };
  logIn();
  return { ...clients, logIn };
}

export type ReaderStudyRoom = Awaited<ReturnType<typeof readerStudyRoom>>;

export const next = async (client: Client, study: string) =>
  (await client.post(`/api/my-reader-studies/${study}/next`)).json<OpenReading>();

export const mine = async (client: Client) =>
  (await client.get("/api/my-reader-studies")).json<{ studies: MyStudy[] }>().studies;

/** Reads one case as the page does: shown for some seconds, drawn on, answered. */
export async function readOne(
  { pass }: Pick<ReaderStudyRoom, "pass">,
  client: Client,
  study: string,
  { seconds = 10, changes = [0, 1, 2], decision = true, confidence = 4 } = {},
) {
  const reading = await next(client, study);
  const url = `/api/readings/${reading.id}`;
  await client.post(`${url}/clock`, { event: "show", pageMs: 0 });
  for (let left = seconds; left > 0; left -= 5) {
    pass(Math.min(5, left) * 1000);
    await client.post(`${url}/clock`, { event: "beat", pageMs: (seconds - Math.max(0, left - 5)) * 1000 });
  }
  if (reading.token !== null && changes.length > 0) {
    const stroke = { token: reading.token, baseVersion: reading.version, sequence: 1, changes };
    const drawn = await client.post(`${url}/strokes`, stroke);
    if (outcome(drawn) !== "200") throw new Error(drawn.body);
  }
  const answer: ReadingAnswer = { comment: "", pageMs: seconds * 1000, diagnosis: { decision, confidence } };
  const finished = await client.post(`${url}/finish`, answer);
  if (outcome(finished) !== "200") throw new Error(finished.body);
  return { reading, state: finished.json<MyStudy>() };
}
