import { join } from "node:path";
import { Command } from "commander";
import { printPdf } from "../../report/study/pdf.js";
import { writePatientReport } from "../../report/patient/patient-report.js";
import { writeStudyReport } from "../../report/study/study-report.js";
import { ProgressBar } from "../progress-bar.js";
import { version } from "../version.js";

interface Options {
  patient?: string;
  clinical?: string;
  run?: string;
  bones?: string;
  out?: string;
  pdf?: boolean;
}

/** `marrow report STUDY`, or `marrow report STUDY --patient sub-001` */
export function reportCommand(): Command {
  return new Command("report")
    .description("the papers' tables and figures of a study, or a page about one patient, as HTML")
    .argument("<study>", "study folder")
    .option("--patient <id>", "one page about this patient instead, e.g. sub-001")
    .option("--clinical <file>", "CSV or TSV of clinical data, joined to the study by pseudonym")
    .option("--run <name>", "patient: show this run's masks (default: the best network's, else the reader's)")
    .option("--bones <reader>", "patient: bone masks for volumes by site, a reader's name or a folder")
    .option("--out <dir>", "where the report goes (default: derivatives/marrow/report of the study)")
    .option("--pdf", "print to PDF too, with Chromium, Chrome or Edge")
    .action(run);
}

async function run(folder: string, options: Options): Promise<void> {
  const out = options.out ?? join(folder, "derivatives", "marrow", "report");
  const page =
    options.patient === undefined
      ? await study(folder, out, options)
      : await patient(folder, out, options.patient, options);
  console.log(`Written: ${page}`);
  if (options.pdf) {
    const pdf = page.replace(/\.html$/, ".pdf");
    await printPdf(page, pdf);
    console.log(`Written: ${pdf}`);
  }
  console.log("Research use only.");
}

async function study(folder: string, out: string, { clinical }: Options): Promise<string> {
  const bar = new ProgressBar();
  const { page, missing, blocks } = await writeStudyReport(folder, out, {
    clinical,
    version: version(),
    onSection: (title, done, total) => bar.show(title, done / total, `${done}/${total}`),
  });
  bar.clear();
  const count = (kind: string) => blocks.filter((block) => block.kind === kind).length;
  console.log(`${count("table")} tables, ${count("figure")} figures, ${missing.length} parts missing`);
  for (const { what, command } of missing) console.log(`  missing: ${what}\n  next:    ${command}`);
  return page;
}

async function patient(
  folder: string,
  out: string,
  id: string,
  { run: name, bones }: Options,
): Promise<string> {
  return writePatientReport(folder, id, join(out, "patients"), { run: name, bones, version: version() });
}
