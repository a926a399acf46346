/** Names that stand in addresses and requests, and what they may be made of. Each becomes part of a path on disk. */
import { z } from "zod";

export const caseName = z.string().regex(/^sub-[A-Za-z0-9]{1,64}(_ses-[A-Za-z0-9]{1,64})?$/);
export const subjectName = z.string().regex(/^sub-[A-Za-z0-9]{1,64}$/);
export const channelName = z.string().regex(/^[A-Za-z0-9]{1,40}$/);
/** An account, and at the same time the reader's folder in derivatives/annotations. */
export const accountName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/);
/** Of a run, a segmentation, a reader study. */
export const plainName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
/**
 * Where a mask comes from: `reader.NAME`, `run.NAME` (predictions of a cross-validation), `segmentation.NAME` (masks that a
 * job of the reading room made), `consensus` (the study's reference), `round.N.NAME` (a reader's mask frozen in a round).
 */
export const sourceName = z
  .string()
  .max(140)
  .regex(
    /^(consensus|(reader|run|segmentation)\.[A-Za-z0-9][A-Za-z0-9_-]*|round\.[1-9]\d{0,3}\.[A-Za-z0-9][A-Za-z0-9_-]*)$/,
  );
/** A file that a report consists of, with one folder at most. */
export const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.(csv|json|md|svg|png)$/);
export const password = z.string().min(10).max(200);
export const identifier = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
/** Free text of a person. It is kept and answered as it is; whoever shows it must not take it for HTML. */
export const remark = z.string().max(2000);
/** ISO 8601, UTC. */
export const moment = z.string();

/** What can be scored by eye (src/reading/scoring/templates.ts). */
export const templateNames = ["himriss", "sparcc-sss", "sparcc-inflammation"] as const;
export const templateName = z.enum(templateNames);
export type TemplateName = z.infer<typeof templateName>;
/** Masks of a reading in a reader study: the reader's, the model's, the reference. */
export const layerName = z.enum(["own", "model", "reference"]);

/** Schema of each `:name` in an address. */
export const addressParts = {
  case: caseName,
  channel: channelName,
  source: sourceName,
  id: identifier,
  name: accountName,
  template: templateName,
  layer: layerName,
  subject: subjectName,
  result: plainName,
  file: fileName,
} as const;
