/** Readers' sheets in the database: one a case, reader, template and, within a reader study, reading. */
import { MarrowError } from "../../base/errors.js";
import type { Protocol, SavedScore, ScoreSheet, ScoringTemplate } from "../contract/index.js";
import type { Store } from "../database.js";
import type { FinishedScore } from "./score-files.js";
import type { ScoringTemplates } from "./templates.js";
import { scoreTotals } from "./totals.js";

export interface ScoreKey {
  readonly case: string;
  readonly reader: string;
  readonly template: string;
  /** Id of the reading in a reader study; empty outside. */
  readonly reading: string;
}

interface Row {
  case_id: string;
  reader: string;
  template: string;
  version: number;
  sheet: string;
  done: number;
  changed: string;
}

export interface StoredScore extends SavedScore {
  readonly case: string;
  readonly reader: string;
}

export class Scores {
  constructor(
    private readonly store: Store,
    private readonly templates: ScoringTemplates,
    private readonly now: () => Date,
  ) {}

  /** The sheet, or an empty answer where none was saved. */
  async find(key: ScoreKey): Promise<SavedScore> {
    const row = this.row(key);
    if (row) return savedOf(row, await this.templates.all());
    const template = key.template as SavedScore["template"];
    return { template, sheet: null, version: 0, isDone: false, changed: null, totals: [] };
  }

  /** Saves a checked sheet. Throws SCORE_CONFLICT where it was saved elsewhere since `baseVersion`. */
  save(key: ScoreKey, sheet: ScoreSheet, baseVersion: number, isDone: boolean): Promise<SavedScore> {
    this.store.transaction(() => {
      const version = this.row(key)?.version ?? 0;
      if (version !== baseVersion)
        throw new MarrowError("SCORE_CONFLICT", {
          expected: `version ${version}`,
          found: `version ${baseVersion}`,
        });
      this.store.run(
        `INSERT INTO scores (case_id, reader, template, reading, version, sheet, done, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (case_id, reader, template, reading) DO UPDATE SET version = excluded.version, sheet = excluded.sheet,
         done = excluded.done, changed = excluded.changed`,
        ...[
          key.case,
          key.reader,
          key.template,
          key.reading,
          version + 1,
          JSON.stringify(sheet),
          Number(isDone),
        ],
        this.now().toISOString(),
      );
    });
    return this.find(key);
  }

  /** Every sheet outside reader studies. */
  async all(): Promise<StoredScore[]> {
    const templates = await this.templates.all();
    const rows = this.store.all<Row>(
      "SELECT * FROM scores WHERE reading = '' ORDER BY template, case_id, reader",
    );
    return rows.map((row) => ({ case: row.case_id, reader: row.reader, ...savedOf(row, templates) }));
  }

  /** Finished sheets of a template: those outside reader studies, and those of locked ones with their arm. */
  async finished(template: string): Promise<FinishedScore[]> {
    const templates = await this.templates.all();
    const rows = this.store.all<Row & { arm: string | null; protocol: string | null }>(
      `SELECT scores.*, readings.arm, reader_studies.protocol FROM scores LEFT JOIN readings ON readings.id = scores.reading
       LEFT JOIN reader_studies ON reader_studies.id = readings.study
       WHERE template = ? AND done = 1 AND (reading = '' OR reader_studies.state = 'locked')
       ORDER BY scores.case_id, scores.reader, readings.arm`,
      template,
    );
    return rows.map((row) => {
      const { arms } = JSON.parse(row.protocol ?? '{"arms":[]}') as Pick<Protocol, "arms">;
      const isAssisted = arms.find(({ name }) => name === row.arm)?.assisted ?? false;
      return {
        case: row.case_id,
        reader: row.reader,
        arm: row.arm ?? "",
        isAssisted,
        score: savedOf(row, templates),
      };
    });
  }

  private row({ case: id, reader, template, reading }: ScoreKey): Row | undefined {
    return this.store.get<Row>(
      "SELECT * FROM scores WHERE case_id = ? AND reader = ? AND template = ? AND reading = ?",
      ...[id, reader, template, reading],
    );
  }
}

function savedOf(
  { template: name, version, sheet, done, changed }: Row,
  templates: readonly ScoringTemplate[],
): SavedScore {
  const template = templates.find((one) => one.name === name);
  if (!template) throw new TypeError(`no scoring template ${name}`);
  const parsed = JSON.parse(sheet) as ScoreSheet;
  const totals = scoreTotals(template, parsed);
  return { template: template.name, sheet: parsed, version, isDone: done === 1, changed, totals };
}
