import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { printPdf } from "../../report/study/pdf.js";
import { writePatientReport } from "../../report/patient/patient-report.js";
import { writeStudyReport } from "../../report/study/study-report.js";
import { places } from "../../study/names.js";
import { parseNumber } from "../options.js";
import { ProgressBar } from "../progress-bar.js";
import { ProgressRecord } from "../record-file.js";
import { version } from "../version.js";

interface Options {
  patient?: string;
  clinical?: string;
  run?: string;
  bones?: string;
  sdc?: number;
  out?: string;
  pdf?: boolean;
  progress?: string;
}

/** `marrow report STUDY`, or `marrow report STUDY --patient sub-001`, which is `marrow report STUDY/sub-001` too */
export function reportCommand(): Command {
  return new Command("report")
    .description("the papers' tables and figures of a study, or a page about one patient, as HTML")
    .argument("<study>", "study folder, or the folder of a patient in it")
    .option("--patient <id>", "one page about this patient instead, e.g. sub-001")
    .option("--clinical <file>", "CSV, TSV or XLSX of clinical data, joined to the study by pseudonym")
    .option("--run <name>", "patient: show this run's masks (default: the best network's, else the reader's)")
    .option("--bones <reader>", "patient: bone masks for volumes by site, a reader's name or a folder")
    .option("--sdc <mm3>", "patient: smallest detectable change of a lesion's volume", parseNumber)
    .option("--out <dir>", "where the report goes (default: derivatives/marrow/report of the study)")
    .option("--pdf", "print to PDF too, with Chromium, Chrome or Edge")
    .option("--progress <file>", "for programs: write how far it is to this file, as JSON")
    .action(run);
}

async function run(named: string, options: Options): Promise<void> {
  const { folder, patient: one = options.patient } = placeOf(named);
  const out = options.out ?? join(folder, "derivatives", "marrow", "report");
  const page =
    one === undefined ? await study(folder, out, options) : await patient(folder, out, one, options);
  console.log(`Written: ${page}`);
  if (options.pdf) {
    const pdf = page.replace(/\.html$/, ".pdf");
    await printPdf(page, pdf);
    console.log(`Written: ${pdf}`);
  }
  console.log("Research use only.");
}

/** `my-study/sub-001` is the patient sub-001 of my-study. */
function placeOf(named: string): { folder: string; patient?: string } {
  const path = resolve(named);
  const isPatient = basename(path).startsWith("sub-") && existsSync(join(dirname(path), places.config));
  return isPatient ? { folder: dirname(path), patient: basename(path) } : { folder: named };
}

async function study(folder: string, out: string, { clinical, progress }: Options): Promise<string> {
  const bar = new ProgressBar();
  const record = new ProgressRecord(progress);
  const { page, missing, blocks } = await writeStudyReport(folder, out, {
    clinical,
    version: version(),
    onSection: (title, done, total) => {
      bar.show(title, done / total, `${done}/${total}`);
      record.show(done / total, `${done} of ${total} parts: ${title}`);
    },
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
  { run: name, bones, sdc }: Options,
): Promise<string> {
  const options = { run: name, bones, smallestDetectable: sdc, version: version() };
  return writePatientReport(folder, id, join(out, "patients"), options);
}
