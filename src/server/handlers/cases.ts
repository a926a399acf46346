/** Study, work list, images, masks. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import {
  mayUse,
  versionHeader,
  type CaseEntry,
  type caseRoutes,
  type User,
} from "../../reading/contract/index.js";
import { readingPlaces } from "../../reading/places.js";
import { masksOf, modelNames, parseSource } from "../../reading/sources.js";
import { writeBytes, readBytes } from "../files.js";
import { labelsOf } from "../label-colours.js";
import type { Room } from "../room.js";
import { thumbnail } from "../thumbnail.js";
import type { Handlers } from "./types.js";
import { maskFor, maySee } from "./visibility.js";

export const caseHandlers: Handlers<keyof typeof caseRoutes> = {
  study: async ({ room, user }) => {
    const { config, task } = await room.desk.study();
    const open = room.accounts.all().filter(({ active }) => active);
    return {
      name: room.desk.name,
      task: { name: task.name, title: task.title },
      labels: labelsOf(config.labels),
      channels: config.channels,
      readers: open.filter(({ name }) => mayUse(user.role, "senior") || name === user.name),
      reference: config.reader,
      runs: await modelNames(room.desk.dir, "run"),
      segmentations: await modelNames(room.desk.dir, "segmentation"),
    };
  },
  cases: async ({ room, user }) => {
    const { cases } = await room.desk.study();
    const hidden = room.readerStudies.hiddenFrom(user.name);
    const shown = cases.filter(({ id }) => !hidden.has(id));
    return { cases: await Promise.all(shown.map(({ id }) => caseEntry(room, user, id))) };
  },
  changeCase: async ({ room, user, params, body, address }) => {
    await room.desk.caseOf(params.case);
    for (const name of body.assigned ?? [])
      if (!room.accounts.find(name)) throw new MarrowError("ACCOUNT_UNKNOWN", { found: name });
    if (body.assigned) room.progress.assign(params.case, body.assigned);
    if (body.reopen) room.progress.reopen(params.case);
    room.audit.note({ user: user.name, address, action: "change-case", subject: params.case, details: body });
    room.events.tell("case", { case: params.case });
    return caseEntry(room, user, params.case);
  },
  imageMeta: async ({ room, params }) => (await room.images.payload(params.case, params.channel)).meta,
  imageVoxels: async ({ room, params }) => {
    const { bytes, etag } = await room.images.payload(params.case, params.channel);
    return { bytes, headers: { etag } };
  },
  thumbnail: async ({ room, params }) => {
    const file = await room.images.file(params.case, params.channel);
    const { mtimeMs, size } = await stat(file);
    const kept = join(room.desk.dir, readingPlaces.thumbnails, `${params.case}_${params.channel}.png`);
    const made = await stat(kept).catch(() => undefined);
    const etag = `"${size.toString(36)}-${mtimeMs.toString(36)}"`;
    if (made && made.mtimeMs > mtimeMs) return { bytes: await readBytes(kept), headers: { etag } };
    const bytes = await thumbnail(file);
    await writeBytes(kept, bytes);
    return { bytes, headers: { etag } };
  },
  masks: async ({ room, user, params }) => {
    const masks = await masksOf(await room.desk.where(params.case), user.name);
    return { masks: masks.filter(({ source }) => maySee(room, user, params.case, parseSource(source))) };
  },
  maskVoxels: async ({ room, user, params }) => {
    const { mask, version } = await maskFor(room, user, params.case, params.source);
    const etag = `"${createHash("sha256").update(mask.data).digest("base64url").slice(0, 27)}-${version}"`;
    return { bytes: mask.data, headers: { etag, [versionHeader]: String(version) } };
  },
};

/** A case as an account sees it: readers see their own progress alone. */
export async function caseEntry(room: Room, user: User, id: string): Promise<CaseEntry> {
  const { config } = await room.desk.study();
  const { subject } = await room.desk.caseOf(id);
  const senior = mayUse(user.role, "senior");
  const hasMask = (await masksOf(await room.desk.where(id), user.name)).length > 0;
  const own = (name: string) => senior || name === user.name;
  return {
    case: id,
    subject,
    state: room.progress.caseState(id, hasMask),
    channels: config.channels,
    assigned: room.progress.assigned(id).filter(own),
    progress: room.progress.of(id).filter(({ reader }) => own(reader)),
    open: room.drawing.present(id),
    thumbnails: Object.fromEntries(
      config.channels.map((channel) => [channel, `/api/cases/${id}/thumbnails/${channel}.png`]),
    ),
    uncertainty: await room.uncertainties.of(id, await room.uncertainties.segmentations()),
  };
}
