/** Takes over the splits that a source comes with. */
import { join } from "node:path";
import { asMarrowError } from "../../base/errors.js";
import { exists, readText } from "../files.js";
import { finding, findingOf } from "../findings.js";
import { caseId, places } from "../names.js";
import { checkSplits, mapIds, parseSplits, writeSplits } from "../splits-file.js";
import type { Finding, Splits } from "../types.js";
import type { AssignedCase } from "./assign.js";

/** The source's splits in the study's names. A splits.json that was not imported is kept; unknown cases are dropped and told. */
export async function takeSplits(
  root: string,
  splits: Splits,
  cases: readonly AssignedCase[],
  title: string,
  findings: Finding[],
): Promise<void> {
  const file = join(root, places.splits);
  if ((await exists(file)) && !parseSplits(await readText(file), file).origin?.startsWith(imported)) return;
  const names = new Map(cases.map(({ id, entity }) => [id, caseId(entity)]));
  const all = [...splits.folds.flatMap(({ train, validation }) => [...train, ...validation]), ...splits.test];
  const missing = [...new Set([...all, ...splits.external])].filter((id) => !names.has(id));
  if (missing.length)
    findings.push(
      finding("IMPORT_SPLITS", {
        expected: "cases that were imported",
        found: `without ${missing.join(", ")}`,
      }),
    );
  const mapped = { ...mapIds(splits, (id) => names.get(id)), origin: `${imported} ${title}` };
  try {
    checkSplits(
      mapped,
      cases.map(({ entity }) => ({ id: caseId(entity), subject: `sub-${entity.subject}` })),
    );
    await writeSplits(file, mapped);
  } catch (error) {
    findings.push(findingOf("IMPORT_SPLITS", asMarrowError(error, file)));
  }
}
const imported = "taken over from";
