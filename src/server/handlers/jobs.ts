/** Jobs and events. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import type { JobRequest, jobRoutes } from "../../reading/contract/index.js";
import { runsFolder } from "../../reading/places.js";
import type { Room } from "../room.js";
import type { Handlers } from "./types.js";

/** A comment every so often keeps proxies from closing the connection. */
const heartbeatMs = 20_000;

export const jobHandlers: Handlers<keyof typeof jobRoutes> = {
  jobs: ({ room }) => ({ jobs: room.jobs.queue.list() }),
  createJob: async ({ room, user, body, address }) => {
    await refuseImpossible(room, body);
    const job = room.jobs.add(body, user.name);
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
async function refuseImpossible({ desk }: Room, request: JobRequest): Promise<void> {
  if (request.kind === "segment") for (const id of request.cases ?? []) await desk.caseOf(id);
  const run = request.kind === "segment" ? request.run : request.fineTune;
  if (run !== undefined && !existsSync(join(runsFolder(desk.dir), run)))
    throw new MarrowError("REQUEST_INVALID", { expected: "a run of the study", found: run });
}
