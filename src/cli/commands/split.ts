import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { MarrowError } from "../../base/errors.js";
import { renderTable } from "../../report/table.js";
import { readRows } from "../../study/classification.js";
import { exists } from "../../study/files.js";
import { fingerprintOf } from "../../study/fingerprint.js";
import { places } from "../../study/names.js";
import { readSplits, writeSplits } from "../../study/splits-file.js";
import { makeSplits, type SplitCase, splitCases } from "../../study/splits.js";
import { openStudy } from "../../study/study.js";
import type { Splits, Study } from "../../study/types.js";
import { countLine } from "../count-line.js";

interface Options {
  folds?: number;
  seed: number;
  test?: number;
  validation?: number;
  externalSite?: string;
  stratify?: string;
  from?: string;
  force?: boolean;
}

/** `marrow split STUDY [--folds K] [--test SHARE] [--external-site NAME]`, or `marrow split STUDY --from FILE` */
export function splitCommand(): Command {
  return new Command("split")
    .description(
      "divide the patients into folds, test and external test; patients stay together, strata are balanced",
    )
    .argument("<study>", "study folder")
    .option(
      "--folds <k>",
      "folds; 1 makes one division into training and validation (default: the task's)",
      number,
    )
    .option("--seed <n>", "the same seed makes the same splits", number, 1)
    .option("--test <share>", "share of the patients kept for the test, e.g. 0.2", number)
    .option("--validation <share>", "share that validates, with --folds 1", number)
    .option("--external-site <name>", "site whose patients are all kept as external test")
    .option(
      "--stratify <column>",
      "column of participants.tsv whose classes are shared out evenly, e.g. diagnosis",
    )
    .option("--from <file>", "take these splits instead: splits.json or nnU-Net's splits_final.json")
    .option("--force", "replace the splits that are there")
    .action(run);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("Expected a number.");
  return value;
}

async function run(dir: string, options: Options): Promise<void> {
  const study = await openStudy(dir, { ignorePlan: true, ignoreSplits: true });
  const file = join(study.dir, places.splits);
  if (!options.force && (await exists(file)))
    throw new MarrowError("BAD_ARGUMENT", {
      file,
      found: "splits that are already there",
      next: "Add --force to replace them.",
    });
  const splits =
    options.from === undefined
      ? await newSplits(study, options)
      : await readSplits(options.from, study.cases);
  await writeSplits(file, splits);
  console.log(inWords(dir, splits, study));
}

async function newSplits(
  study: Study,
  { folds, seed, test, validation, externalSite, stratify }: Options,
): Promise<Splits> {
  const { fingerprint } = await fingerprintOf(study, { onCase: countLine("cases") });
  const cases = await inClasses(study, splitCases(study.cases, fingerprint), stratify);
  return makeSplits(cases, {
    folds: folds ?? (validation === undefined ? study.task.folds : 1),
    seed,
    ...(test !== undefined && { testFraction: test }),
    ...(validation !== undefined && { validationFraction: validation }),
    ...(externalSite !== undefined && { externalSite }),
  });
}

/** Cases with their class by a column of participants.tsv; cases without one take no part. */
async function inClasses(
  study: Study,
  cases: readonly SplitCase[],
  column?: string,
): Promise<readonly SplitCase[]> {
  if (column === undefined) return cases;
  const rows = await readRows(
    study.dir,
    cases.map(({ id }) => id),
  );
  const known = cases.flatMap((one) => {
    const group = rows.get(one.id)?.[column];
    return group === undefined ? [] : [{ ...one, group }];
  });
  if (known.length === 0)
    throw new MarrowError("CLASSIFY_COLUMN", {
      file: join(study.dir, places.participants),
      expected: `a column ${column}`,
    });
  return known;
}

function inWords(dir: string, splits: Splits, { cases }: Study): string {
  const { folds, test, external } = splits;
  const used = new Set([
    ...folds.flatMap(({ train, validation }) => [...train, ...validation]),
    ...test,
    ...external,
  ]);
  const table = renderTable(
    {
      title: `Splits: ${splits.origin ?? "from a file"}`,
      columns: [{ title: "fold" }, { title: "train", digits: 0 }, { title: "validation", digits: 0 }],
      rows: folds.map(({ train, validation }, n) => [`${n}`, train.length, validation.length]),
      notes: [
        `Test: ${test.length} cases; external test: ${external.length}.`,
        `${cases.length - used.size} of ${cases.length} cases are in no split.`,
      ],
    },
    "terminal",
  );
  return `${table}Written: ${join(dir, places.splits)}\nNext:    marrow plan ${dir}`;
}
