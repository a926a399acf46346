import { Command } from "commander";
import { asMarrowError, MarrowError } from "../../../base/errors.js";
import { readDicom } from "../../../dicom/read-dicom.js";
import { openSource, type DicomSource } from "../../../dicom/source.js";
import type { Pacs } from "../../../dicom/pacs/pacs.js";
import { configOption, connect, type ConfigOption } from "./connect.js";

interface Counts {
  stored: number;
  failed: number;
  skipped: number;
}

/** `marrow pacs send CONNECTION PATH…` */
export function sendCommand(): Command {
  return new Command("send")
    .description("send DICOM files: results, or whole folders")
    .argument("<connection>", "name in the file of connections")
    .argument("<paths...>", "files, folders or zip archives; what is no DICOM is passed over")
    .addOption(configOption())
    .action(run);
}

async function run(name: string, paths: string[], options: ConfigOption): Promise<void> {
  const pacs = await connect(name, options);
  const counts: Counts = { stored: 0, failed: 0, skipped: 0 };
  for (const path of paths) {
    const source = await openSource(path);
    try {
      for (const file of source.names) await sendOne(pacs, source, file, counts);
    } finally {
      await source.close();
    }
  }
  console.log(
    `${counts.stored} stored in ${name}, ${counts.failed} failed, ${counts.skipped} skipped: no DICOM`,
  );
  if (counts.failed > 0 || counts.stored === 0) process.exitCode = 1;
}

/** A file that is refused does not stop the others; a PACS that is gone does. */
async function sendOne(pacs: Pacs, source: DicomSource, name: string, counts: Counts): Promise<void> {
  try {
    const bytes = await source.read(name);
    readDicom(bytes, name);
    const result = await pacs.send(bytes, name);
    if (result.stored) counts.stored++;
    else throw new MarrowError("PACS_REFUSED", { file: name, found: result.reason });
  } catch (error) {
    const known = asMarrowError(error, name);
    if (known.code === "PACS_UNREACHABLE" || known.code === "PACS_SECRET") throw known;
    if (known.code === "DICOM_NOT_DICOM") counts.skipped++;
    else {
      counts.failed++;
      console.error(known.message);
    }
  }
}
