/**
 * The reading room's database: SQLite in the study folder. What is committed is on disk (write-ahead log, synchronous), and
 * one process has it at a time: a second one is refused, and the lock goes with the process, however it ends.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { MarrowError } from "../base/errors.js";
import { migrations } from "./migrations.js";

export type Cell = string | number | bigint | Buffer | null;

export class Store {
  private readonly statements = new Map<string, Database.Statement>();

  private constructor(
    private readonly database: Database.Database,
    private readonly file: string,
  ) {}

  /** Opens or makes the database. Throws SERVE_RUNNING where another process has it, DATABASE_DAMAGED, DISK_FULL. */
  static open(file: string): Store {
    mkdirSync(dirname(file), { recursive: true });
    return guarded(file, () => {
      const database = new Database(file);
      const store = new Store(database, file);
      for (const pragma of [
        "locking_mode=EXCLUSIVE",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
      ])
        database.pragma(pragma);
      store.migrate();
      return store;
    });
  }

  /** Every row as an object; the caller names its columns' types. */
  all<Row extends object>(sql: string, ...values: Cell[]): Row[] {
    return guarded(this.file, () =>
      this.prepared(sql)
        .all(...values)
        .map(asRow<Row>),
    );
  }

  get<Row extends object>(sql: string, ...values: Cell[]): Row | undefined {
    // Not the driver's `get`: it leaves the statement open, which then sees old data and keeps the file locked.
    return this.all<Row>(sql, ...values)[0];
  }

  /** Runs a statement and says how many rows it changed. */
  run(sql: string, ...values: Cell[]): number {
    return guarded(this.file, () => this.prepared(sql).run(...values).changes);
  }

  /** All of `work` or nothing of it. Durable when it returns. */
  transaction<T>(work: () => T): T {
    if (this.database.inTransaction) return work();
    return guarded(this.file, () => {
      this.database.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        this.database.exec("COMMIT");
        return result;
      } catch (error) {
        if (this.database.inTransaction) this.database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  /** Folds the write-ahead log into the file and gives the lock back, which an unfinished statement would else keep. */
  close(): void {
    for (const pragma of ["journal_mode=DELETE", "locking_mode=NORMAL"]) this.database.pragma(pragma);
    this.all("SELECT name FROM users LIMIT 1");
    this.statements.clear();
    this.database.close();
  }

  private prepared(sql: string): Database.Statement {
    const known = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.set(sql, known);
    return known;
  }

  private migrate(): void {
    const row = this.get<{ user_version: number }>("PRAGMA user_version");
    const done = row?.user_version ?? 0;
    if (done > migrations.length)
      throw new MarrowError("DATABASE_DAMAGED", {
        file: this.file,
        expected: `version ${migrations.length} or older`,
        found: `version ${done}`,
        next: "It was made by a newer Marrow: update Marrow.",
      });
    this.transaction(() => {
      for (const step of migrations.slice(done)) this.database.exec(step);
      this.database.exec(`PRAGMA user_version=${migrations.length}`);
    });
  }
}

/** The driver gives blobs as ArrayBuffer. */
function asRow<Row extends object>(row: unknown): Row {
  const cells = Object.entries(row as Record<string, unknown>);
  return Object.fromEntries(
    cells.map(([name, cell]) => [name, cell instanceof ArrayBuffer ? Buffer.from(cell) : cell]),
  ) as Row;
}

const codes = [
  [/SQLITE_BUSY|database is locked/i, "SERVE_RUNNING"],
  [/SQLITE_FULL|disk is full/i, "DISK_FULL"],
  [/SQLITE_(CORRUPT|NOTADB)|malformed|not a database/i, "DATABASE_DAMAGED"],
  [/SQLITE_(CANTOPEN|READONLY)|unable to open|readonly/i, "FILE_UNWRITABLE"],
] as const;

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof MarrowError || !(error instanceof Error)) throw error;
    const text = `${(error as { code?: string }).code ?? ""} ${error.message}`;
    const known = codes.find(([pattern]) => pattern.test(text));
    if (!known) throw error;
    throw new MarrowError(known[1], { file, found: error.message, cause: error });
  }
}
