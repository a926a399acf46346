/** Scoring by eye, outside reader studies. */
import { MarrowError } from "../../base/errors.js";
import type {
  saveScoreSchema,
  SavedScore,
  scoringRoutes,
  ScoringTemplate,
} from "../../reading/contract/index.js";
import { checkSheet } from "../../reading/scoring/check-sheet.js";
import { writeScores } from "../../reading/scoring/score-files.js";
import type { ScoreKey } from "../../reading/scoring/scores.js";
import { sliceFrame } from "../../reading/scoring/slice-frame.js";
import { suggestScore } from "../../reading/scoring/suggest.js";
import { readNiftiHeader } from "../../volume/nifti.js";
import { sameGrid } from "../../volume/geometry.js";
import type { Mask } from "../../volume/volume.js";
import type { z } from "zod";
import type { Room } from "../room.js";
import type { Handlers } from "./types.js";
import { maskFor } from "./visibility.js";

export const scoringHandlers: Handlers<keyof typeof scoringRoutes> = {
  scoringTemplates: async ({ room }) => ({ templates: [...(await room.templates.all())] }),
  score: async ({ room, user, params }) => {
    await room.desk.caseOf(params.case);
    return room.scores.find({ case: params.case, reader: user.name, template: params.template, reading: "" });
  },
  saveScore: async ({ room, user, params, body, address }) => {
    const key = { case: params.case, reader: user.name, template: params.template, reading: "" };
    const template = await room.templates.of(params.template);
    const saved = await saveSheet(room, key, body);
    if (saved.isDone) await writeScores(room.desk.dir, template, await room.scores.finished(template.name));
    const details = { template: template.name, version: saved.version, isDone: saved.isDone };
    room.audit.note({ user: user.name, address, action: "save-score", subject: params.case, details });
    return saved;
  },
  suggestScore: async ({ room, user, params, body, address }) => {
    const { mask } = await maskFor(room, user, params.case, body.source);
    const details = { template: params.template, source: body.source };
    room.audit.note({ user: user.name, address, action: "suggest-score", subject: params.case, details });
    return suggestion(room, params.case, await room.templates.of(params.template), body.sheet, mask);
  },
  scores: async ({ room }) => ({
    scores: (await room.scores.all()).map(({ case: id, reader, template, isDone, totals }) => ({
      ...{ case: id, reader, template, isDone, totals },
    })),
  }),
};

/** Checks and saves a sheet. Throws SCORE_PLANE, SCORE_SHEET, SCORE_CONFLICT, CASE_CHANNEL, CASE_UNKNOWN. */
export async function saveSheet(
  room: Room,
  key: ScoreKey,
  { sheet, baseVersion, isDone }: z.output<typeof saveScoreSchema>,
): Promise<SavedScore> {
  const { axis, grid, plane } = await frameOf(room, key.case, sheet.channel);
  if (plane !== "coronal") throw new MarrowError("SCORE_PLANE", { found: `${plane} slices` });
  checkSheet({ template: await room.templates.of(key.template), sheet, depth: grid.size[axis] }, isDone);
  return room.scores.save(key, sheet, baseVersion, isDone);
}

/** What a mask suggests on a sheet. Throws SCORE_SHEET, and SCORE_SUGGESTION where mask and image have other grids. */
export async function suggestion(
  room: Room,
  caseId: string,
  template: ScoringTemplate,
  sheet: NonNullable<SavedScore["sheet"]>,
  mask: Mask,
) {
  const { grid, axis } = await frameOf(room, caseId, sheet.channel);
  checkSheet({ template, sheet, depth: grid.size[axis] }, false);
  if (!sameGrid(grid, mask))
    throw new MarrowError("SCORE_SUGGESTION", { found: "mask and image lie on different grids" });
  return suggestScore(template, sheet, mask, (await room.desk.study()).config.labels);
}

async function frameOf(room: Room, caseId: string, channel: string) {
  const { size, affine } = await readNiftiHeader(await room.images.file(caseId, channel));
  return sliceFrame({ size, affine });
}
