/** `marrow import --report FILE`: for programs, how far the import is while it runs, and then what it did. */
import type { ImportReport } from "../study/import/dicom.js";
import { countLine } from "./count-line.js";
import { recordEveryMs, writeRecord } from "./record-file.js";

type Count = (done: number, total: number) => void;

export class ImportRecord {
  private last = -Infinity;

  /** Without a file nothing is written; the terminal is told in either case. */
  constructor(private readonly file: string | undefined) {}

  /** Told after each file that was looked at: the first half of the work. */
  readonly onFile = this.counting("files", 0);
  /** Told after each volume: the second half. */
  readonly onVolume = this.counting("volumes", 0.5);

  /** Files by their names in the source, volumes by the study's. Throws FILE_UNWRITABLE, DISK_FULL. */
  finish({ files, read, copies, skipped, repaired, volumes, written }: ImportReport): void {
    const images = volumes.map(({ participant_id, session_id, image }) => ({
      subject: participant_id ?? "",
      session: session_id ?? "",
      image: image ?? "",
    }));
    this.write({ share: 1, files, read, copies, written, skipped, repaired, volumes: images });
  }

  private counting(what: string, from: number): Count {
    const line = countLine(what);
    return (done, total) => {
      line(done, total);
      if (performance.now() - this.last < recordEveryMs) return;
      this.last = performance.now();
      this.write({ share: from + (0.5 * done) / Math.max(total, 1), doing: `${done} of ${total} ${what}` });
    };
  }

  private write(record: object): void {
    writeRecord(this.file, record);
  }
}
