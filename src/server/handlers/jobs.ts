/** Jobs and events. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import {
  isForReaders,
  mayUse,
  type Job,
  type JobRequest,
  type jobRoutes,
  type User,
} from "../../reading/contract/index.js";
import { runsFolder } from "../../reading/places.js";
import type { Room } from "../room.js";
import type { Handlers } from "./types.js";

/** A comment every so often keeps proxies from closing the connection. */
const heartbeatMs = 20_000;

export const jobHandlers: Handlers<keyof typeof jobRoutes> = {
  jobs: ({ room, user }) => ({
    jobs: room.jobs.list().filter((job) => mayUse(user.role, "senior") || isForReaders(job)),
  }),
  createJob: async ({ room, user, body, address }) => {
    await refuseImpossible(room, body, user);
    const job = await room.jobs.add(body, user.name);
    room.audit.note({ user: user.name, address, action: "create-job", subject: job.id, details: body });
    return job;
  },
  cancelJob: ({ room, user, params, address }) => {
    const job = room.jobs.cancel(params.id);
    room.audit.note({ user: user.name, address, action: "cancel-job", subject: job.id });
    return job;
  },
  events: ({ room, user, reply }) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    raw.write(": listening\n\n");
    const stop = room.events.listen(user, (text) => raw.write(text));
    const heartbeat = setInterval(() => raw.write(":\n\n"), heartbeatMs);
    heartbeat.unref();
    raw.on("close", () => {
      clearInterval(heartbeat);
      stop();
    });
    return undefined;
  },
};

/** What can be seen to be wrong before the job is queued. */
async function refuseImpossible(room: Room, request: JobRequest, user: User): Promise<void> {
  const { desk } = room;
  if (request.kind === "import") return refuseImport(room, request.upload, user);
  if ("cases" in request) for (const id of request.cases ?? []) await desk.caseOf(id);
  if (request.kind === "report" || request.kind === "quantify") await room.masks.foldAll(() => undefined);
  const run = request.kind === "train" ? request.fineTune : "run" in request ? request.run : undefined;
  if (run !== undefined && !existsSync(join(runsFolder(desk.dir), run)))
    throw new MarrowError("REQUEST_INVALID", { expected: "a run of the study", found: run });
}

async function refuseImport({ imports, queue, jobs }: Room, upload: string, user: User): Promise<void> {
  await imports.incoming.about(upload, user.name);
  if (imports.stateOf(upload) !== undefined)
    throw new MarrowError("CASE_STATE", { found: "this import was started before" });
  // Several workers would number patients at the same time; without them jobs run one after the other anyway.
  const isOpen = ({ request, state }: Job) =>
    request.kind === "import" && (state === "waiting" || state === "running");
  if (queue !== undefined && jobs.list().some(isOpen)) throw new MarrowError("IMPORT_BUSY");
}
