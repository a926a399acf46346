import { existsSync } from "node:fs";
import { join } from "node:path";
import { places } from "../../study/names.js";
import { Command } from "commander";
import { renderTable } from "../../report/table.js";
import { checkStudy, type CheckReport } from "../../study/check.js";
import { describeFinding } from "../../study/findings.js";
import { openStudy } from "../../study/study.js";
import { countLine } from "../count-line.js";

/** `marrow check STUDY [--json]` */
export function checkCommand(): Command {
  return new Command("check")
    .description("read every file of a study, find what does not fit together and say what to do")
    .argument("<study>", "study folder")
    .option("--json", "print findings as JSON")
    .action(run);
}

async function run(dir: string, { json = false }: { json?: boolean }): Promise<void> {
  const study = await openStudy(dir, { ignorePlan: true, ignoreSplits: true, allowEmpty: true });
  const report = await checkStudy(study, { onCase: countLine("cases") });
  const { checks, findings, cases } = report;
  console.log(json ? JSON.stringify({ study: dir, cases, checks, findings }, null, 1) : inWords(dir, report));
  if (findings.some(({ severity }) => severity === "error")) process.exitCode = 1;
}

function inWords(dir: string, { checks, findings, cases }: CheckReport): string {
  const table = renderTable(
    {
      title: `${dir}: ${cases} cases`,
      columns: [{ title: "check" }, { title: "result" }],
      rows: checks.map(({ what, severity, count }) => [
        what,
        count === 0 ? "ok" : `${count} ${severity}${plural(count, severity)}`,
      ]),
    },
    "terminal",
  );
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const verdict = errors
    ? `${errors} errors: mend them first. Research use only.`
    : "No errors. Research use only.";
  const command = existsSync(join(dir, places.splits)) ? "plan" : "split";
  const next = errors ? `Next: mend the errors, then marrow check ${dir}` : `Next: marrow ${command} ${dir}`;
  return [table, ...findings.map(describeFinding), verdict, next].join("\n");
}

const plural = (count: number, word: string) => (count > 1 && word !== "info" ? "s" : "");
