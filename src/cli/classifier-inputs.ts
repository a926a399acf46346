/** Which cases `marrow classify` and `marrow explain` are given: files, or cases of a study. */
import { basename } from "node:path";
import type { Command } from "commander";
import { MarrowError } from "../base/errors.js";
import { masksIn, maskId } from "../report/mask-files.js";
import { casesWithRoi, readRows } from "../study/classification.js";
import { readText } from "../study/files.js";
import { openStudy } from "../study/study.js";
import { parseTsv, type Row } from "../study/tsv.js";
import { parseNames } from "./options.js";

export interface CaseOptions {
  readonly mask?: string[];
  readonly participants?: string;
  readonly study?: string;
  readonly cases?: string[];
  readonly roi?: string;
}

/** Adds the options that choose cases. */
export const addCaseOptions = (command: Command): Command =>
  command
    .option(
      "--mask <paths...>",
      "masks of a classifier's ROI map, in the order of the images, or one folder of them",
    )
    .option("--participants <tsv>", "table with clinical variables, one row a patient")
    .option("--study <dir>", "take cases from a study instead")
    .option(
      "--cases <ids>",
      "`test`, `external`, or case ids of the study, separated by commas (default: all)",
      parseNames,
    )
    .option(
      "--roi <name>",
      "run or reader of the study whose masks make the ROI map (default: the study's reader)",
    );

/** One case; a mask that is not there is a matter of the case, so that the others are still done. */
export interface CaseJob {
  readonly id: string;
  readonly images: readonly string[];
  readonly mask: string | undefined;
  readonly clinical: Row;
}

/** Throws BAD_ARGUMENT without a case, and what reading tables and folders throws. */
export async function caseJobs(images: readonly string[], options: CaseOptions): Promise<CaseJob[]> {
  const jobs =
    options.study === undefined ? await fileJobs(images, options) : await studyJobs(options.study, options);
  if (jobs.length === 0)
    throw new MarrowError("BAD_ARGUMENT", { expected: "at least one image, or --study" });
  return jobs;
}

/** Masks go with images in their order, or, from a folder, by case id. */
async function fileJobs(
  images: readonly string[],
  { mask = [], participants }: CaseOptions,
): Promise<CaseJob[]> {
  const masks = mask.length === 1 && images.length !== 1 ? await masksIn(mask[0]) : undefined;
  if (!masks && mask.length > 0 && mask.length !== images.length)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: `one folder of masks, or a mask for each of the ${images.length} images`,
      found: `${mask.length}`,
    });
  const rows = participants === undefined ? [] : parseTsv(await readText(participants), participants).rows;
  return images.map((argument, n) => {
    const files = argument.split(",");
    const id = maskId(files[0] ?? "");
    const own = masks ? masks.find((one) => one.id === id)?.file : mask[n];
    return { id, images: files, mask: own, clinical: rowOf(rows, files[0] ?? "") };
  });
}

/** The row of the patient whose `sub-…` begins the image's name. */
function rowOf(rows: readonly Row[], image: string): Row {
  const subject = /^sub-[A-Za-z0-9]+/.exec(basename(image))?.[0];
  return rows.find((row) => row["participant_id"] === subject) ?? {};
}

async function studyJobs(dir: string, { cases: ids, roi }: CaseOptions): Promise<CaseJob[]> {
  const study = await openStudy(dir, { ignorePlan: true });
  const cases = roi === undefined ? study.cases : await casesWithRoi(study, roi);
  const sets: Readonly<Record<string, readonly string[]>> = {
    test: study.splits?.test ?? [],
    external: study.splits?.external ?? [],
  };
  const wanted = ids?.flatMap((id) => sets[id] ?? [id]) ?? cases.map(({ id }) => id);
  const unknown = wanted.filter((id) => !cases.some((one) => one.id === id));
  if (unknown.length > 0)
    throw new MarrowError("BAD_ARGUMENT", { expected: "cases of the study", found: unknown.join(", ") });
  const rows = await readRows(study.dir, wanted);
  return cases
    .filter(({ id }) => wanted.includes(id))
    .map(({ id, images, mask }) => ({ id, images, mask, clinical: rows.get(id) ?? {} }));
}
