/**
 * How long `marrow report` takes on a study with two readers in two arms, six networks, a classifier with heat maps and a clinical
 * table. The study is made once (small phantoms; results drawn at random around the known truth, which is marked on the page),
 * quantified, and then reported.
 *
 *     node bench/report.mjs FOLDER [PATIENTS] [REPEATS]        100 patients, once, unless said otherwise
 *
 * Evaluations of earlier reports are removed first, so that every report reads and compares all masks. Prints wall and processor
 * seconds of each report and the process's largest memory. Build before: npm run build.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../dist/cli/main.js";

const [folder, patients = "100", repeats = "1"] = process.argv.slice(2);
const runs = join(folder, "derivatives", "marrow", "runs");
const clinical = join(folder, "clinical.csv");

async function marrow(...args) {
  const code = await main(args);
  if (code !== 0) process.exit(code);
}

/** The laboratory's values as a table of their own, in another unit. */
function clinicalTable() {
  const [header, ...rows] = readFileSync(join(folder, "participants.tsv"), "utf8").trim().split("\n");
  const names = header.split("\t");
  const of = (row, name) => row.split("\t")[names.indexOf(name)];
  const lines = rows.map((row) => `${of(row, "participant_id")},${of(row, "crp") / 10},${of(row, "esr")}`);
  return ["patient,CRP (mg/dL),ESR (mm/h)", ...lines, ""].join("\n");
}

if (!existsSync(join(folder, "marrow.yaml"))) {
  await marrow("phantom", folder, "--subjects", patients, "--results", "--seed", "7");
  await marrow("quantify", folder, "--run", "attention-unet-2.5d", "--bones", "truth-bones");
}
writeFileSync(clinical, clinicalTable());
for (let n = 0; n < Number(repeats); n++) {
  for (const run of readdirSync(runs))
    for (const set of ["", "external"])
      rmSync(join(runs, run, set, "evaluation"), { recursive: true, force: true });
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await marrow("report", folder, "--clinical", clinical);
  const { user, system } = process.cpuUsage(cpu);
  const [wall, busy] = [(performance.now() - start) / 1000, (user + system) / 1e6];
  const memory = process.resourceUsage().maxRSS / 1e6;
  console.log(
    `report: ${wall.toFixed(1)} s, ${busy.toFixed(1)} s of processor time, ${memory.toFixed(2)} GB at most`,
  );
}
