/** What the test server answers, route by route. */
import { randomBytes } from "node:crypto";
import type { RouteName } from "../../src/reading/contract/index.js";
import type { Volume } from "../../src/volume/volume.js";
import type { ServedCase, ServedMask, ServerState } from "./test-server.js";

export class ServedProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly found = code,
  ) {
    super(code);
  }
}

export interface Asked {
  readonly state: ServerState;
  readonly at: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly user: string;
  readonly query: URLSearchParams;
}

export interface Answer {
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  readonly picture?: { width: number; height: number; data: Uint8Array; channels: 1 };
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection breaks in place of an answer. */
  readonly isLost?: boolean;
}

const now = () => new Date().toISOString();
const token = () => randomBytes(8).toString("hex");

function login({ state }: Asked, name: string): Answer {
  const [id, csrf] = [token(), token()];
  state.sessions.set(id, { name, csrf });
  const user = { name, role: state.users.get(name)?.role ?? "reader" };
  const json = { user, csrf, expires: now() };
  return { json, headers: { "set-cookie": `session=${id}; HttpOnly; SameSite=Strict; Path=/` } };
}

function caseOf({ state, at }: Asked): ServedCase {
  const found = state.cases.find((one) => one.case === at.case);
  if (!found) throw new ServedProblem(404, "CASE_UNKNOWN");
  return found;
}

function imageOf(asked: Asked): Volume {
  return caseOf(asked).images[asked.at.channel];
}

/** A reader's mask; an empty one is made where there is none. */
function readerMask(asked: Asked, reader: string): ServedMask {
  const key = `${asked.at.case} reader.${reader}`;
  const [image] = Object.values(caseOf(asked).images);
  const mask = asked.state.masks.get(key) ?? { data: new Uint8Array(image.data.length), version: 1 };
  asked.state.masks.set(key, mask);
  return mask;
}

function entryOf(state: ServerState, { case: name, images }: ServedCase) {
  const channels = Object.keys(images);
  const progress = [...state.progress]
    .filter(([key]) => key.startsWith(`${name} `))
    .map(([key, value]) => ({ reader: key.split(" ")[1], ...value, changed: now() }));
  const open = [...state.tokens.values()].filter((one) => one.case === name).map(({ user }) => user);
  return {
    case: name,
    subject: name,
    state: progress.length > 0 ? "corrected" : "new",
    channels,
    assigned: state.assigned.get(name) ?? [],
    progress,
    open: [...new Set(open)],
    thumbnails: Object.fromEntries(channels.map((c) => [c, `/api/cases/${name}/thumbnails/${c}.png`])),
    uncertainty: null,
  };
}

function stroke(asked: Asked): Answer {
  const { state, at, user } = asked;
  const { token, baseVersion, sequence, changes } = asked.body as {
    token: string;
    baseVersion: number;
    sequence: number;
    changes: number[];
  };
  if (state.isFailing) throw new ServedProblem(503, "SERVER_BUSY");
  const open = state.tokens.get(token);
  if (!open) throw new ServedProblem(409, "DRAW_TOKEN");
  if (sequence <= open.last) return { json: { version: open.version, sequence } };
  const mask = readerMask(asked, open.reader);
  if (mask.version !== baseVersion) throw new ServedProblem(409, "DRAW_CONFLICT");
  for (let n = 0; n < changes.length; n += 3)
    mask.data.fill(changes[n + 2], changes[n], changes[n] + changes[n + 1]);
  open.last = sequence;
  open.version = ++mask.version;
  state.progress.set(`${at.case} ${open.reader}`, { state: "drawing", comment: "" });
  state.strokes.push({ case: at.case, reader: open.reader, sequence, changes });
  state.tell("stroke", { case: at.case, reader: open.reader, version: mask.version, by: user });
  if (state.lostAnswers > 0) return { isLost: state.lostAnswers-- > 0 };
  return { json: { version: mask.version, sequence } };
}

function thumbnail(asked: Asked): Answer {
  const { data, size } = imageOf(asked);
  const [width, height] = size;
  const start = width * height * Math.floor(size[2] / 2);
  const slice = Array.from(data.subarray(start, start + width * height));
  const top = Math.max(...slice, 1);
  return {
    picture: {
      width,
      height,
      channels: 1,
      data: Uint8Array.from(slice, (x) => (255 * Math.max(0, x)) / top),
    },
  };
}

function setProgress(asked: Asked, reader: string, value: string, comment = ""): Answer {
  asked.state.progress.set(`${asked.at.case} ${reader}`, { state: value, comment });
  return { json: entryOf(asked.state, caseOf(asked)) };
}

export const answers: Partial<Record<RouteName, (asked: Asked) => Answer>> = {
  session: (asked) => {
    const code = asked.state.users.size === 0 ? "SESSION_SETUP" : "SESSION_NONE";
    const own = [...asked.state.sessions.values()].find(({ name }) => name === asked.user);
    if (!own) throw new ServedProblem(401, code);
    const user = { name: own.name, role: asked.state.users.get(own.name)?.role };
    return { json: { user, csrf: own.csrf, expires: now() } };
  },
  setup: (asked) => {
    const { name, password } = asked.body as { name: string; password: string };
    asked.state.users.set(name, { password, role: "administrator" });
    return login(asked, name);
  },
  login: (asked) => {
    const { name, password } = asked.body as { name: string; password: string };
    if (asked.state.users.get(name)?.password !== password) throw new ServedProblem(401, "LOGIN_WRONG");
    return login(asked, name);
  },
  logout: ({ state, user }) => {
    for (const [id, session] of state.sessions) if (session.name === user) state.sessions.delete(id);
    return { json: { done: true } };
  },
  users: ({ state }) => ({
    json: {
      users: [...state.users].map(([name, { role }]) => ({
        name,
        role,
        active: true,
        created: now(),
        lastLogin: null,
      })),
    },
  }),
  createUser: ({ state, body }) => {
    const { name, password, role } = body as { name: string; password: string; role: "reader" };
    state.users.set(name, { password, role });
    return { json: { name, role, active: true, created: now(), lastLogin: null } };
  },
  study: ({ state }) => ({
    json: {
      name: "test-study",
      task: { name: "sij-fat", title: "Fat metaplasia of the sacroiliac joints" },
      labels: state.labels,
      channels: [Object.keys(state.cases[0].images)[0]],
      readers: [...state.users].map(([name, { role }]) => ({ name, role })),
      reference: "consensus",
      runs: ["run-1"],
      segmentations: [],
    },
  }),
  cases: ({ state }) => ({ json: { cases: state.cases.map((one) => entryOf(state, one)) } }),
  changeCase: (asked) => {
    const { assigned } = asked.body as { assigned?: string[] };
    if (assigned) asked.state.assigned.set(asked.at.case, assigned);
    return { json: entryOf(asked.state, caseOf(asked)) };
  },
  imageMeta: (asked) => {
    const { size, affine, data } = imageOf(asked);
    let maximum = 0;
    for (const x of data) maximum = Math.max(maximum, x);
    const window = { centre: maximum / 2, width: maximum };
    return { json: { size, affine, window, dtype: "float32", minimum: 0, maximum } };
  },
  imageVoxels: (asked) => ({ bytes: new Uint8Array(imageOf(asked).data.buffer) }),
  thumbnail,
  masks: ({ state, at, user }) => ({
    json: {
      masks: [...state.masks.keys()]
        .filter((key) => key.startsWith(`${at.case} `))
        .map((key) => key.split(" ")[1])
        .map((source) => ({
          source,
          kind: source.split(".")[0],
          title: source.split(".")[1] ?? source,
          mine: source === `reader.${user}`,
        })),
    },
  }),
  maskVoxels: ({ state, at }) => {
    const mask = state.masks.get(`${at.case} ${at.source}`);
    if (!mask) throw new ServedProblem(404, "MASK_UNKNOWN");
    return { bytes: mask.data, headers: { "x-marrow-version": String(mask.version) } };
  },
  open: (asked) => {
    const { state, at, user } = asked;
    const { reader = user, from } = asked.body as { reader?: string; from?: string };
    const source = from === undefined ? undefined : state.masks.get(`${at.case} ${from}`);
    if (source && !state.masks.has(`${at.case} reader.${reader}`))
      state.masks.set(`${at.case} reader.${reader}`, { data: source.data.slice(), version: 1 });
    const { version } = readerMask(asked, reader);
    const others = [...state.tokens.values()]
      .filter((one) => one.case === at.case && one.user !== user)
      .map((one) => ({ user: one.user, reader: one.reader, sameMask: one.reader === reader, since: now() }));
    const id = token();
    state.tokens.set(id, { case: at.case, reader, user, last: 0, version });
    return { json: { token: id, reader, version, others } };
  },
  stroke,
  close: ({ state, body }) => {
    state.tokens.delete((body as { token: string }).token);
    return { json: { done: true } };
  },
  submit: (asked) => setProgress(asked, asked.user, "submitted"),
  review: (asked) => {
    const { reader, verdict, comment } = asked.body as { reader: string; verdict: string; comment: string };
    return setProgress(asked, reader, verdict === "accept" ? "accepted" : "returned", comment);
  },
  rounds: ({ state }) => ({ json: { rounds: state.rounds } }),
  freezeRound: ({ state, body, user }) => {
    const number = state.rounds.length + 1;
    const meanDice = { [state.labels[0].name]: number === 1 ? null : 1 - 0.5 ** number };
    const { comment } = body as { comment: string };
    const round = { number, made: now(), by: user, comment, masks: [], meanDice };
    state.rounds.push(round);
    return { json: round };
  },
  jobs: ({ state }) => ({ json: { jobs: state.jobs } }),
  createJob: ({ state, body, user }) => {
    const times = { created: now(), started: null, ended: null };
    const id = `job${state.jobs.length + 1}`;
    const job = {
      id,
      request: body,
      state: "waiting",
      progress: 0,
      doing: "",
      attempts: 0,
      by: user,
      ...times,
    };
    state.jobs.push({ ...job, error: null });
    return { json: { ...job, error: null } };
  },
  cancelJob: ({ state, at }) => {
    const job = state.jobs.find(({ id }) => id === at.id);
    if (!job) throw new ServedProblem(404, "JOB_UNKNOWN");
    job.state = "cancelled";
    return { json: job };
  },
};
