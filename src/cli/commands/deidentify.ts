import { Command, Option } from "commander";
import { resolve } from "node:path";
import { MarrowError } from "../../base/errors.js";
import {
  deidentifyTree,
  type NotWritten,
  type TreeReport,
  type TreeSettings,
} from "../../dicom/deidentify/deidentify-tree.js";
import { parseOptions, profileOptions, researchOptions } from "../../dicom/deidentify/options.js";
import { openProjectKey, throwAwayKey, type ProjectKey } from "../../dicom/deidentify/project-key.js";
import { PseudonymMap } from "../../dicom/deidentify/pseudonym-map.js";
import { parseRectangle, type Rectangle } from "../../dicom/deidentify/redact.js";
import type { Opener } from "../../dicom/deidentify/sealed.js";
import { openSource } from "../../dicom/source.js";
import { exists, writeText } from "../../study/files.js";
import { countLine } from "../count-line.js";
import { passphraseName } from "../open-map.js";

interface Options {
  key?: string;
  throwAwayKey?: boolean;
  option?: string[];
  map?: string;
  redact?: Rectangle[];
  allowBurnedIn?: boolean;
  list?: string;
}

const collect =
  <T>(parse: (text: string) => T) =>
  (text: string, before: T[] = []) => [...before, parse(text)];

/** `marrow deidentify IN OUT --key FILE` */
export function deidentifyCommand(): Command {
  return new Command("deidentify")
    .description(
      "remove patients' identities from DICOM files (PS3.15 Annex E), a whole folder or archive at a time",
    )
    .argument("<in>", "folder, zip archive, DICOMDIR or DICOM file")
    .argument("<out>", "folder for the de-identified files and the audit")
    .option("--key <file>", "project key; made if it does not exist. The same key gives the same pseudonyms")
    .option("--throw-away-key", "a key for this run alone: nobody can link or extend the result later")
    .addOption(
      new Option(
        "--option <name>",
        `option of the profile, may be repeated; or none (default: ${researchOptions.join(", ")})`,
      )
        .choices([...Object.keys(profileOptions), "none"])
        .argParser(collect(String)),
    )
    .option("--map <file>", `encrypted list of who is who; needs ${passphraseName}, else the key opens it`)
    .option(
      "--redact <x,y,w,h>",
      "blank this rectangle in every image, may be repeated",
      collect(parseRectangle),
    )
    .option("--allow-burned-in", "do not hold back images that may show burned-in writing")
    .option(
      "--list <file>",
      "write files held back, failed and skipped, with their original paths, to this table",
    )
    .action(run);
}

async function run(source: string, out: string, options: Options): Promise<void> {
  requireOutside(source, out);
  const names: readonly string[] = options.option ?? researchOptions;
  const chosen = parseOptions(names.includes("none") && names.length === 1 ? [] : names);
  const key = await keyOf(options);
  const opener = mapOpener(options, key);
  const map = await openMap(options.map, opener);
  const report = await deidentifySource(source, {
    key,
    options: chosen,
    out,
    allowBurnedIn: options.allowBurnedIn ?? false,
    rectangles: options.redact ?? [],
    ...(map && { map }),
    onFile: countLine("files"),
  });
  if (map && options.map !== undefined) await map.save(options.map, opener);
  if (options.list !== undefined) await writeText(options.list, listOf(report));
  tell(report, source, out, options);
}

async function deidentifySource(path: string, settings: TreeSettings): Promise<TreeReport> {
  const source = await openSource(path);
  try {
    return await deidentifyTree(source, settings);
  } finally {
    await source.close();
  }
}

/** Output inside the input would be read as input the next time. */
function requireOutside(source: string, out: string): void {
  const [from, to] = [resolve(source), resolve(out)];
  if (to === from || to.startsWith(`${from}/`) || to.startsWith(`${from}\\`))
    throw new MarrowError("BAD_ARGUMENT", { expected: "a folder outside of the originals", found: out });
}

async function keyOf({ key, throwAwayKey: thrownAway = false }: Options): Promise<ProjectKey> {
  if ((key !== undefined) === thrownAway)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "either --key FILE or --throw-away-key",
      next: "--key keeps pseudonyms the same in later runs; --throw-away-key makes them unlinkable for ever.",
    });
  return key === undefined ? throwAwayKey() : openProjectKey(key);
}

function mapOpener({ map, throwAwayKey: thrownAway = false }: Options, key: ProjectKey): Opener {
  const passphrase = process.env[passphraseName];
  if (passphrase) return { passphrase };
  if (map !== undefined && thrownAway)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: `a passphrase in ${passphraseName}`,
      next: "A map that is sealed with a thrown-away key could never be opened.",
    });
  return { key };
}

async function openMap(file: string | undefined, opener: Opener): Promise<PseudonymMap | undefined> {
  if (file === undefined) return undefined;
  return (await exists(file)) ? PseudonymMap.open(file, opener) : new PseudonymMap();
}

const lists = ["held", "failed", "skipped"] as const;

function listOf(report: TreeReport): string {
  const cell = (text: string) => text.replace(/\s+/g, " ");
  const rows = lists.flatMap((list) =>
    report[list].map(({ file, code, reason }) => [list, code, cell(reason), cell(file)].join("\t")),
  );
  return `${["result", "code", "reason", "file"].join("\t")}\n${rows.map((row) => `${row}\n`).join("")}`;
}

function tell(report: TreeReport, source: string, out: string, { list }: Options): void {
  if (report.written + report.held.length + report.failed.length === 0)
    throw new MarrowError("DEID_NOTHING", { file: source });
  console.log(`${report.written} files of ${report.patients.length} patients written to ${out}`);
  for (const [code, { reason, count }] of byCode([...report.held, ...report.failed]))
    console.log(`${count} not written: ${code}: ${reason}`);
  if (report.skipped.length > 0) console.log(`${report.skipped.length} skipped: no DICOM`);
  if (report.held.length > 0)
    console.log(
      "Held back for you to look at: then --redact x,y,w,h or --allow-burned-in for those that are safe.",
    );
  if (list !== undefined) console.log(`Which files: ${list} (original paths: confidential)`);
  console.log("Research use only.");
  if (report.held.length + report.failed.length > 0) process.exitCode = 1;
}

function byCode(files: readonly NotWritten[]) {
  const codes = new Map<string, { reason: string; count: number }>();
  for (const { code, reason } of files) codes.set(code, { reason, count: (codes.get(code)?.count ?? 0) + 1 });
  return codes;
}
