import { join } from "node:path";
import { Command } from "commander";
import { compareMasks } from "../../report/compare/compare.js";
import { writeComparison } from "../../report/compare/compare-files.js";
import { comparisonTables } from "../../report/compare/compare-tables.js";
import { maskSource } from "../../report/compare/mask-source.js";
import { renderTable } from "../../report/table.js";
import { labelName, places } from "../../study/names.js";
import { openStudy } from "../../study/study.js";

/** `marrow compare STUDY FIRST SECOND` */
export function compareCommand(): Command {
  return new Command("compare")
    .description(
      "compare two runs, two readers, or a reader and a run of a study: with the reference and with each other",
    )
    .argument("<study>", "study folder")
    .argument("<first>", "a run, a reader, or a folder of masks")
    .argument("<second>", "another")
    .option(
      "--out <dir>",
      "where tables and figure go (default: derivatives/marrow/comparisons of the study)",
    )
    .action(run);
}

async function run(dir: string, first: string, second: string, options: { out?: string }): Promise<void> {
  const study = await openStudy(dir, { ignorePlan: true, ignoreSplits: true });
  const [a, b] = [await maskSource(study, first), await maskSource(study, second)];
  const found = await compareMasks(study, a, b);
  for (const table of comparisonTables(found)) console.log(renderTable(table, "terminal"));
  const folder = [first, second].map(labelName).join("-and-");
  const out = options.out ?? join(dir, places.comparisons, folder);
  const files = await writeComparison(out, found);
  const cases = new Set(found.cases.map(({ id }) => id)).size;
  console.log(`${cases} cases that both have. Research use only.`);
  console.log(`Written: ${files.join(", ")}`);
}
