/** Split files: Marrow's splits.json and nnU-Net's splits_final.json, with ids understood and rules enforced. */
import { z } from "zod";
import { MarrowError } from "../base/errors.js";
import { parseWith, readText, writeText } from "./files.js";
import { splitsSchema, type Case, type Splits } from "./types.js";

type Named = Pick<Case, "id" | "subject" | "sourceId">;

const nnunetSchema = z.array(z.object({ train: z.array(z.string()), val: z.array(z.string()) })).min(1);

/**
 * Reads either format; cases may be named by their id, their original name or, where a patient has one case, the patient.
 * Throws SPLITS_INVALID, SPLITS_UNKNOWN_CASE (with all unknown names), SPLITS_LEAK.
 */
export async function readSplits(file: string, cases: readonly Named[]): Promise<Splits> {
  const splits = parseSplits(await readText(file), file);
  const known = nameTable(cases);
  const unknown = [...new Set(idsOf(splits))].filter((id) => !known.has(id));
  if (unknown.length)
    throw new MarrowError("SPLITS_UNKNOWN_CASE", {
      file,
      expected: `ids such as ${cases[0]?.id ?? "sub-01"}`,
      found: unknown.join(", "),
    });
  const named = mapIds(splits, (id) => known.get(id));
  checkSplits(named, cases, file);
  return named;
}

/** Either format as Splits; ids as the file has them. Throws SPLITS_INVALID. */
export function parseSplits(text: string, file: string): Splits {
  const value = jsonOf(text, file);
  if (!Array.isArray(value)) return parseWith(splitsSchema, value, "SPLITS_INVALID", file);
  const folds = parseWith(nnunetSchema, value, "SPLITS_INVALID", file);
  return { folds: folds.map(({ train, val }) => ({ train, validation: val })), test: [], external: [] };
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new MarrowError("SPLITS_INVALID", { file, expected: "JSON", found: (error as Error).message });
  }
}

/** Every name by which a case may be called; a name that two cases share means neither. */
export function nameTable(cases: readonly Named[]): Map<string, string> {
  const table = new Map<string, string>();
  for (const key of ["subject", "sourceId", "id"] as const) {
    const names = cases.map((c) => c[key]);
    cases.forEach(({ id }, n) => {
      const name = names[n];
      if (name !== undefined && (key === "id" || names.indexOf(name) === names.lastIndexOf(name)))
        table.set(name, id);
    });
  }
  return table;
}

function idsOf({ folds, test, external }: Splits): string[] {
  return [...folds.flatMap(({ train, validation }) => [...train, ...validation]), ...test, ...external];
}

/** The same splits with other ids; those for which there is none are left out. */
export function mapIds(splits: Splits, nameOf: (id: string) => string | undefined): Splits {
  const map = (ids: readonly string[]) => ids.map(nameOf).filter((id) => id !== undefined);
  return {
    ...splits,
    folds: splits.folds.map(({ train, validation }) => ({ train: map(train), validation: map(validation) })),
    test: map(splits.test),
    external: map(splits.external),
  };
}

/**
 * No patient may be on two of the sides training, validation, test and external of one fold, no case twice on one side.
 * Throws SPLITS_LEAK, which lists the patients.
 */
export function checkSplits(splits: Splits, cases: readonly Named[], file = "splits.json"): void {
  const subjectOf = new Map(cases.map(({ id, subject }) => [id, subject]));
  const { test, external } = splits;
  const folds = splits.folds.length > 0 ? splits.folds : [{ train: [], validation: [] }];
  folds.forEach((fold, n) => {
    const sides = Object.entries({ ...fold, test, external });
    const sideOf = new Map<string, string>();
    const leaks = new Set<string>();
    for (const [side, ids] of sides)
      for (const id of ids) {
        const subject = subjectOf.get(id) ?? id;
        const other = sideOf.get(subject);
        if (other !== undefined && other !== side) leaks.add(`${subject} (${other} and ${side})`);
        sideOf.set(subject, side);
      }
    const where = {
      file,
      expected: "each patient on one side",
      found: `fold ${n}: ${[...leaks].join(", ")}`,
    };
    if (leaks.size) throw new MarrowError("SPLITS_LEAK", where);
    refuseRepeats(sides, n, file);
  });
}

function refuseRepeats(
  sides: readonly (readonly [string, readonly string[]])[],
  fold: number,
  file: string,
): void {
  for (const [side, ids] of sides) {
    const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
    const found = `fold ${fold}, ${side}: ${twice.join(", ")}`;
    if (twice.length)
      throw new MarrowError("SPLITS_INVALID", { file, expected: "each case once a side", found });
  }
}

export async function writeSplits(file: string, splits: Splits): Promise<void> {
  await writeText(file, JSON.stringify(splits, null, 1) + "\n");
}

/** nnU-Net's splits_final.json; test and external cases have no place in it. */
export function formatNnunetSplits(splits: Splits, nameOf: (id: string) => string): string {
  const folds = splits.folds.map(({ train, validation }) => ({
    train: train.map(nameOf),
    val: validation.map(nameOf),
  }));
  return JSON.stringify(folds, null, 1) + "\n";
}
