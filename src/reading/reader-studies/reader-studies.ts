/** Reader studies in the database: protocols, readings, how far everybody is, which cases are hidden from whom. */
import { randomBytes } from "node:crypto";
import { MarrowError } from "../../base/errors.js";
import type { MyStudy, Protocol, ReaderStudyEntry, ReadingAnswer } from "../contract/index.js";
import type { Store } from "../database.js";
import { isDoubtful } from "./reading-time.js";
import type { Planned } from "./schedule.js";
import { afterDays, iso, type SteadyClock } from "./steady-clock.js";

export interface ReaderStudy {
  readonly id: string;
  readonly protocol: Protocol;
  readonly state: "open" | "locked";
  readonly made: string;
  readonly by: string;
  readonly locked: string | null;
}

export interface ReadingRow {
  readonly id: string;
  readonly study: string;
  readonly reader: string;
  readonly case_id: string;
  readonly arm: string;
  readonly part: number;
  readonly position: number;
  readonly state: "waiting" | "open" | "done";
  readonly begun: number | null;
  readonly finished: number | null;
  readonly answer: string | null;
  readonly ms: number;
  readonly page_ms: number;
  readonly pauses: number;
  readonly hides: number;
  readonly strays: number;
  readonly silences: number;
}

type StudyRow = Omit<ReaderStudy, "protocol" | "by"> & { protocol: string; made_by: string };

/** 18 random bytes: neither case, arm nor order can be told from an id. */
const newId = () => randomBytes(18).toString("base64url");

export class ReaderStudies {
  constructor(
    private readonly store: Store,
    readonly clock: SteadyClock,
  ) {}

  all(): ReaderStudy[] {
    return this.store.all<StudyRow>("SELECT * FROM reader_studies ORDER BY made, name").map(studyOf);
  }

  /** Throws READER_STUDY_UNKNOWN. */
  study(id: string): ReaderStudy {
    const row = this.store.get<StudyRow>("SELECT * FROM reader_studies WHERE id = ?", id);
    if (!row) throw new MarrowError("READER_STUDY_UNKNOWN");
    return studyOf(row);
  }

  insert(protocol: Protocol, planned: readonly Planned[], by: string): ReaderStudy {
    const id = newId();
    this.store.transaction(() => {
      this.store.run(
        "INSERT INTO reader_studies (id, name, protocol, state, made, made_by) VALUES (?, ?, ?, 'open', ?, ?)",
        ...[id, protocol.name, JSON.stringify(protocol), iso(this.clock.now()), by],
      );
      for (const { reader, case: caseId, arm, part, position } of planned)
        this.store.run(
          "INSERT INTO readings (id, study, reader, case_id, arm, part, position) VALUES (?, ?, ?, ?, ?, ?, ?)",
          ...[newId(), id, reader, caseId, arm, part, position],
        );
    });
    return this.study(id);
  }

  /** Readings of a study by reader and position; of one reader where one is named. */
  readings(study: string, reader?: string): ReadingRow[] {
    return this.store.all<ReadingRow>(
      "SELECT * FROM readings WHERE study = ? AND (? IS NULL OR reader = ?) ORDER BY reader, position",
      ...[study, reader ?? null, reader ?? null],
    );
  }

  /** A reader's own reading that is open now. Throws READING_UNKNOWN, also for other people's, and READING_LOCKED. */
  openReading(id: string, reader: string): ReadingRow {
    const row = this.store.get<ReadingRow>("SELECT * FROM readings WHERE id = ? AND reader = ?", id, reader);
    if (!row || row.state === "waiting") throw new MarrowError("READING_UNKNOWN");
    if (row.state === "done" || this.study(row.study).state === "locked")
      throw new MarrowError("READING_LOCKED");
    return row;
  }

  /** The reading under way, or the next one, which is then open. Throws READER_STUDY_UNKNOWN, _LOCKED, _DONE, _WASH_OUT. */
  next(study: string, reader: string): ReadingRow {
    const own = this.ownReadings(study, reader);
    if (this.study(study).state === "locked") throw new MarrowError("READER_STUDY_LOCKED");
    const reading = own.find(({ state }) => state !== "done");
    if (!reading) throw new MarrowError("READER_STUDY_DONE");
    const opens = this.opens(this.study(study), own);
    if (opens !== null)
      throw new MarrowError("READER_STUDY_WASH_OUT", { found: `it opens on ${iso(opens)}` });
    if (reading.state === "waiting")
      this.store.run(
        "UPDATE readings SET state = 'open', begun = ? WHERE id = ?",
        this.clock.now(),
        reading.id,
      );
    return this.openReading(reading.id, reader);
  }

  /** Ends a reading for good. */
  finish({ id }: ReadingRow, answer: ReadingAnswer): void {
    this.store.run(
      "UPDATE readings SET state = 'done', finished = ?, answer = ? WHERE id = ? AND state = 'open'",
      ...[this.clock.now(), JSON.stringify(answer), id],
    );
  }

  /** When the second part opens, ms; null where the reader need not wait. A clock set back never opens it. */
  private opens({ protocol }: ReaderStudy, own: readonly ReadingRow[]): number | null {
    const next = own.find(({ state }) => state !== "done");
    if (next === undefined || next.part === 1 || next.state === "open") return null;
    const ends = own.filter(({ part }) => part === 1).map(({ finished }) => finished ?? Infinity);
    const opens = afterDays(Math.max(...ends), protocol.washOutDays);
    return this.clock.now() < opens ? opens : null;
  }

  /** Throws READER_STUDY_UNKNOWN for somebody who does not read in it. */
  private ownReadings(study: string, reader: string): ReadingRow[] {
    const own = this.readings(study, reader);
    if (own.length === 0) throw new MarrowError("READER_STUDY_UNKNOWN");
    return own;
  }

  /** A study as its reader may see it. */
  mine(study: string, reader: string): MyStudy {
    const { protocol, state, ...rest } = this.study(study);
    const own = this.ownReadings(study, reader);
    const done = own.filter((one) => one.state === "done").length;
    const opens = this.opens({ protocol, state, ...rest }, own);
    const isDone = done === own.length;
    const now = state === "locked" ? "locked" : isDone ? "done" : opens !== null ? "washing-out" : "ready";
    const { title, instructions } = protocol;
    return {
      id: study,
      title,
      instructions,
      state: now,
      done,
      of: own.length,
      opens: opens === null ? null : iso(opens),
    };
  }

  /** Every study that an account reads in. */
  allOf(reader: string): MyStudy[] {
    const rows = this.store.all<{ study: string }>(
      `SELECT DISTINCT study, made FROM readings JOIN reader_studies ON reader_studies.id = study
       WHERE reader = ? ORDER BY made, name`,
      reader,
    );
    return rows.map(({ study }) => this.mine(study, reader));
  }

  /** For the administrator: how far readers are, without anything that they said. */
  entry(study: ReaderStudy): ReaderStudyEntry {
    const rows = this.readings(study.id);
    const readers = study.protocol.readers.map((reader) => {
      const own = rows.filter((row) => row.reader === reader);
      const done = own.filter(({ state }) => state === "done");
      const opens = study.state === "locked" ? null : this.opens(study, own);
      return {
        ...{ reader, done: done.length, of: own.length, opens: opens === null ? null : iso(opens) },
        doubtful: done.filter(isDoubtful).length,
      };
    });
    return { ...study, readers };
  }

  isFinished(study: string): boolean {
    return this.readings(study).every(({ state }) => state === "done");
  }

  lock(study: string): void {
    const now = iso(this.clock.now());
    this.store.run("UPDATE reader_studies SET state = 'locked', locked = ? WHERE id = ?", now, study);
  }

  /** Cases that an account may see in its open reader studies alone, and nowhere else. */
  hiddenFrom(account: string): ReadonlySet<string> {
    const rows = this.store.all<{ case_id: string }>(
      `SELECT DISTINCT case_id FROM readings JOIN reader_studies ON reader_studies.id = study
       WHERE reader = ? AND reader_studies.state = 'open'`,
      account,
    );
    return new Set(rows.map(({ case_id }) => case_id));
  }

  /** Whether a folder of annotations belongs to an arm of a study: no account may have its name. */
  ownsFolder(name: string): boolean {
    return this.all().some(({ protocol: { readers, arms } }) =>
      readers.some((reader) =>
        arms.some((arm) => armFolder(reader, arm.name).toLowerCase() === name.toLowerCase()),
      ),
    );
  }
}

function studyOf({ id, protocol, state, made, made_by, locked }: StudyRow): ReaderStudy {
  return { id, protocol: JSON.parse(protocol) as Protocol, state, made, by: made_by, locked };
}

/** Folder in derivatives/annotations of a reader's masks in one arm, where `marrow report` looks for them. */
export const armFolder = (reader: string, arm: string) => `${reader}-${arm}`;
