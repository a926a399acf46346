/** Submit, review, agree, rounds; measures and export. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MarrowError } from "../../base/errors.js";
import { lookAtConsensus, writeConsensus, type AgreeRequest } from "../../reading/agree.js";
import { mayUse, type reviewRoutes, type User } from "../../reading/contract/index.js";
import { freezeRound, roundsOf } from "../../reading/rounds.js";
import { readNifti, writeNifti } from "../../volume/nifti.js";
import type { Mask } from "../../volume/volume.js";
import { segmentationFile } from "../dicom-export.js";
import type { Room } from "../room.js";
import { caseEntry } from "./cases.js";
import type { Call, Handlers } from "./types.js";
import { maskFor } from "./visibility.js";

export const reviewHandlers: Handlers<keyof typeof reviewRoutes> = {
  submit: async (call) => {
    const { room, user, params, body } = call;
    const key = { case: params.case, reader: user.name };
    await room.desk.caseOf(params.case);
    if (!room.masks.exists(key) && !room.masks.wasOpened(key))
      throw new MarrowError("MASK_NOT_FOUND", { found: `no mask of ${user.name}` });
    room.progress.step(key, "submit", body.comment);
    // Opened, looked at, nothing found: an empty mask is an annotation too.
    if (!room.masks.exists(key)) await room.masks.start(key, (await room.masks.current(key)).mask);
    await room.masks.fold(key);
    return changed(call, "submit", {});
  },
  review: async (call) => {
    const { room, params, body } = call;
    await room.desk.caseOf(params.case);
    room.progress.step({ case: params.case, reader: body.reader }, body.verdict, body.comment);
    return changed(call, body.verdict, { reader: body.reader, comment: body.comment });
  },
  agree: async (call) => {
    const { room, user, params, body } = call;
    const { mask, agreement } = await look(room, { case: params.case, ...body });
    if (body.look) return agreement;
    await writeConsensus(room.desk, params.case, mask, room.clock());
    room.progress.noteAgreement(params.case, body.method, body.readers, user.name);
    await changed(call, "agree", { method: body.method, readers: body.readers });
    return { ...agreement, written: true };
  },
  consensusPreview: async ({ room, params, query }) => {
    const { mask } = await look(room, { case: params.case, ...query });
    return { bytes: mask.data };
  },
  rounds: async ({ room }) => ({ rounds: await roundsOf(room.desk) }),
  freezeRound: async ({ room, user, body, address }) => {
    const round = await freezeRound(room.desk, room.masks, {
      ...{ by: user.name, comment: body.comment, when: room.clock() },
    });
    room.audit.note({ user: user.name, address, action: "freeze-round", subject: String(round.number) });
    return round;
  },
  quantify: async ({ room, user, params, body }) => {
    const { mask } = await maskFor(room, user, params.case, body.source);
    const { config, task } = await room.desk.study();
    const image = await readNifti((await room.desk.caseOf(params.case)).images[0]);
    const examination = { mask, labels: config.labels, image };
    const analyses = body.analyses ?? task.quantification;
    const options = body.slices ? { slices: body.slices } : {};
    const measurements = await room.aside.do("measure", examination, analyses, options);
    return { case: params.case, source: body.source, measurements: [...measurements] };
  },
  export: async ({ room, user, params, query, address }) => {
    const { mask } = await maskFor(room, user, params.case, query.source);
    const [bytes, ending] =
      query.format === "nifti"
        ? [await niftiBytes(mask), "nii.gz"]
        : [await segmentation(room, user, params.case, query.source, mask), "dcm"];
    const details = { source: query.source, format: query.format };
    room.audit.note({ user: user.name, address, action: "export", subject: params.case, details });
    const name = `${params.case}_${query.source}.${ending}`;
    return { bytes, headers: { "content-disposition": `attachment; filename="${name}"` } };
  },
};

const look = (room: Room, request: AgreeRequest) =>
  lookAtConsensus(room.desk, room.masks, request, (...input) => room.aside.do("combine", ...input));

/** Notes a change of a case, tells the pages, and answers with the case. */
async function changed(
  { room, user, params, address }: Pick<Call<"submit">, "room" | "user" | "params" | "address">,
  action: string,
  details: Record<string, unknown>,
) {
  room.audit.note({ user: user.name, address, action, subject: params.case, details });
  room.events.tell("case", { case: params.case });
  return caseEntry(room, user, params.case);
}

/** It names the patient, as the original images do: not for readers. Throws EXPORT_NO_DICOM, SESSION_ROLE. */
async function segmentation(room: Room, user: User, caseId: string, source: string, mask: Mask) {
  if (room.dicom === undefined) throw new MarrowError("EXPORT_NO_DICOM");
  if (!mayUse(user.role, "senior"))
    throw new MarrowError("SESSION_ROLE", { expected: "senior", found: user.role });
  return segmentationFile(room, caseId, source, mask);
}

async function niftiBytes(mask: Mask): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "marrow-export-"));
  try {
    const file = join(folder, `${randomBytes(4).toString("hex")}.nii.gz`);
    await writeNifti(file, mask, { description: "Marrow mask. Research use only." });
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
